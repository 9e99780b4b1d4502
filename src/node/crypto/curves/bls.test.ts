// BLS12-381 as the schemes see it: what decoders refuse, and hashing to the curve against the vectors of RFC 9380, appendix J.9.1.
import { bls12_381 } from '@noble/curves/bls12-381.js';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { BAD_G1, BAD_G2 } from '../../../../tests/vectors/bls-points.ts';
import { RFC9380_G1, RFC9380_G1_DST } from '../../../../tests/vectors/rfc9380.ts';
import { textToBytes } from '../../codec/index.ts';
import { BLS_SCALARS, G1, G2, decodeG1, decodeG2, hashToG1, pairingsCancel, prepareG2, spread } from './bls.ts';
import { decodeScalar } from './scalars.ts';

describe('BLS12-381', () => {
  test.each(BAD_G1)('G1: %s is refused', (_, bytes, reason) =>
    expect(decodeG1(bytes, 'a point')).toMatchObject({ rejected: true, reason }),
  );
  test.each(BAD_G2)('G2: %s is refused', (_, bytes, reason) =>
    expect(decodeG2(bytes, 'a point')).toMatchObject({ rejected: true, reason }),
  );

  test('what is encoded is decoded', () => {
    expect(accepted(decodeG1(G1.generator.toBytes(), 'a point')).equals(G1.generator)).toBe(true);
    for (const point of [G1.generator, G1.generator.negate(), G1.generator.multiply(77n), G1.zero])
      expect(G1.encode(point)).toEqual(point.toBytes());
    expect(accepted(decodeG2(G2.generator.toBytes(), 'a point')).equals(G2.generator)).toBe(true);
  });

  test('scalars are below the order and not zero', () => {
    const bytesOf = (value: bigint) => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, '0'), 'hex'));
    expect(decodeScalar(BLS_SCALARS, bytesOf(7n), 'a scalar')).toBe(7n);
    expect(decodeScalar(BLS_SCALARS, bytesOf(0n), 'a scalar')).toMatchObject({ reason: 'zero-scalar' });
    expect(decodeScalar(BLS_SCALARS, bytesOf(BLS_SCALARS.ORDER), 'a scalar')).toMatchObject({ reason: 'non-canonical-scalar' });
    expect(decodeScalar(BLS_SCALARS, bytesOf(7n).slice(1), 'a scalar')).toMatchObject({ reason: 'scalar-length' });
  });

  test.each(RFC9380_G1.map(({ message, x, y }) => [message.slice(0, 20), message, x, y] as const))(
    'hashing "%s" to G1 gives the point of RFC 9380',
    (_, message, x, y) => {
      const point = hashToG1(RFC9380_G1_DST, textToBytes(message)).toAffine();
      expect([point.x, point.y].map((value) => value.toString(16).padStart(96, '0'))).toEqual([x, y]);
    },
  );

  test('pairings cancel exactly where exponents do', () => {
    const two = prepareG2(G2.generator.multiply(2n));
    const one = prepareG2(G2.generator);
    expect(
      pairingsCancel([
        [G1.generator.multiply(2n), one],
        [G1.generator.negate(), two],
      ]),
    ).toBe(true);
    expect(
      pairingsCancel([
        [G1.generator.multiply(3n), one],
        [G1.generator.negate(), two],
      ]),
    ).toBe(false);
    expect(pairingsCancel([[G1.zero, one]])).toBe(true);
  });

  test('a spread challenge loses nothing of its 128 bits', () => {
    const x2 = 0xd201000000010000n ** 2n;
    expect(spread(5n)).toBe(5n);
    expect(spread(1n << 64n)).toBe(x2);
    expect(spread((1n << 128n) - 1n)).toBe((2n ** 64n - 1n) * (x2 + 1n));
    expect(spread((1n << 128n) - 1n) < BLS_SCALARS.ORDER).toBe(true);
  });

  test('short and long sums agree', () => {
    const points = Array.from({ length: 50 }, (_, index) => bls12_381.G1.Point.BASE.multiply(BigInt(index + 2)));
    const scalars = points.map((_, index) => BigInt(index * index));
    const expected = scalars.reduce((sum, scalar, index) => sum + scalar * BigInt(index + 2), 0n);
    expect(G1.sum(points, scalars).equals(G1.generator.multiply(expected))).toBe(true);
    const scalarOf = (index: number) => (BLS_SCALARS.ORDER - 1n) / BigInt(index + 3);
    const terms = points.slice(0, 3).map((point, index) => point.multiply(scalarOf(index)));
    const few = G1.sum(
      points.slice(0, 3),
      [0, 1, 2].map((index) => scalarOf(index)),
    );
    expect(few.equals(terms[0]!.add(terms[1]!).add(terms[2]!))).toBe(true);
    for (const scalar of [0n, 1n, 0xd201000000010000n ** 2n, BLS_SCALARS.ORDER - 1n]) {
      expect(G1.sum([points[0]!], [scalar]).equals(points[0]!.multiplyUnsafe(scalar))).toBe(true);
    }
    expect(G1.sum([], []).equals(G1.zero)).toBe(true);
  });
});
