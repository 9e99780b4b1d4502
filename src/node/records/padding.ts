// Lengths tell stories: plaintext is padded to buckets before sealing. Padmé buckets grow with the size, so at most 12 %
// are added and few lengths remain to tell apart; below the smallest bucket all parts look alike.
// Source: Nikitin and others, Reducing Metadata Leakage from Encrypted Files and Communication with PURBs (2019).
import { type Rejection, reject } from '../base/index.ts';

/** The smallest padded part. */
export const SMALLEST_BUCKET_BYTES = 4 * 1024;
const LENGTH_BYTES = 4;

/** The bucket that holds `sizeBytes`. */
export function bucketOf(sizeBytes: number): number {
  if (sizeBytes <= SMALLEST_BUCKET_BYTES) return SMALLEST_BUCKET_BYTES;
  const exponent = Math.floor(Math.log2(sizeBytes));
  const keptBits = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** (exponent - keptBits);
  return Math.ceil(sizeBytes / step) * step;
}

/** Length (4 bytes, big-endian), bytes, zeros. */
export function pad(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(bucketOf(LENGTH_BYTES + bytes.byteLength));
  new DataView(padded.buffer).setUint32(0, bytes.byteLength);
  padded.set(bytes, LENGTH_BYTES);
  return padded;
}

/** What was padded; refuses a wrong length, a wrong bucket and anything but zeros behind. */
export function unpad(padded: Uint8Array): Uint8Array | Rejection {
  if (padded.byteLength < SMALLEST_BUCKET_BYTES) return reject('bad-padding', 'shorter than the smallest bucket');
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (bucketOf(LENGTH_BYTES + length) !== padded.byteLength) return reject('bad-padding', 'the length does not fit its bucket');
  for (let i = LENGTH_BYTES + length; i < padded.byteLength; i += 1) {
    if (padded[i] !== 0) return reject('bad-padding', 'bytes behind the end');
  }
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
