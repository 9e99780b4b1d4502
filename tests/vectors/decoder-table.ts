// Every decoder of crypto/ and records/ with a good encoding and where in it which kind of number stands. The test beside it changes these in
// every way that a hostile peer could, and fails where a decoder is missing here.
import { type Rejection, toHex } from '../../src/node/base/index.ts';
import { textToBytes } from '../../src/node/codec/index.ts';
import { type ScalarField, BLS_SCALARS, RISTRETTO_SCALARS } from '../../src/node/crypto/curves/index.ts';
import { SCALARS as SECP_SCALARS } from '../../src/node/crypto/umbral/points.ts';
import { BAD_G1, BAD_G2 } from './bls-points.ts';

/** Kinds of numbers inside encodings. */
export type FieldKind = 'g1' | 'g2' | 'secp' | 'ristretto' | 'bls-scalar' | 'secp-scalar' | 'ristretto-scalar' | 'version' | 'holder';

export interface DecoderEntry {
  /** As the module exports it. */
  readonly name: string;
  readonly good: Uint8Array;
  readonly decode: (bytes: Uint8Array) => unknown;
  /** What was decoded, as bytes again: a value has one encoding. */
  readonly encode?: (value: never) => Uint8Array;
  readonly fields?: readonly (readonly [offset: number, kind: FieldKind])[];
  /** Whether what was decoded is taken for genuine by whoever uses it: false for everything but the good one. */
  readonly holds?: (value: never) => boolean;
  /** Tries; fewer where one costs many milliseconds. */
  readonly runs?: number;
}

export function entry<Value>(
  name: string,
  good: Uint8Array,
  decode: (bytes: Uint8Array) => Value | Rejection | null,
  more: {
    readonly encode?: (value: Value) => Uint8Array;
    readonly fields?: DecoderEntry['fields'];
    readonly holds?: (value: Value) => boolean;
    readonly runs?: number;
  } = {},
): DecoderEntry {
  return { name, good, decode, ...(more as Partial<DecoderEntry>) };
}

const ones = (sizeBytes: number): Uint8Array => new Uint8Array(sizeBytes).fill(0xff);

/** The order of a field and the highest number of its length, as the field writes them. */
function badScalars(field: ScalarField): readonly Uint8Array[] {
  const big = Uint8Array.from(Buffer.from(field.ORDER.toString(16).padStart(2 * field.BYTES, '0'), 'hex'));
  return [new Uint8Array(field.BYTES), field.isLE ? big.toReversed() : big, ones(field.BYTES)];
}

const secp = (head: number, x: bigint): Uint8Array => Uint8Array.of(head, ...Buffer.from(x.toString(16).padStart(64, '0'), 'hex'));
const SECP_PRIME = 2n ** 256n - 2n ** 32n - 977n;
/** RFC 9496, appendix A.2: not the shortest form, negative, not a square. */
const BAD_RISTRETTO = [
  '00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371',
].map((text) => Uint8Array.from(Buffer.from(text, 'hex')));

const ofLength = (points: typeof BAD_G1, sizeBytes: number): readonly Uint8Array[] =>
  points.map(([, bytes]) => bytes).filter((bytes) => bytes.byteLength === sizeBytes);

/** What may never stand where a number of the kind stands. */
export const POISON: Readonly<Record<FieldKind, readonly Uint8Array[]>> = {
  g1: [...ofLength(BAD_G1, 48), new Uint8Array(48), ones(48)],
  g2: [...ofLength(BAD_G2, 96), new Uint8Array(96), ones(96)],
  // Zeros, an x of no point, an x that is the prime, a head of the uncompressed form and one that is none.
  secp: [new Uint8Array(33), secp(2, 5n), secp(2, SECP_PRIME), secp(4, 1n), secp(6, 1n), ones(33)],
  ristretto: [new Uint8Array(32), ...BAD_RISTRETTO, ones(32)],
  'bls-scalar': badScalars(BLS_SCALARS),
  'secp-scalar': badScalars(SECP_SCALARS),
  'ristretto-scalar': badScalars(RISTRETTO_SCALARS),
  version: [0, 2, 255].map((version) => Uint8Array.of(version)),
  holder: [Uint8Array.of(0)],
};

export function patched(bytes: Uint8Array, at: number, patch: Uint8Array): Uint8Array {
  const copy = bytes.slice();
  copy.set(patch, at);
  return copy;
}

/** Named as an address of a blob is. */
export const CID = `bafkrei${'a'.repeat(52)}`;
export const PARTY = toHex(textToBytes('a party of tests'));
