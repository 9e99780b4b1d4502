// Keys of the re-encryption scheme. A reading key belongs to one class and one epoch of one person, and follows from her root secret
// (T22): what all proxies and a reader together can work out is this key, never the root or the key of another class or epoch.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { type Rejection, assert, isRejection, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { decodeScalar, framed, randomScalar, scalarToBytes, uint32Bytes } from '../curves/index.ts';
import { ROOT_SECRET_BYTES } from '../secrets.ts';
import { GENERATOR, SCALARS, UMBRAL_POINT_BYTES, type UmbralPoint, decodePoint } from './points.ts';

const SIGNATURE_BYTES = 64;
const READING_SALT = textToBytes('clinicord/reading-key/1');

export interface UmbralKeyPair {
  readonly secretKey: bigint;
  readonly publicKey: UmbralPoint;
}

function pairOf(secretKey: bigint): UmbralKeyPair {
  return { secretKey, publicKey: GENERATOR.multiply(secretKey) };
}

export function umbralKeyPair(random: Randomness): UmbralKeyPair {
  return pairOf(randomScalar(SCALARS, random));
}

/** The reading key of a class and an epoch, from the 32 bytes of a person's root secret. */
export function readingKeyPair(root: Uint8Array, sensitivityClass: string, epoch: number): UmbralKeyPair {
  assert(root.byteLength === ROOT_SECRET_BYTES, 'a root secret has 32 bytes');
  const info = framed(textToBytes(sensitivityClass), uint32Bytes(epoch));
  const wide = hkdf(nobleSha256, root, READING_SALT, info, 48);
  return pairOf(randomScalar(SCALARS, { bytes: () => wide }));
}

/** 32 bytes; kept only where a root secret may be kept. */
export function encodeUmbralSecretKey(keys: UmbralKeyPair): Uint8Array {
  return scalarToBytes(SCALARS, keys.secretKey);
}

export function decodeUmbralSecretKey(bytes: Uint8Array): UmbralKeyPair | Rejection {
  const secretKey = decodeScalar(SCALARS, bytes, 'a secret key');
  return isRejection(secretKey) ? secretKey : pairOf(secretKey);
}

/** 33 bytes. */
export function encodeUmbralPublicKey(publicKey: UmbralPoint): Uint8Array {
  return publicKey.toBytes();
}

export function decodeUmbralPublicKey(bytes: Uint8Array): UmbralPoint | Rejection {
  return decodePoint(bytes, 'a public key');
}

/** ECDSA over SHA-256 with a deterministic nonce (RFC 6979) and a low s; 64 bytes. */
export function signFragment(keys: UmbralKeyPair, message: Uint8Array): Uint8Array {
  return secp256k1.sign(message, encodeUmbralSecretKey(keys), { lowS: true });
}

export function fragmentSignatureHolds(verifyingKey: UmbralPoint, message: Uint8Array, signature: Uint8Array): boolean {
  return secp256k1.verify(signature, message, verifyingKey.toBytes(), { lowS: true });
}

/** Whether the bytes can be a signature at all: both halves canonical, s in its lower half. */
export function refusesSignatureEncoding(bytes: Uint8Array): Rejection | null {
  if (bytes.byteLength !== SIGNATURE_BYTES) return reject('signature-length', `a signature has ${SIGNATURE_BYTES} bytes`);
  for (const half of [bytes.subarray(0, 32), bytes.subarray(32)]) {
    const scalar = decodeScalar(SCALARS, half, 'half of a signature');
    if (isRejection(scalar)) return scalar;
  }
  const s = decodeScalar(SCALARS, bytes.subarray(32), 's');
  return !isRejection(s) && s > SCALARS.ORDER / 2n ? reject('high-s', 'the signature is not in its lower form') : null;
}

export const UMBRAL_PUBLIC_KEY_BYTES = UMBRAL_POINT_BYTES;
