// An estate in shares (T23): whole from t shares of one plan, and from nothing else.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAead, createRandomness, createSecretSharing } from '../adapters/node.ts';
import { AppError, isRejection } from '../base/index.ts';
import { type Estate, estateBytes, joinEstate, readEstate, shareEstate } from './estate.ts';
import type { Platform } from './platform.ts';

const platform = { aead: createAead(), randomness: createRandomness(), secretSharing: createSecretSharing() } as unknown as Platform;
const estates = fc.record({
  root: fc.uint8Array({ minLength: 32, maxLength: 32 }),
  role: fc.constantFrom('clinic' as const, 'patient' as const),
  name: fc.string({ maxLength: 60 }),
  clinician: fc.string({ maxLength: 60 }),
});

async function joined(sealed: Uint8Array, shares: readonly Uint8Array[]): Promise<Estate | null> {
  const estate = await joinEstate(platform, sealed, shares).catch((error: unknown) => {
    if (error instanceof AppError) return null;
    throw error;
  });
  return estate === null || isRejection(estate) ? null : estate;
}

function flipped(source: Uint8Array, bit: number): Uint8Array {
  const copy = source.slice();
  const at = (bit >> 3) % copy.byteLength;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

describe('an estate in shares', () => {
  test('comes back whole from any t of n', async () => {
    await fc.assert(
      fc.asyncProperty(estates, fc.integer({ min: 2, max: 5 }), fc.integer({ min: 0, max: 3 }), async (estate, threshold, spare) => {
        const { sealed, shares } = await shareEstate(platform, estate, threshold + spare, threshold);
        expect(await joined(sealed, shares.slice(spare))).toEqual(estate);
        expect(await joined(sealed, shares)).toEqual(estate);
      }),
      { numRuns: 25 },
    );
  });

  test('does not from t - 1, from shares of two plans, or with one bit changed anywhere', async () => {
    await fc.assert(
      fc.asyncProperty(estates, fc.nat({ max: 5_000 }), async (estate, bit) => {
        const one = await shareEstate(platform, estate, 3, 3);
        const other = await shareEstate(platform, estate, 3, 3);
        const [first, second, third] = one.shares;
        if (first === undefined || second === undefined || third === undefined) throw new Error('no shares');
        expect(await joined(one.sealed, [first, second])).toBeNull();
        expect(await joined(one.sealed, [first, second, ...other.shares.slice(2)])).toBeNull();
        expect(await joined(other.sealed, one.shares)).toBeNull();
        expect(await joined(one.sealed, [first, second, flipped(third, bit)])).toBeNull();
        expect(await joined(flipped(one.sealed, bit), one.shares)).toBeNull();
      }),
      { numRuns: 25 },
    );
  });

  test('is read from its bytes and from no others, without throwing', () => {
    const estate: Estate = { root: new Uint8Array(32).fill(1), role: 'patient', name: 'Ada', clinician: '' };
    const bytes = estateBytes(estate);
    expect(readEstate(bytes)).toEqual(estate);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (other) => {
        expect(isRejection(readEstate(other))).toBe(true);
      }),
    );
    for (let length = 0; length < bytes.byteLength; length += 1) expect(isRejection(readEstate(bytes.subarray(0, length)))).toBe(true);
  });
});
