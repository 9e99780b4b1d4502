// Opening a sealed file chunk by chunk: fetched, checked against its list, opened in its place, handed on, forgotten. One chunk is fetched
// while the one before is used, so that two are in memory at a time, whatever the file's length. Nothing that does not match is handed on.
import { AppError, type PartyId, type Rejection, isRejection, present, reject } from '../base/index.ts';
import type { BlobStore, ChunkCipher } from '../ports/index.ts';
import {
  CHUNK_OVERHEAD_BYTES,
  type FileList,
  type SealedFile,
  chunkContext,
  contentOf,
  fileKey,
  readFileList,
  shapeOf,
  spanOf,
} from '../records/index.ts';
import { CHUNK_TIMEOUT_MS, FETCH_TIMEOUT_MS } from './limits.ts';

export interface FileOpeningTools {
  readonly blobs: BlobStore;
  readonly chunkCipher: ChunkCipher;
}

/** The list of a file's chunks, fetched where it is not here. Throws AppError `blob-missing`. */
export async function fetchFileList(blobs: BlobStore, list: string, timeoutMs: number = FETCH_TIMEOUT_MS): Promise<FileList | Rejection> {
  return readFileList(await blobs.get(list, { timeoutMs }));
}

/** The file's bytes in order. Throws AppError `tampered`, `blob-missing`. Stops fetching when its reader stops reading. */
export async function* openChunks(tools: FileOpeningTools, patient: PartyId, sealed: SealedFile): AsyncGenerator<Uint8Array> {
  const { blobs } = tools;
  const shape = shapeOf(sealed.sizeBytes);
  const list = await fetchFileList(blobs, sealed.list);
  if (isRejection(list)) throw tampered(list);
  if (list.paddedBytes !== shape.paddedBytes) throw tampered(reject('wrong-size', 'the list is of a file of another length'));
  const key = fileKey(sealed.secret, { patient, file: sealed.file });
  const fetch = (index: number): Promise<Uint8Array> | null => {
    const listed = list.chunks[index];
    const fetched = listed === undefined ? null : blobs.get(listed.cid, { timeoutMs: CHUNK_TIMEOUT_MS });
    // A failure is told when its turn comes.
    fetched?.catch(() => undefined);
    return fetched;
  };
  let coming = fetch(0);
  for (let index = 0; coming !== null; index += 1) {
    const bytes = await coming;
    coming = fetch(index + 1);
    const { from, to } = spanOf(shape, index);
    if (bytes.byteLength !== to - from + CHUNK_OVERHEAD_BYTES)
      throw tampered(reject('wrong-size', 'a piece has not the size of its place'));
    const { nonce } = present(list.chunks[index], 'a listed chunk');
    const context = chunkContext(index, index === shape.chunks - 1);
    const content = contentOf(shape, index, await opened(tools.chunkCipher, key, nonce, bytes, context));
    if (isRejection(content)) throw tampered(content);
    if (content.byteLength > 0) yield content;
  }
}

async function opened(
  cipher: ChunkCipher,
  key: Uint8Array,
  nonce: Uint8Array,
  bytes: Uint8Array,
  context: Uint8Array,
): Promise<Uint8Array> {
  try {
    return await cipher.open(key, nonce, bytes, context);
  } catch (error) {
    if (error instanceof AppError && error.code === 'cannot-open')
      throw tampered(reject('bad-chunk', 'a piece is damaged, in the wrong place, or was sealed for something else'));
    throw error;
  }
}

function tampered(why: Rejection): AppError {
  return new AppError({
    code: 'tampered',
    message: `The file is not what was sealed: ${why.detail}. It is not shown.`,
    remedy: 'Try again later: another keeper may hold an undamaged copy. Tell the supervision centre.',
    cause: why.reason,
  });
}
