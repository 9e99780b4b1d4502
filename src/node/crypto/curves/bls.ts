// BLS12-381: two groups and a pairing. On the wire points are compressed (48 and 96 bytes); identity, points off the curve or outside the
// subgroup and other forms of a point are refused. Sources: draft-irtf-cfrg-pairing-friendly-curves, appendix C (encoding); RFC 9380.
import { mulAddUnsafe, normalizeZ, pippenger } from '@noble/curves/abstract/curve.js';
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, reject } from '../../base/index.ts';
import { equalBytes, textToBytes } from '../../codec/index.ts';
import type { Group } from './group.ts';
import type { ScalarField } from './scalars.ts';

const G1Curve = bls12_381.G1.Point;
const G2Curve = bls12_381.G2.Point;
export type G1Point = InstanceType<typeof G1Curve>;
export type G2Point = InstanceType<typeof G2Curve>;
/** A value of the pairing's target group. */
export type GtValue = ReturnType<typeof bls12_381.pairing>;

export const G1_BYTES = 48;
export const G2_BYTES = 96;
export const BLS_SCALARS: ScalarField = bls12_381.fields.Fr;
export const BLS_SCALAR_BYTES = BLS_SCALARS.BYTES;

/** |x|, the curve's parameter: the group's order is x^4 - x^2 + 1. */
const PARAMETER = 0xd201000000010000n;
const PARAMETER_SQUARED = PARAMETER * PARAMETER;
/** A cube root of one in the field: (X, Y) to (BETA X, Y) multiplies points of the subgroup by -x^2. */
const BETA = 0x5f19672fdf76ce51ba69c6076a0f77eaddb3a93be6f89688de17d813620a00022e01fffffffefffen;
/** Up to so many terms halving the scalars saves more doublings than it adds; from so many on buckets beat tables (measured). */
const HALVED_UP_TO = 8;
const BUCKETS_FROM = 300;

/**
 * 128 bits spread over a scalar so that multiplying by it takes 64 doublings: low half + high half times x^2. Different numbers give
 * different scalars, and so do their differences, which is what a challenge needs.
 */
export function spread(short: bigint): bigint {
  return (short & ((1n << 64n) - 1n)) + (short >> 64n) * PARAMETER_SQUARED;
}

function timesMinusXSquared(point: G1Point): G1Point {
  return new G1Curve(bls12_381.fields.Fp.mul(point.X, BETA), point.Y, point.Z);
}

/** Sum of public scalars times points of the subgroup. Source: Gallant, Lambert, Vanstone (2001), for the halves. */
function sumG1(points: readonly G1Point[], scalars: readonly bigint[]): G1Point {
  if (points.length > HALVED_UP_TO) {
    const walk = points.length < BUCKETS_FROM ? mulAddUnsafe : pippenger;
    return walk(G1Curve, [...points], [...scalars]);
  }
  const halves = points.flatMap((point, index): readonly (readonly [G1Point, bigint])[] => {
    const scalar = scalars[index] ?? 0n;
    return [[point, scalar % PARAMETER_SQUARED] as const, [timesMinusXSquared(point).negate(), scalar / PARAMETER_SQUARED] as const];
  });
  const terms = halves.filter(([, scalar]) => scalar !== 0n);
  return mulAddUnsafe(
    G1Curve,
    terms.map(([point]) => point),
    terms.map(([, scalar]) => scalar),
  );
}

/** Flags in the first byte of an encoding. */
const COMPRESSED = 0x80;
const AT_INFINITY = 0x40;
const LARGER_Y = 0x20;

/** 48 bytes. The library's own encoder checks the subgroup again, which costs as much as a short multiplication. */
export function encodeG1(point: G1Point): Uint8Array {
  const { Fp } = bls12_381.fields;
  if (point.is0()) return Uint8Array.of(COMPRESSED | AT_INFINITY, ...new Uint8Array(G1_BYTES - 1));
  const { x, y } = point.toAffine();
  const bytes = Fp.toBytes(x);
  bytes[0] = (bytes[0] ?? 0) | COMPRESSED | (2n * y > Fp.ORDER ? LARGER_Y : 0);
  return bytes;
}

