// What guardians or another device bring back: the root secret and what a new browser needs to make the same profile of it. Sealed
// wherever it goes; opened only in the browser of its person.
import { type Rejection, MAX_NAME_CHARS } from '../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, oneOf, struct, text, textToBytes } from '../codec/index.ts';
import { ROOT_SECRET_BYTES } from '../crypto/index.ts';
import type { Platform } from './platform.ts';

const estate = struct({
  root: fixedBytes(ROOT_SECRET_BYTES),
  role: oneOf('clinic', 'patient'),
  name: text(MAX_NAME_CHARS),
  clinician: text(MAX_NAME_CHARS),
});
export type Estate = Decoded<typeof estate>;

const MAX_ESTATE_BYTES = 1_024;
const SHARED_KEY_BYTES = 32;
const CONTEXT = textToBytes('clinicord/shared-estate/1');

export function estateBytes(value: Estate): Uint8Array {
  return encode(estate, value);
}

export function readEstate(bytes: Uint8Array): Estate | Rejection {
  return decode(estate, bytes, MAX_ESTATE_BYTES);
}

/**
 * Sealed under a fresh key, and that key in shares: shares that do not belong together make a key that opens nothing, so wrong ones
 * are noticed, and a new plan makes old shares worthless together with the sealed copy that came with them.
 */
export async function shareEstate(
  platform: Platform,
  value: Estate,
  guardians: number,
  threshold: number,
): Promise<{ readonly sealed: Uint8Array; readonly shares: readonly Uint8Array[] }> {
  const key = platform.randomness.bytes(SHARED_KEY_BYTES);
  const plain = estateBytes(value);
  try {
    return { sealed: await platform.aead.seal(key, plain, CONTEXT), shares: await platform.secretSharing.split(key, guardians, threshold) };
  } finally {
    key.fill(0);
    plain.fill(0);
  }
}

/** Throws AppError `bad-shares`, `cannot-open`. */
export async function joinEstate(platform: Platform, sealed: Uint8Array, shares: readonly Uint8Array[]): Promise<Estate | Rejection> {
  const key = await platform.secretSharing.combine(shares);
  if (key.byteLength !== SHARED_KEY_BYTES) return { rejected: true, reason: 'bad-shares', detail: 'the shares make no key' };
  try {
    return readEstate(await platform.aead.open(key, sealed, CONTEXT));
  } finally {
    key.fill(0);
  }
}
