// Serial numbers: what they promise, what they refuse, and the attack of row 43: it breaks the paper's hash and fails here.
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { damaged, withBit } from '../../../../tests/vectors/damage.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { isRejection, toHex } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { RISTRETTO, addCommitments, randomScalar, refusesShare, shareSecret } from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { type Allowance, spendEvaluation } from './allowance.ts';
import { serialInput } from './normalise.ts';
import { type SerialKeyPair, blindInput, evaluateBlinded, finalizeSerial, serialKeyPair, serialNumberOf } from './serial.ts';
import { decodePartialEvaluation, encodePartialEvaluation, evaluatePartially, finalizeSerialFromParts } from './threshold.ts';

const keys = serialKeyPair(new Uint8Array(32).fill(1));
const otherKeys = serialKeyPair(new Uint8Array(32).fill(2));
const random = testRandomness('serial');
/** The whole function for somebody who has a key; the library's types leave it out of the verifiable mode. */
const { evaluate: evaluateAlone } = ristretto255_oprf.voprf as unknown as {
  evaluate(secretKey: Uint8Array, input: Uint8Array): Uint8Array;
};

function serialAt(authority: SerialKeyPair, name: string, number: string) {
  const request = blindInput(accepted(serialInput(name, number)), random);
  return finalizeSerial(authority.publicKey, request, accepted(evaluateBlinded(authority, request.blinded, random)));
}

describe('serial numbers (P2-05, T13)', () => {
  test('two clinics get the same serial, whatever their clerks type', () => {
    const first = accepted(serialAt(keys, 'Zhang Wei', '110101 1990 0307 7758'));
    expect(accepted(serialAt(keys, ' ZHANG  WEI', '110101199003077758'))).toBe(first);
    expect(first).toMatch(/^[0-9a-f]{64}$/u);
  });

  test('another person or another authority: another serial', () => {
    const serials = [
      serialAt(keys, 'Zhang Wei', '110101199003077758'),
      serialAt(keys, 'Zhang Wei', '110101199003077759'),
      serialAt(keys, 'Zhang Lei', '110101199003077758'),
      serialAt(otherKeys, 'Zhang Wei', '110101199003077758'),
    ];
    expect(new Set(serials).size).toBe(4);
  });

  test('the authority sees another element for every request of the same person', () => {
    const input = accepted(serialInput('Zhang Wei', '110101199003077758'));
    expect(blindInput(input, random).blinded).not.toEqual(blindInput(input, random).blinded);
  });

  test('an answer with another key, a changed answer and a moved proof are refused', () => {
    const request = blindInput(textToBytes('a person'), random);
    const other = blindInput(textToBytes('another person'), random);
    const answer = accepted(evaluateBlinded(keys, request.blinded, random));
    const secretly = accepted(evaluateBlinded({ ...keys, secretKey: otherKeys.secretKey }, request.blinded, random));
    expect(finalizeSerial(keys.publicKey, request, secretly)).toMatchObject({ reason: 'oprf-proof' });
    expect(finalizeSerial(otherKeys.publicKey, request, answer)).toMatchObject({ reason: 'oprf-proof' });
    expect(finalizeSerial(keys.publicKey, other, answer)).toMatchObject({ reason: 'oprf-proof' });
    const refused = (changed: Partial<typeof answer>) => isRejection(finalizeSerial(keys.publicKey, request, { ...answer, ...changed }));
    const runs = { numRuns: 40 };
    fc.assert(
      fc.property(damaged(answer.proof), (proof) => refused({ proof })),
      runs,
    );
    fc.assert(
      fc.property(damaged(answer.evaluated), (evaluated) => refused({ evaluated })),
      runs,
    );
  });

  test.each([
    ['the identity', new Uint8Array(32), 'identity-point'],
    ['a point that is not canonical', new Uint8Array(32).fill(255), 'not-an-element'],
    ['a negative element', withBit(RISTRETTO.generator.toBytes(), 0), 'not-an-element'],
    ['one byte too few', new Uint8Array(31), 'point-length'],
    ['one byte too many', new Uint8Array(33), 'point-length'],
  ])('the authority refuses to evaluate %s', (_, blinded, reason) => {
    expect(evaluateBlinded(keys, blinded, random)).toMatchObject({ reason });
    expect(evaluatePartially(1, 5n, blinded, random)).toMatchObject({ reason });
  });
});

