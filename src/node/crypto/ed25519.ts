// Ed25519 with one verification rule on every node. Engines disagree on crafted encodings, so these are refused before
// anything is verified: S not below the group order, A or R whose y is not below the field prime, and points of small
// order. What is left is verified without the cofactor, as WebCrypto's engines do, so noble and WebCrypto answer alike.
// Sources: RFC 8032; Chalkias, Garillot, Nikolaenko: Taming the many EdDSAs (2020).
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { type Rejection, reject } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';

export const ED25519_KEY_BYTES = 32;
export const ED25519_SIGNATURE_BYTES = 64;

/** The field prime, 2^255 - 19. */
const FIELD_PRIME = 2n ** 255n - 19n;
/** The order of the base point, L. */
const GROUP_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The y coordinates of the eight points whose order divides 8; the sign bit tells the two of a pair apart. */
const SMALL_ORDER_Y: readonly bigint[] = [
  0n,
  1n,
  FIELD_PRIME - 1n,
  0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826n,
  0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n,
];

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.byteLength - 1; i >= 0; i -= 1) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}

/** Why the encoding of a point is not taken, or null. Whether it lies on the curve is for the verifier to find. */
function refusesPoint(bytes: Uint8Array, what: string): Rejection | null {
  const y = littleEndian(bytes) & ((1n << 255n) - 1n);
  if (y >= FIELD_PRIME) return reject('non-canonical-point', `${what} is not in its shortest form`);
  if (SMALL_ORDER_Y.includes(y)) return reject('small-order-point', `${what} is a point of small order`);
  return null;
}

/** Why a public key is refused before verifying with it, or null. */
export function refusesPublicKey(publicKey: Uint8Array): Rejection | null {
  if (publicKey.byteLength !== ED25519_KEY_BYTES) return reject('key-length', `a public key has ${ED25519_KEY_BYTES} bytes`);
  return refusesPoint(publicKey, 'the public key');
}

/** Why the encoding of a key or signature is refused before verifying, or null. The check costs microseconds. */
export function refusesEncoding(publicKey: Uint8Array, signature: Uint8Array): Rejection | null {
  if (signature.byteLength !== ED25519_SIGNATURE_BYTES) {
    return reject('signature-length', `a signature has ${ED25519_SIGNATURE_BYTES} bytes`);
  }
  if (littleEndian(signature.subarray(32)) >= GROUP_ORDER) return reject('non-canonical-scalar', 'S is not below the group order');
  return refusesPublicKey(publicKey) ?? refusesPoint(signature.subarray(0, 32), 'R');
}

/**
 * Why a key may not enter a certificate, or null: beyond the encoding, the point must lie on the curve and in the group
 * of prime order, so that no rule about cofactors can ever matter. About one millisecond; done once per certificate.
 */
export function refusesCertifiedKey(publicKey: Uint8Array): Rejection | null {
  const refused = refusesPublicKey(publicKey);
  if (refused !== null) return refused;
  try {
    return ed25519.Point.fromBytes(publicKey).isTorsionFree()
      ? null
      : reject('mixed-order-point', 'the public key is outside the prime-order group');
  } catch {
    return reject('not-on-curve', 'the public key is not a point of the curve');
  }
}

/** 32 secret bytes to the public key. */
export function signingPublicKey(seed: Uint8Array): Uint8Array {
  return ed25519.getPublicKey(seed);
}

/** Signs synchronously; about ten times slower than WebCrypto. */
export function signSync(seed: Uint8Array, bytes: Uint8Array): Uint8Array {
  return ed25519.sign(bytes, seed);
}

/** The product's one verification rule, synchronous: encodings first, then [S]B = R + [k]A without the cofactor. */
export function verifySync(publicKey: Uint8Array, bytes: Uint8Array, signature: Uint8Array): boolean {
  if (refusesEncoding(publicKey, signature) !== null) return false;
  try {
    const { Point } = ed25519;
    const r = signature.subarray(0, 32);
    const key = Point.fromBytes(publicKey);
    const s = littleEndian(signature.subarray(32));
    const challenge = sha512.create().update(r).update(publicKey).update(bytes).digest();
    const k = littleEndian(challenge) % GROUP_ORDER;
    const expected = Point.BASE.multiplyUnsafe(s).subtract(key.multiplyUnsafe(k));
    return equalBytes(expected.toBytes(), r);
  } catch {
    return false;
  }
}
