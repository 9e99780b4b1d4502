// The key of serial numbers, made by its holders together: what each of them checks, and what the entries at keepers follow from.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { isRejection } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import {
  type SerialDealing,
  dealSerialKey,
  decodeSerialDealing,
  encodeSerialDealing,
  joinSerialDealings,
  refusesSerialDealing,
  serialDealingBytes,
} from './dealing.ts';
import { serialEntryKey, serialLocator } from './locator.ts';
import { type SerialNumber, blindInput } from './serial.ts';
import { evaluatePartially, finalizeSerialFromParts } from './threshold.ts';

const label = textToBytes('a key for tests');
const random = testRandomness('dealing');
const dealt = [1, 2, 3].map((dealer) => dealSerialKey(label, dealer, 2, 3, random));
const dealings = dealt.map(({ dealing }) => dealing);
const receivedBy = (holder: number): readonly bigint[] => dealt.map(({ shares }) => shares[holder - 1]!);
const joinedBy = (holder: number, all: readonly SerialDealing[] = dealings) =>
  joinSerialDealings(label, 2, all, { holder, received: receivedBy(holder) });

describe('the key of serial numbers, dealt by its holders (T13)', () => {
  test('every holder finds the same commitments, and any two of three evaluate alike', () => {
    const joined = [1, 2, 3].map((holder) => accepted(joinedBy(holder)));
    const [first] = joined;
    for (const { commitments } of joined)
      expect(commitments.map((point) => point.toHex())).toEqual(first!.commitments.map((point) => point.toHex()));
    const request = blindInput(textToBytes('a person'), random);
    const part = (holder: number) => accepted(evaluatePartially(holder, joined[holder - 1]!.share, request.blinded, random));
    const serials = [
      [1, 2],
      [2, 3],
      [3, 1],
    ].map((pair) => accepted(finalizeSerialFromParts(first!.commitments, request, pair.map(part))));
    expect(new Set(serials).size).toBe(1);
  });

  test('a false share is laid at its dealer’s door, and a dealing that is missing, moved or of another key does not count', () => {
    const received = receivedBy(2).map((share, index) => (index === 2 ? share + 1n : share));
    expect(joinSerialDealings(label, 2, dealings, { holder: 2, received })).toMatchObject({
      reason: 'share-mismatch',
      detail: 'holder 3 dealt a false share',
    });
    expect(joinedBy(1, [dealings[1]!, dealings[0]!, dealings[2]!])).toMatchObject({ reason: 'bad-holder' });
    expect(refusesSerialDealing(textToBytes('another key'), 2, dealings[0]!)).toMatchObject({ reason: 'dealing-proof' });
    expect(refusesSerialDealing(label, 2, { ...dealings[0]!, dealer: 2 })).toMatchObject({ reason: 'dealing-proof' });
    expect(refusesSerialDealing(label, 3, dealings[0]!)).toMatchObject({ reason: 'dealing-threshold' });
  });

  test('nobody deals the opposite of what the others dealt: the secret behind a dealing is proved', () => {
    const [first, second] = dealings;
    const opposite = first!.commitments.map((point) => point.negate());
    expect(refusesSerialDealing(label, 2, { ...second!, commitments: opposite })).toMatchObject({ reason: 'dealing-proof' });
  });

  test('a dealing survives its encoding, and a damaged one is refused', () => {
    const bytes = encodeSerialDealing(dealings[0]!);
    expect(bytes.byteLength).toBe(serialDealingBytes(2));
    expect(refusesSerialDealing(label, 2, accepted(decodeSerialDealing(bytes, 2)))).toBeNull();
    fc.assert(
      fc.property(damaged(bytes), (broken) => {
        const read = decodeSerialDealing(broken, 2);
        return isRejection(read) || refusesSerialDealing(label, 2, read) !== null;
      }),
      { numRuns: 40 },
    );
  });
});

test('where an entry lies and what opens it follow from the serial alone, and from each other in no way (P2-20)', () => {
  const [serial, other] = ['5a'.repeat(32), '5b'.repeat(32)] as [SerialNumber, SerialNumber];
  expect(serialLocator(serial)).toMatch(/^[0-9a-f]{64}$/u);
  expect(serialLocator(serial)).toBe(serialLocator(serial));
  expect(serialLocator(serial)).not.toBe(serialLocator(other));
  expect(Buffer.from(serialEntryKey(serial)).toString('hex')).not.toBe(serialLocator(serial));
  expect(serialEntryKey(serial)).not.toEqual(serialEntryKey(other));
});