describe('serial numbers from several authorities', () => {
  const dealings = [1, 2, 3].map((dealer) =>
    shareSecret(RISTRETTO, randomScalar(RISTRETTO.scalars, random), 2, 3, testRandomness(`dealer ${dealer}`)),
  );
  const commitments = addCommitments(dealings.map((dealing) => dealing.commitments));
  const shares = [0, 1, 2].map((holder) => dealings.reduce((sum, dealing) => RISTRETTO.scalars.add(sum, dealing.shares[holder]!), 0n));
  const request = blindInput(accepted(serialInput('Zhang Wei', '110101199003077758')), random);
  const parts = shares.map((share, index) => accepted(evaluatePartially(index + 1, share, request.blinded, random)));

  test('any two of three give the serial that the whole key would give', () => {
    const wholeKey = dealings.reduce((sum, { shares: [a, b] }) => RISTRETTO.scalars.add(sum, RISTRETTO.scalars.sub(2n * a!, b!)), 0n);
    const whole = { secretKey: RISTRETTO.scalars.toBytes(wholeKey), publicKey: RISTRETTO.generator.multiply(wholeKey).toBytes() };
    expect(commitments[0]!.toBytes()).toEqual(whole.publicKey);
    const expected = finalizeSerial(whole.publicKey, request, accepted(evaluateBlinded(whole, request.blinded, random)));
    for (const some of [
      [0, 1],
      [1, 2],
      [2, 0],
      [0, 1, 2],
    ]) {
      expect(
        finalizeSerialFromParts(
          commitments,
          request,
          some.map((index) => parts[index]!),
        ),
      ).toBe(expected);
    }
  });

  test('one alone gives nothing, nor does one twice (row 45)', () => {
    expect(finalizeSerialFromParts(commitments, request, [parts[0]!])).toMatchObject({ reason: 'below-threshold' });
    expect(finalizeSerialFromParts(commitments, request, [parts[0]!, parts[0]!])).toMatchObject({ reason: 'repeated-share' });
  });

  test('a share that is not on the polynomial, and a part with another share, are refused', () => {
    const [{ commitments: own, shares: dealt }] = [dealings[0]!];
    expect(refusesShare(RISTRETTO, own, 1, dealt[0]!)).toBeNull();
    expect(refusesShare(RISTRETTO, own, 2, dealt[0]!)).toMatchObject({ reason: 'share-mismatch' });
    const wrong = accepted(evaluatePartially(2, shares[0]!, request.blinded, random));
    expect(finalizeSerialFromParts(commitments, request, [parts[0]!, wrong])).toMatchObject({ reason: 'oprf-proof' });
    expect(finalizeSerialFromParts(commitments, request, [parts[0]!, { ...parts[1]!, holder: 3 }])).toMatchObject({ reason: 'oprf-proof' });
  });

  test('a part survives its encoding, and a damaged one is refused', () => {
    const bytes = encodePartialEvaluation(parts[0]!);
    expect(accepted(decodePartialEvaluation(bytes)).holder).toBe(1);
    fc.assert(
      fc.property(damaged(bytes), (broken) => {
        const read = decodePartialEvaluation(broken);
        return isRejection(read) || isRejection(finalizeSerialFromParts(commitments, request, [read, parts[1]!]));
      }),
      { numRuns: 40 },
    );
  });
});

describe('trying identity numbers (row 43)', () => {
  /** Region, a birth date of 1990, a sequence number: what a neighbour knows of an identity number, and what is left to try. */
  function* candidates(sequences: number): Generator<string> {
    for (let day = 0; day < 365; day += 1) {
      const date = new Date(Date.UTC(1990, 0, 1 + day)).toISOString().slice(0, 10).replaceAll('-', '');
      for (let sequence = 0; sequence < sequences; sequence += 1) yield `110101${date}${String(sequence).padStart(3, '0')}`;
    }
  }
  const NAME = 'Zhang Wei';
  const victim = '11010119900307077';
  const paperSerial = (number: string) => toHex(sha256(textToBytes(NAME), textToBytes(number)));

  test("the paper's hash gives way within a year of birth dates", () => {
    const published = paperSerial(victim);
    const found = [...candidates(100)].find((number) => paperSerial(number) === published);
    expect(found).toBe(victim);
  });

  test('without the key no candidate can be told from another', () => {
    const published = accepted(serialAt(keys, NAME, victim));
    const guesses = [...candidates(1), victim];
    const tried = guesses.flatMap((number) => {
      const input = accepted(serialInput(NAME, number));
      // What somebody without the key can compute: hashes, and the function under a key of his own.
      const ownKey = evaluateAlone(otherKeys.secretKey, input);
      return [paperSerial(number), serialNumberOf(sha256(input, keys.publicKey)), serialNumberOf(ownKey)];
    });
    expect(tried).not.toContain(published);
    expect(accepted(serialAt(otherKeys, NAME, victim))).toBe(tried.at(-1));
  });

  test('asking the authority for each guess ends at its allowance: a year of birth dates takes more than a year', () => {
    const rule = { burst: 50, refillMs: 300_000 };
    let allowance: Allowance | null = null;
    let asked = 0;
    for (const number of candidates(1)) {
      const next: ReturnType<typeof spendEvaluation> = spendEvaluation(rule, allowance, asked);
      if (isRejection(next)) break;
      allowance = next;
      asked += 1;
      expect(number).not.toBe(victim);
    }
    expect(asked).toBe(50);
    expect(spendEvaluation(rule, allowance, 60_000)).toMatchObject({ reason: 'rate-limited' });
    expect(spendEvaluation(rule, allowance, -60_000)).toMatchObject({ reason: 'rate-limited' });
    expect(spendEvaluation(rule, allowance, rule.refillMs)).toEqual({ fullAtMs: 51 * rule.refillMs });
    expect(spendEvaluation(rule, allowance, 1_000 * rule.refillMs)).toEqual({ fullAtMs: 1_001 * rule.refillMs });
    // One name, one region, 365 birth dates, 1,000 sequence numbers: what `candidates(1000)` would try.
    const triesPerYear = rule.burst + (365 * 86_400_000) / rule.refillMs;
    expect(triesPerYear).toBeLessThan(365 * 1_000);
  });
});
