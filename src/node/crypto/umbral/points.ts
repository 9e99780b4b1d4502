// Points of secp256k1 on the wire: 33 bytes, compressed (SEC 1, section 2.3.3). The identity, points off the curve and encodings that
// are not the shortest are refused. The curve has cofactor one, so that every point that is left lies in the group.
import { mulAddUnsafe } from '@noble/curves/abstract/curve.js';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { type Rejection, assert, reject } from '../../base/index.ts';
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

/** The multiplications that the scheme spends its time on. */
export interface UmbralArithmetic {
  /** A secret scalar times a point. */
  multiplySecret(scalar: bigint, point: UmbralPoint): UmbralPoint;
  /** Sum of public scalars times points. */
  sum(points: readonly UmbralPoint[], scalars: readonly bigint[]): UmbralPoint;
}

/**
 * Two scalars that each look random and add up to a secret one: a walk whose time depends on what it is given says nothing about their
 * sum. They follow from the secret and the point, so no source of randomness is needed.
 */
function split(scalar: bigint, point: UmbralPoint): readonly [bigint, bigint] {
  const mask = hashToScalar(SCALARS.ORDER, 'clinicord/umbral/mask/1', scalarToBytes(SCALARS, scalar), point.toBytes());
  return [mask, SCALARS.sub(scalar, mask)];
}

/** In TypeScript alone: works everywhere. For the generator its table is faster. */
export const PURE_ARITHMETIC: UmbralArithmetic = {
  multiplySecret: (scalar, point) => {
    const [mask, rest] = split(scalar, point);
    return point.mulAddUnsafe(mask, point, rest);
  },
  sum: (points, scalars) => {
    const [first, second] = points;
    return points.length === 2 && first !== undefined && second !== undefined
      ? first.mulAddUnsafe(scalars[0] ?? 0n, second, scalars[1] ?? 0n)
      : mulAddUnsafe(Point, [...points], [...scalars]);
  },
};

/** What a WebAssembly build of libsecp256k1 offers: a point of 65 bytes times a scalar of 32, or a sentence where that fails. */
export interface FastSecp256k1 {
  mulTweakPublicKeyUncompressed(publicKey: Uint8Array, scalar: Uint8Array): Uint8Array | string;
}

/** The same with a fast multiplication, some ten times faster; loading it is the host's business. */
export function acceleratedArithmetic(fast: FastSecp256k1): UmbralArithmetic {
  const multiply = (scalar: bigint, point: UmbralPoint): UmbralPoint => {
    if (scalar === 0n || point.is0()) return Point.ZERO;
    const product = fast.mulTweakPublicKeyUncompressed(point.toBytes(false), scalarToBytes(SCALARS, scalar));
    assert(typeof product !== 'string', 'a point times a scalar below the order is a point');
    return Point.fromBytes(product);
  };
  const sum = (points: readonly UmbralPoint[], scalars: readonly bigint[]): UmbralPoint =>
    points.reduce((total, point, index) => total.add(multiply(scalars[index] ?? 0n, point)), Point.ZERO);
  return { multiplySecret: (scalar, point) => sum([point, point], split(scalar, point)), sum };
}
