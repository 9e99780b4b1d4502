// ristretto255: a group of prime order with one encoding for each element (RFC 9496), used for serial numbers and search tags. There
// is no cofactor to think of; what is left to refuse is the identity and what is no encoding.
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';
import { type Rejection, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Group } from './group.ts';
import type { ScalarField } from './scalars.ts';

const { Point } = ristretto255;
export type RistrettoPoint = InstanceType<typeof Point>;
export const RISTRETTO_POINT_BYTES = 32;
export const RISTRETTO_SCALARS: ScalarField = Point.Fn;

export const RISTRETTO: Group<RistrettoPoint> = {
  generator: Point.BASE,
  zero: Point.ZERO,
  scalars: RISTRETTO_SCALARS,
  encode: (point) => point.toBytes(),
  sum: (points, scalars) => mulAddUnsafe(Point, [...points], [...scalars]),
};

export function decodeRistretto(bytes: Uint8Array, what: string): RistrettoPoint | Rejection {
  if (bytes.byteLength !== RISTRETTO_POINT_BYTES) {
    return reject('point-length', `${what} has ${bytes.byteLength} bytes, not ${RISTRETTO_POINT_BYTES}`);
  }
  try {
    const point = Point.fromBytes(bytes);
    return point.equals(Point.ZERO) ? reject('identity-point', `${what} is the identity`) : point;
  } catch {
    return reject('not-an-element', `${what} is not an element of ristretto255`);
  }
}

/** Bytes to an element whose logarithm nobody knows. `use` separates domains. Source: RFC 9380, ristretto255_XMD:SHA-512_R255MAP_RO_. */
export function hashToRistretto(use: string, bytes: Uint8Array): RistrettoPoint {
  return ristretto255_hasher.hashToCurve(bytes, { DST: textToBytes(use) });
}
