// What is hashed to a challenge or a scalar: every piece with its length before it, after a word that names the use, so that no two
// lists of pieces give the same bytes and no hash of one protocol is one of another. Source: RFC 9380 section 5.3.1 (expand_message_xmd).
import { expand_message_xmd } from '@noble/curves/abstract/hash-to-curve.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { textToBytes } from '../../codec/index.ts';

/** Extra bytes that make the reduction's bias negligible (2^-128). */
const SECURITY_BYTES = 16;

/** Four bytes, big-endian. */
export function uint32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** The pieces one after the other, each behind its length in four bytes. */
export function framed(...pieces: readonly Uint8Array[]): Uint8Array {
  return concatBytes(...pieces.flatMap((piece) => [uint32Bytes(piece.byteLength), piece]));
}

/** A number below `order`, uniform up to 2^-128, from a list of pieces. `use` separates domains (RFC 9380, DST). */
export function hashToScalar(order: bigint, use: string, ...pieces: readonly Uint8Array[]): bigint {
  const sizeBytes = Math.ceil(order.toString(2).length / 8) + SECURITY_BYTES;
  const wide = expand_message_xmd(framed(...pieces), textToBytes(use), sizeBytes, sha256);
  return bigEndian(wide) % order;
}

/** Bytes as a big-endian number. */
export function bigEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  return value;
}
