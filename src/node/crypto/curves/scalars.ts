// Scalars of the three groups (secp256k1, BLS12-381, ristretto255): drawn, written and read in one way only. A zero, a number that is
// not below the group's order and a wrong length are refused before anything is computed with them.
import type { IField } from '@noble/curves/abstract/modular.js';
import { type Rejection, assert, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { bigEndian } from './transcript.ts';

/** Arithmetic modulo a group's order. */
export type ScalarField = IField<bigint>;

const SECURITY_BYTES = 16;

/** A uniform scalar that is not zero; the bias is below 2^-128. */
export function randomScalar(field: ScalarField, random: Randomness): bigint {
  const wide = random.bytes(field.BYTES + SECURITY_BYTES);
  assert(wide.byteLength === field.BYTES + SECURITY_BYTES, 'the source of randomness gave too few bytes');
  return (bigEndian(wide) % (field.ORDER - 1n)) + 1n;
}

/** Fixed length, in the group's byte order: big-endian for Weierstrass curves, little-endian for ristretto255. */
export function scalarToBytes(field: ScalarField, scalar: bigint): Uint8Array {
  return field.toBytes(scalar);
}

/** A scalar from 1 to the order minus 1, or why the bytes are not one. */
export function decodeScalar(field: ScalarField, bytes: Uint8Array, what: string): bigint | Rejection {
  if (bytes.byteLength !== field.BYTES) return reject('scalar-length', `${what} has ${bytes.byteLength} bytes, not ${field.BYTES}`);
  const value = bigEndian(field.isLE ? bytes.slice().reverse() : bytes);
  if (value >= field.ORDER) return reject('non-canonical-scalar', `${what} is not below the group order`);
  return value === 0n ? reject('zero-scalar', `${what} is zero`) : value;
}

/** The values, or the first rejection among them. */
export function allAccepted<const T extends readonly unknown[]>(
  values: T,
): { readonly [K in keyof T]: Exclude<T[K], Rejection> } | Rejection {
  return values.find(isRejection) ?? (values as { readonly [K in keyof T]: Exclude<T[K], Rejection> });
}
