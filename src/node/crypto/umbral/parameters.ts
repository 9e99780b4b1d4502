// The two published conventions of Umbral, which agree in every equation and differ in two constants. `UMBRAL_PRE` is that of the Rust
// implementation and its WebAssembly, and ours; `PYUMBRAL` is that of the Python implementation, which made the test vectors.
// Sources: Nuñez: Umbral, a threshold proxy re-encryption scheme (2018); docs/cryptography.md, Umbral, "two conventions".
import { secp256k1, secp256k1_hasher } from '@noble/curves/secp256k1.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { assert } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { bigEndian, uint32Bytes } from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { type FastSecp256k1, PURE_ARITHMETIC, SCALARS, type UmbralArithmetic, type UmbralPoint, acceleratedArithmetic } from './points.ts';

export interface UmbralParameters {
  /** A second generator; nobody knows its logarithm. Fragments commit to their keys with it. */
  readonly u: UmbralPoint;
  /** 32 bytes of SHA-256 to a scalar. */
  scalarOf(digest: Uint8Array): bigint;
  /** What ends the hash of a re-encryption's proof: nothing today; early vectors were made with a word there. */
  readonly proofSuffix: Uint8Array;
  readonly arithmetic: UmbralArithmetic;
}

/** SHA-256 over pieces of fixed length, behind a word that separates uses and its length in four bytes. */
export function domainHash(domain: Uint8Array, ...pieces: readonly Uint8Array[]): Uint8Array {
  return sha256(uint32Bytes(domain.byteLength), domain, ...pieces);
}

/** SHA-256 to a scalar as the protocol hashes everything: the word in front, then the pieces. */
export function domainScalar(parameters: UmbralParameters, domain: string, ...pieces: readonly Uint8Array[]): bigint {
  return parameters.scalarOf(domainHash(textToBytes(domain), ...pieces));
}

/**
 * A point by try and increment: the first counter whose hash is the x coordinate of a point, with an even y. Its time depends on the
 * data, which therefore must be public.
 */
export function hashToPointByTrial(domain: Uint8Array, data: Uint8Array): UmbralPoint {
  for (let counter = 0; counter < 256; counter += 1) {
    const x = domainHash(domain, uint32Bytes(data.byteLength), data, uint32Bytes(counter));
    try {
      return secp256k1.Point.fromBytes(concatBytes(Uint8Array.of(2), x));
    } catch {
      // Not the x coordinate of a point: every second one is.
    }
  }
  throw new Error('no point in 256 tries, which happens once in 2^256');
}

/** Bits of the window of the table for the second generator. */
const TABLE_WINDOW = 8;

/** A point that is made when first asked for: loading the module costs nothing. */
function once(make: () => UmbralPoint): () => UmbralPoint {
  let made: UmbralPoint | null = null;
  return () => (made ??= make().precompute(TABLE_WINDOW));
}

const hashedGenerator = once(() => secp256k1_hasher.hashToCurve(textToBytes('POINT_U'), { DST: textToBytes('PARAMETERS') }));
const triedGenerator = once(() => hashToPointByTrial(textToBytes('PARAMETERS'), textToBytes('POINT_U')));

/** Ours: the second generator by RFC 9380, scalars never zero. */
export const UMBRAL_PRE: UmbralParameters = {
  get u() {
    return hashedGenerator();
  },
  scalarOf: (digest) => (bigEndian(digest) % (SCALARS.ORDER - 1n)) + 1n,
  proofSuffix: new Uint8Array(0),
  arithmetic: PURE_ARITHMETIC,
};

/** That of the test vectors: the second generator by trial, scalars by plain reduction. */
export const PYUMBRAL: UmbralParameters = {
  get u() {
    return triedGenerator();
  },
  scalarOf: (digest) => {
    const scalar = bigEndian(digest) % SCALARS.ORDER;
    assert(scalar !== 0n, 'a hash was zero modulo the group order, which happens once in 2^256');
    return scalar;
  },
  proofSuffix: new Uint8Array(0),
  arithmetic: PURE_ARITHMETIC,
};

/** Our convention with a fast multiplication: the same values in a fraction of the time. */
export function acceleratedUmbral(fast: FastSecp256k1): UmbralParameters {
  return { ...UMBRAL_PRE, arithmetic: acceleratedArithmetic(fast) };
}
