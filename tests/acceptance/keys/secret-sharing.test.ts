// Shamir's sharing (T23): t shares give the secret, t - 1 say nothing about it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSecretSharing } from '../../../src/node/adapters/node.ts';
import { codeOf } from '../storage/places.ts';

const sharing = createSecretSharing();
const plans = fc.integer({ min: 2, max: 16 }).chain((count) => fc.tuple(fc.constant(count), fc.integer({ min: 2, max: count })));

describe('shares of a secret', () => {
  test('any t of n give it back, whichever they are and in whatever order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), plans, fc.nat(), async (secret, [count, threshold], turn) => {
        const shares = await sharing.split(secret, count, threshold);
        expect(shares).toHaveLength(count);
        const some = [...shares.slice(turn % count), ...shares.slice(0, turn % count)].slice(0, threshold);
        expect(await sharing.combine(some.toReversed())).toEqual(secret);
      }),
      { numRuns: 40 },
    );
  });

  test('t - 1 of them give something else', async () => {
    const secret = new Uint8Array(32).fill(9);
    const shares = await sharing.split(secret, 5, 3);
    expect(await sharing.combine(shares.slice(0, 2))).not.toEqual(secret);
  });

  test('one of two fits every secret there is exactly once: it says nothing', async () => {
    const [first, second] = await sharing.split(new Uint8Array([42]), 2, 2);
    if (first === undefined || second === undefined) throw new Error('no shares');
    const possible = new Set<number>();
    for (let value = 0; value < 256; value += 1) {
      const guess = second.slice();
      guess[0] = value;
      possible.add((await sharing.combine([first, guess]))[0] ?? -1);
    }
    expect(possible.size).toBe(256);
  });

  test('the same share twice, one alone, or shares of different lengths are refused', async () => {
    const [first, second] = await sharing.split(new Uint8Array(32), 3, 2);
    if (first === undefined || second === undefined) throw new Error('no shares');
    expect(await codeOf(sharing.combine([first, first]))).toBe('bad-shares');
    expect(await codeOf(sharing.combine([first]))).toBe('bad-shares');
    expect(await codeOf(sharing.combine([first, second.subarray(1)]))).toBe('bad-shares');
  });
});
