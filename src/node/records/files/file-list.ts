// The list of a file's sealed chunks: a blob of its own, in the clear, so that keepers fetch, count and delete the chunks without a key. It
// names ciphertext only. The envelope names the list, the slip commits to the envelope.
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, list, oneOf, struct, uint } from '../../codec/index.ts';
import { bucketOf } from '../padding.ts';
import { cid } from '../cid.ts';
import { CHUNK_BYTES, CHUNK_NONCE_BYTES, MAX_FILE_BYTES, MAX_FILE_CHUNKS, sealedBytesOf } from './chunks.ts';

export const MAX_FILE_LIST_BYTES = 128 * MAX_FILE_CHUNKS;

/** A sealed chunk: its CID, and the nonce that it was sealed with. */
export const listedChunk = struct({ cid, nonce: fixedBytes(CHUNK_NONCE_BYTES) });
export type ListedChunk = Decoded<typeof listedChunk>;

const fileList = struct({
  format: oneOf('clinicord/file-list/1'),
  paddedBytes: uint(2 * MAX_FILE_BYTES),
  chunks: list(listedChunk, MAX_FILE_CHUNKS),
});
export type FileList = Decoded<typeof fileList>;

export function fileListBytes(paddedBytes: number, chunks: readonly ListedChunk[]): Uint8Array {
  return encode(fileList, { format: 'clinicord/file-list/1', paddedBytes, chunks });
}

/** A list whose length is a bucket and has as many chunks as that takes. */
export function readFileList(bytes: Uint8Array): FileList | Rejection {
  const value = decode(fileList, bytes, MAX_FILE_LIST_BYTES);
  if (isRejection(value)) return value;
  const { paddedBytes, chunks } = value;
  if (bucketOf(paddedBytes) !== paddedBytes) return reject('bad-padding', 'the length of the file is no bucket');
  return chunks.length === Math.ceil(paddedBytes / CHUNK_BYTES) ? value : reject('wrong-count', 'a list with too many chunks, or too few');
}

/** What a keeper stores for a listed file. */
export function listedBytes({ paddedBytes, chunks }: FileList): number {
  return sealedBytesOf({ paddedBytes, chunks: chunks.length });
}