/** Several encodings one after the other, for the price of one inversion. */
export function encodeG1Points(points: readonly G1Point[]): Uint8Array {
  return concatBytes(...normalizeZ(G1Curve, [...points]).map(encodeG1));
}

/** Bits of the window of a fixed point's table: some 4,000 additions once, 32 for each product afterwards. */
const TABLE_WINDOW = 8;

/** The same point with a table for `multiplyUnsafe`, made when first used: for points that every verification multiplies. */
export function tabled(point: G1Point): G1Point {
  return G1Curve.fromAffine(point.toAffine()).precompute(TABLE_WINDOW);
}

export const G1: Group<G1Point> = { generator: G1Curve.BASE, zero: G1Curve.ZERO, scalars: BLS_SCALARS, encode: encodeG1, sum: sumG1 };

export const G2: Group<G2Point> = {
  generator: G2Curve.BASE,
  zero: G2Curve.ZERO,
  scalars: BLS_SCALARS,
  encode: (point) => point.toBytes(),
  sum: (points, scalars) => mulAddUnsafe(G2Curve, [...points], [...scalars]),
};

interface WirePoint {
  is0(): boolean;
  toBytes(): Uint8Array;
}

function decodeWith<P extends WirePoint>(
  read: (bytes: Uint8Array) => P,
  sizeBytes: number,
  bytes: Uint8Array,
  what: string,
): P | Rejection {
  if (bytes.byteLength !== sizeBytes) return reject('point-length', `${what} has ${bytes.byteLength} bytes, not ${sizeBytes}`);
  try {
    const point = read(bytes);
    if (point.is0()) return reject('identity-point', `${what} is the point at infinity`);
    return equalBytes(point.toBytes(), bytes) ? point : reject('non-canonical-point', `${what} is not in its shortest form`);
  } catch (error) {
    const outside = error instanceof Error && error.message.includes('subgroup');
    return outside
      ? reject('outside-subgroup', `${what} is a point of the curve, but not of its subgroup of prime order`)
      : reject('not-on-curve', `${what} is not a point of the curve`);
  }
}

export function decodeG1(bytes: Uint8Array, what: string): G1Point | Rejection {
  return decodeWith((encoded) => G1Curve.fromBytes(encoded), G1_BYTES, bytes, what);
}

export function decodeG2(bytes: Uint8Array, what: string): G2Point | Rejection {
  return decodeWith((encoded) => G2Curve.fromBytes(encoded), G2_BYTES, bytes, what);
}

/** Bytes to a point of G1 whose logarithm nobody knows. `use` separates domains (RFC 9380, BLS12381G1_XMD:SHA-256_SSWU_RO_). */
export function hashToG1(use: string, bytes: Uint8Array): G1Point {
  return bls12_381.G1.hashToCurve(bytes, { DST: textToBytes(use) });
}

/** The pairing, in bytes: 576 of them, the same on every machine. */
export function pairingBytes(left: G1Point, right: G2Point): Uint8Array {
  return bls12_381.fields.Fp12.toBytes(bls12_381.pairing(left, right));
}

/** A point of G2 with what the pairing computes from it alone. */
export interface PreparedG2 {
  readonly point: G2Point;
  readonly lines: ReturnType<typeof bls12_381.utils.calcPairingPrecomputes>;
}

export function prepareG2(point: G2Point): PreparedG2 {
  return { point, lines: bls12_381.utils.calcPairingPrecomputes(point) };
}

/** Whether the product of the pairings is one. A pair with the identity counts as one. */
export function pairingsCancel(pairs: readonly (readonly [G1Point, PreparedG2])[]): boolean {
  const { Fp12 } = bls12_381.fields;
  const terms = pairs
    .filter(([left]) => !left.is0())
    .map(([left, right]): Parameters<typeof bls12_381.millerLoopBatch>[0][number] => {
      const { x, y } = left.toAffine();
      return [right.lines, x, y];
    });
  return Fp12.eql(Fp12.finalExponentiate(bls12_381.millerLoopBatch(terms)), Fp12.ONE);
}
