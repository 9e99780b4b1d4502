// All blobs of one sealed version: envelope, parts, and for every file the list of its chunks and the chunks. What a keeper fetches, counts
// and deletes; it can open none of them.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import type { BlobStore } from '../ports/index.ts';
import {
  CHUNK_OVERHEAD_BYTES,
  type Envelope,
  type FileList,
  type SealedFileEntry,
  listedBytes,
  readEnvelope,
  spanOf,
} from '../records/index.ts';
import { fetchFileList } from './file-opening.ts';

/** Told with every piece that is here now. */
export type HeldBytes = (sizeBytes: number) => void;

/** What the author is told of: the chunks of a file stand behind its list. */
export function namedBlobs(envelopeCid: string, envelope: Envelope): readonly string[] {
  return [envelopeCid, ...envelope.parts.map(({ cid }) => cid), ...envelope.files.map(({ list }) => list)];
}

/** Sealed bytes of parts and files. */
export function sizeOfEnvelope({ parts, files }: Envelope): number {
  return [...parts, ...files].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

/** Fetches and keeps everything that an envelope names, and checks every length. Throws AppError `blob-missing`, `storage-full`. */
export async function pinAll(blobs: BlobStore, envelope: Envelope, timeoutMs: number, onHeld: HeldBytes): Promise<Rejection | null> {
  for (const part of envelope.parts) {
    const wrong = await pinOne(blobs, part.cid, part.sizeBytes, timeoutMs);
    if (wrong !== null) return wrong;
    onHeld(part.sizeBytes);
  }
  for (const file of envelope.files) {
    const wrong = await pinFile(blobs, file, timeoutMs, onHeld);
    if (wrong !== null) return wrong;
  }
  return null;
}

async function pinFile(blobs: BlobStore, file: SealedFileEntry, timeoutMs: number, onHeld: HeldBytes): Promise<Rejection | null> {
  await blobs.pin(file.list, { timeoutMs });
  const list = await fetchFileList(blobs, file.list, timeoutMs);
  if (isRejection(list)) return list;
  if (listedBytes(list) !== file.sizeBytes) return reject('wrong-size', 'a file has another size than its envelope says');
  for (const [index, { cid }] of list.chunks.entries()) {
    const sizeBytes = sealedSize(list, index);
    const wrong = await pinOne(blobs, cid, sizeBytes, timeoutMs);
    if (wrong !== null) return wrong;
    onHeld(sizeBytes);
  }
  return null;
}

function sealedSize(list: FileList, index: number): number {
  const { from, to } = spanOf(list, index);
  return to - from + CHUNK_OVERHEAD_BYTES;
}

async function pinOne(blobs: BlobStore, address: string, sizeBytes: number, timeoutMs: number): Promise<Rejection | null> {
  await blobs.pin(address, { timeoutMs });
  const bytes = await blobs.get(address, { timeoutMs });
  return bytes.byteLength === sizeBytes ? null : reject('wrong-size', 'a sealed piece has another size than it is said to have');
}

/** Deletes all of an envelope that is here, with its files. Returns the lists of the files. Throws AppError. */
export async function eraseEnvelope(blobs: BlobStore, envelopeCid: string): Promise<readonly string[]> {
  if (!(await blobs.has(envelopeCid))) return [];
  const envelope = readEnvelope(await blobs.get(envelopeCid));
  if (isRejection(envelope)) {
    await blobs.remove(envelopeCid);
    return [];
  }
  await removeAll(blobs, envelopeCid, envelope, new Set());
  return envelope.files.map(({ list }) => list);
}

/** Deletes what is here of an envelope's blobs, but for files that something else names (by the CID of their lists). */
export async function removeAll(blobs: BlobStore, envelopeCid: string, envelope: Envelope, stillNamed: ReadonlySet<string>): Promise<void> {
  for (const { list } of envelope.files) {
    if (stillNamed.has(list)) continue;
    const found = (await blobs.has(list)) ? await fetchFileList(blobs, list) : null;
    if (found !== null && !isRejection(found)) for (const { cid } of found.chunks) await blobs.remove(cid);
    await blobs.remove(list);
  }
  for (const address of [...envelope.parts.map(({ cid }) => cid), envelopeCid]) await blobs.remove(address);
}
