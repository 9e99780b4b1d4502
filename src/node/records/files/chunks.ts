// How a large file is sealed: in chunks, so that it streams and resumes, each by AES-256-GCM under a key of this file alone. A chunk is
// bound to its place and to whether it is the last, so that none can be left out, moved, repeated, or put into another file; the end
// cannot be cut off. It is the STREAM construction with one difference: the nonce is random and listed, not counted, because a file that is
// gone on with after an interruption may have changed on the disk, and a counted nonce would then serve twice for two texts.
// The length is padded to a bucket (Padmé); the true one is sealed with the file's key.
// Source: Hoang, Reyhanitabar, Rogaway, Vizár: Online authenticated encryption and its nonce-reuse misuse-resistance (2015).
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type PartyId, type Rejection, assert, reject } from '../../base/index.ts';
import { type Codec, encode, flag, hex, oneOf, struct, textToBytes, uint } from '../../codec/index.ts';
import { partyId } from '../../contracts/index.ts';
import { bucketOf } from '../padding.ts';

/** The tag of one chunk. */
export const CHUNK_OVERHEAD_BYTES = 16;
/** Kept in the file's list. */
export const CHUNK_NONCE_BYTES = 12;
/** Sealed, a full chunk is eight blocks of the blob store. */
export const SEALED_CHUNK_BYTES = 2 * 1024 * 1024;
export const CHUNK_BYTES = SEALED_CHUNK_BYTES - CHUNK_OVERHEAD_BYTES;
/** One file, before it is padded (R18). */
export const MAX_FILE_BYTES = 512 * 1024 * 1024;
/** Padding adds at most an eighth. */
export const MAX_FILE_CHUNKS = Math.ceil((MAX_FILE_BYTES * 9) / 8 / CHUNK_BYTES);
/** Files of one version of a record (R18). */
export const MAX_FILES = 16;
export const FILE_SECRET_BYTES = 32;
export const FILE_ID_BYTES = 16;

export const fileId: Codec<string> = hex<string>(FILE_ID_BYTES);

/** Whose file it is. It is sealed before the record has an id: the record's part names it, under the part's own key. */
export interface FileOwner {
  readonly patient: PartyId;
  /** 16 random bytes in hexadecimal. */
  readonly file: string;
}

const KEY_SALT = textToBytes('clinicord/file/1');
const keyContext = struct({ domain: oneOf('clinicord/file/1'), patient: partyId, file: fileId });
const placeContext = struct({ domain: oneOf('clinicord/chunk/1'), index: uint(MAX_FILE_CHUNKS), last: flag });

/** The AES-256 key of a file: from its secret (32 random bytes), bound to patient and file. */
export function fileKey(secret: Uint8Array, { patient, file }: FileOwner): Uint8Array {
  assert(secret.byteLength === FILE_SECRET_BYTES, 'the secret of a file has 32 bytes');
  const info = encode(keyContext, { domain: 'clinicord/file/1', patient, file });
  return hkdf(sha256, secret, KEY_SALT, info, 32);
}

/** What a chunk is authenticated with: its number from 0, and whether no other follows. */
export function chunkContext(index: number, last: boolean): Uint8Array {
  return encode(placeContext, { domain: 'clinicord/chunk/1', index, last });
}

/** How a file of this size is cut. */
export interface FileShape {
  readonly sizeBytes: number;
  /** With zeros behind the end, so that few lengths remain to tell apart. */
  readonly paddedBytes: number;
  readonly chunks: number;
}

export function shapeOf(sizeBytes: number): FileShape {
  const paddedBytes = bucketOf(sizeBytes);
  return { sizeBytes, paddedBytes, chunks: Math.ceil(paddedBytes / CHUNK_BYTES) };
}

/** Where chunk `index` begins and ends in the padded file. */
export function spanOf({ paddedBytes }: Pick<FileShape, 'paddedBytes'>, index: number): { readonly from: number; readonly to: number } {
  const from = index * CHUNK_BYTES;
  return { from, to: Math.min(from + CHUNK_BYTES, paddedBytes) };
}

/** Sealed bytes of all chunks together. */
export function sealedBytesOf({ paddedBytes, chunks }: Pick<FileShape, 'paddedBytes' | 'chunks'>): number {
  return paddedBytes + chunks * CHUNK_OVERHEAD_BYTES;
}

/** The plaintext of a chunk: its bytes of the file, and zeros where the file has ended. A full chunk is what was read. */
export function chunkOf(shape: FileShape, index: number, bytes: Uint8Array): Uint8Array {
  const { from, to } = spanOf(shape, index);
  assert(bytes.byteLength === Math.max(0, Math.min(to, shape.sizeBytes) - from), 'a chunk is filled as far as the file goes');
  if (bytes.byteLength === to - from) return bytes;
  const chunk = new Uint8Array(to - from);
  chunk.set(bytes);
  return chunk;
}

/** The file's own bytes in an opened chunk; what is behind the end must be zeros. */
export function contentOf(shape: FileShape, index: number, chunk: Uint8Array): Uint8Array | Rejection {
  const { from, to } = spanOf(shape, index);
  if (chunk.byteLength !== to - from) return reject('wrong-size', 'a piece of the file has not the size that its place asks for');
  const content = chunk.subarray(0, Math.max(0, Math.min(to, shape.sizeBytes) - from));
  const padded = chunk.subarray(content.byteLength).every((byte) => byte === 0);
  return padded ? content : reject('bad-padding', 'there are bytes behind the end of the file');
}
