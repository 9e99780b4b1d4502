// R12 against a model that remembers every counter.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import type { ReplayWindow } from './entries.ts';
import { WINDOW_BITS, useCounter } from './replay-window.ts';

function run(counters: readonly number[]): readonly string[] {
  let window: ReplayWindow | null = null;
  return counters.map((counter) => {
    const next = useCounter(window, counter);
    if (isRejection(next)) return next.reason;
    window = next;
    return 'used';
  });
}

test('a counter is used once, or refused; what lies 64 or more below the highest is too old (R12)', () => {
  const near = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 200 });
  const far = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat()), { maxLength: 60 });
  fc.assert(
    fc.property(fc.oneof(near, far), (counters) => {
      const used = new Set<number>();
      let highest = -1;
      const expected = counters.map((counter) => {
        if (counter <= highest - WINDOW_BITS) return 'counter-too-old';
        if (used.has(counter)) return 'counter-used';
        used.add(counter);
        highest = Math.max(highest, counter);
        return 'used';
      });
      expect(run(counters)).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test.each<[string, readonly number[], readonly string[]]>([
  ['gaps do no harm', [0, 10, 5, 9], ['used', 'used', 'used', 'used']],
  ['the last one inside the window', [100, 37, 36], ['used', 'used', 'counter-too-old']],
  ['the same twice in a row', [4, 4], ['used', 'counter-used']],
  ['a leap forgets all', [1, Number.MAX_SAFE_INTEGER, 1], ['used', 'used', 'counter-too-old']],
])('%s', (_name, counters, expected) => {
  expect(run(counters)).toEqual(expected);
});
