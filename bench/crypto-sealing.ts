// Sealing a file of 10 MB as the product does it, chunk by chunk from reading to ciphertext, beside one call of AES-256-GCM on the same bytes.
// Hashing for addresses is left out of both. The two take turns; each figure is the shortest of many turns, as with
// the schemes.
import { createChunkAead, createRandomness } from '../src/node/adapters/node.ts';
import type { FileSource } from '../src/node/api.ts';
import type { PartyId } from '../src/node/base/index.ts';
import { planOf } from '../src/node/care/file-pieces.ts';
import { sealChunks } from '../src/node/care/file-sealing.ts';
import { shapeOf } from '../src/node/records/index.ts';
import { rounded } from './statistics.ts';

const FILE_BYTES = 10_000_000;
const MAX_TURNS = 500;
const MAX_MS = 25_000;
const tools = { chunkCipher: createChunkAead(), randomness: createRandomness() };

/** A DICOM image of random bytes. */
function file(): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(FILE_BYTES);
  for (let at = 0; at < FILE_BYTES; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  bytes.set(new TextEncoder().encode('DICM'), 128);
  return bytes;
}

async function sealed(source: FileSource): Promise<number> {
  const plan = await planOf(source);
  const owner = { patient: 'aa'.repeat(16) as PartyId, file: 'bb'.repeat(16) };
  const secret = crypto.getRandomValues(new Uint8Array(32));
  let sealedBytes = 0;
  for await (const { bytes } of sealChunks(tools, { owner, secret, source, plan, shape: shapeOf(plan.sizeBytes) }, 0))
    sealedBytes += bytes.byteLength;
  return sealedBytes;
}

async function raw(bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const key = await crypto.subtle.importKey('raw', crypto.getRandomValues(new Uint8Array(32)), 'AES-GCM', false, ['encrypt']);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return (await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, bytes)).byteLength;
}

async function timed(work: () => Promise<number>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

export async function sealing(): Promise<Readonly<Record<string, number>>> {
  const bytes = file();
  const source: FileSource = { name: 'scan.dcm', sizeBytes: FILE_BYTES, read: async (from, to) => bytes.subarray(from, to) };
  const [ours, theirs]: [number[], number[]] = [[], []];
  const start = performance.now();
  for (let turn = 0; turn <= MAX_TURNS && performance.now() - start < MAX_MS; turn += 1) {
    const [own, plain] = [await timed(() => sealed(source)), await timed(() => raw(bytes))];
    // The first turn warms up.
    if (turn > 0) ours.push(own);
    if (turn > 0) theirs.push(plain);
  }
  const speed = (times: readonly number[]): number => FILE_BYTES / 1000 / Math.min(...times);
  return {
    sealVsRawAes: rounded(speed(ours) / speed(theirs), 2),
    sealMegabytesPerSecond: Math.round(speed(ours)),
    rawAesMegabytesPerSecond: Math.round(speed(theirs)),
  };
}
