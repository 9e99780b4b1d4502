// Points of BLS12-381 that no decoder may let in: on the curve but outside the subgroup, the identity, off the curve.
import { bls12_381 } from '@noble/curves/bls12-381.js';

const { Fp, Fp2 } = bls12_381.fields;

function withFlags(bytes: Uint8Array, ySign: boolean): Uint8Array {
  const copy = bytes.slice();
  copy[0] = (copy[0] ?? 0) | 0x80 | (ySign ? 0x20 : 0);
  return copy;
}

/** The first small x for which `root` finds a y; almost no such point lies in the subgroup. */
function firstX(root: (x: bigint) => boolean, wanted: boolean): bigint {
  for (let x = 5n; ; x += 1n) if (root(x) === wanted) return x;
}

function hasRoot<F>(square: F, sqrt: (value: F) => F): boolean {
  try {
    sqrt(square);
    return true;
  } catch {
    return false;
  }
}

const onG1 = (x: bigint) => hasRoot(Fp.add(Fp.pow(x, 3n), 4n), (value) => Fp.sqrt(value));
const onG2 = (x: bigint) => {
  const at = Fp2.fromBigTuple([x, 0n]);
  return hasRoot(Fp2.add(Fp2.pow(at, 3n), Fp2.fromBigTuple([4n, 4n])), (value) => Fp2.sqrt(value));
};

function g2Bytes(x: bigint): Uint8Array {
  const bytes = new Uint8Array(96);
  bytes.set(Fp.toBytes(x), 48);
  return withFlags(bytes, false);
}

/** Compressed points of 48 bytes, with the reason for which each is refused. */
export const BAD_G1: readonly (readonly [string, Uint8Array, string])[] = [
  ['the identity', Uint8Array.of(0xc0, ...new Uint8Array(47)), 'identity-point'],
  ['a point outside the subgroup', withFlags(Fp.toBytes(firstX(onG1, true)), false), 'outside-subgroup'],
  ['an x without a point', withFlags(Fp.toBytes(firstX(onG1, false)), false), 'not-on-curve'],
  ['an x that is the field prime', withFlags(Uint8Array.from(Buffer.from(Fp.ORDER.toString(16), 'hex')), false), 'not-on-curve'],
  ['the uncompressed form', bls12_381.G1.Point.BASE.toBytes(false), 'point-length'],
  ['no flag of compression', Fp.toBytes(firstX(onG1, true)), 'not-on-curve'],
];

/** Compressed points of 96 bytes, likewise. */
export const BAD_G2: readonly (readonly [string, Uint8Array, string])[] = [
  ['the identity', Uint8Array.of(0xc0, ...new Uint8Array(95)), 'identity-point'],
  ['a point outside the subgroup', g2Bytes(firstX(onG2, true)), 'outside-subgroup'],
  ['an x without a point', g2Bytes(firstX(onG2, false)), 'not-on-curve'],
  ['the uncompressed form', bls12_381.G2.Point.BASE.toBytes(false), 'point-length'],
];
