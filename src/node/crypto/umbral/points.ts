// Points of secp256k1 on the wire: 33 bytes, compressed (SEC 1, section 2.3.3). The identity, points off the curve and encodings that
// are not the shortest are refused. The curve has cofactor one, so that every point that is left lies in the group.
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type Rejection, reject } from '../../base/index.ts';
import { equalBytes } from '../../codec/index.ts';
import { type ScalarField, hashToScalar, scalarToBytes } from '../curves/index.ts';

export const UMBRAL_POINT_BYTES = 33;
export const UMBRAL_SCALAR_BYTES = 32;

const { Point } = secp256k1;
export type UmbralPoint = InstanceType<typeof Point>;

/** Arithmetic modulo the order of secp256k1. */
export const SCALARS: ScalarField = Point.Fn;
export const GENERATOR: UmbralPoint = Point.BASE;

export function decodePoint(bytes: Uint8Array, what: string): UmbralPoint | Rejection {
  if (bytes.byteLength !== UMBRAL_POINT_BYTES)
    return reject('point-length', `${what} has ${bytes.byteLength} bytes, not ${UMBRAL_POINT_BYTES}`);
  try {
    const point = Point.fromBytes(bytes);
    if (point.is0()) return reject('identity-point', `${what} is the point at infinity`);
    return equalBytes(point.toBytes(), bytes) ? point : reject('non-canonical-point', `${what} is not in its shortest form`);
  } catch {
    return reject('not-on-curve', `${what} is not a point of secp256k1`);
  }
}

/**
 * A secret scalar times a point. The scalar is split into two that each look random, so that the fast walk, whose time depends on what
 * it is given, says nothing about their sum; twice as fast as the library's own slow walk. For the generator use its table.
 */
export function multiplySecret(scalar: bigint, point: UmbralPoint): UmbralPoint {
  const mask = hashToScalar(SCALARS.ORDER, 'clinicord/umbral/mask/1', scalarToBytes(SCALARS, scalar), point.toBytes());
  return point.mulAddUnsafe(mask, point, SCALARS.sub(scalar, mask));
}

/** `a` times one point plus `b` times another, for public scalars only: its time depends on them. */
export function combine(a: bigint, first: UmbralPoint, b: bigint, second: UmbralPoint): UmbralPoint {
  return first.mulAddUnsafe(a, second, b);
}
