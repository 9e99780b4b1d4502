// The state in ranges: however it is cut, the pieces join to the same root; whatever is changed, left out or added is refused.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Digest, isRejection } from '../base/index.ts';
import { type State, emptyState, putValue, stateRoot } from './state.ts';
import {
  type ProvedRange,
  type StateRange,
  FIRST_RANGE,
  afterRange,
  decodeStateRange,
  encodeStateRange,
  joinRanges,
  proveRange,
  rangeAt,
} from './state-range.ts';

function stateOf(count: number): State {
  let state = emptyState;
  for (let number = 0; number < count; number += 1) state = putValue(state, `record/${number}`, new Uint8Array(20).fill(number));
  return state;
}

function rangesOf(state: State, maxBytes: number): readonly StateRange[] {
  const ranges: StateRange[] = [];
  for (let from: Uint8Array | null = FIRST_RANGE; from !== null;) {
    const range = rangeAt(state, from, maxBytes);
    if (isRejection(range)) throw new Error(range.detail);
    const copied = decodeStateRange(encodeStateRange(range));
    if (isRejection(copied)) throw new Error(copied.detail);
    ranges.push(copied);
    from = afterRange(copied);
  }
  return ranges;
}

function proved(root: Digest, ranges: readonly StateRange[]): readonly ProvedRange[] {
  return ranges.map((range) => {
    const result = proveRange(root, range);
    if (isRejection(result)) throw new Error(result.detail);
    return result;
  });
}

const reasonOf = (result: unknown): string => (isRejection(result) ? result.reason : 'none');

describe('the state in ranges', () => {
  test('joins to the same root, however it is cut (R11)', () => {
    fc.assert(
      fc.property(fc.nat({ max: 120 }), fc.integer({ min: 1, max: 4_000 }), (count, maxBytes) => {
        const state = stateOf(count);
        const root = stateRoot(state);
        const whole = joinRanges(proved(root, rangesOf(state, maxBytes)));
        expect(isRejection(whole) ? whole.reason : stateRoot(whole)).toBe(root);
      }),
      { numRuns: 60 },
    );
  });

  test('comes in pieces of bounded size, one value however large at the least', () => {
    const state = stateOf(300);
    const ranges = rangesOf(state, 400);
    expect(ranges.length).toBeGreaterThan(10);
    for (const { entries } of ranges) expect(entries.length).toBeLessThanOrEqual(15);
    const large = rangesOf(putValue(state, 'large', new Uint8Array(5_000)), 400);
    expect(large.flatMap(({ entries }) => entries).filter(({ key }) => key === 'large')).toHaveLength(1);
  });

  test('refuses a value that was changed, left out, added, or put elsewhere', () => {
    const state = stateOf(200);
    const root = stateRoot(state);
    for (const range of rangesOf(state, 1_000).filter(({ entries }) => entries.length > 1)) {
      const [first, second, ...rest] = range.entries;
      const wrong: Record<string, StateRange> = {
        changed: { ...range, entries: [{ ...first!, value: Uint8Array.of(9) }, second!, ...rest] },
        'left out': { ...range, entries: [second!, ...rest] },
        swapped: { ...range, entries: [second!, first!, ...rest] },
        twice: { ...range, entries: [first!, first!, second!, ...rest] },
        shallower: { ...range, depth: range.depth - 1, siblings: range.siblings.slice(1) },
        elsewhere: { ...range, path: afterRange(range) ?? FIRST_RANGE },
      };
      for (const [name, forged] of Object.entries(wrong)) expect(reasonOf(proveRange(root, forged)), name).not.toBe('none');
      const empty = { ...range, entries: [] };
      expect(reasonOf(proveRange(root, empty))).toBe('wrong-range');
    }
  });

  test('refuses a range of another state', () => {
    const [range] = rangesOf(stateOf(50), 1_000);
    expect(reasonOf(proveRange(stateRoot(stateOf(51)), range!))).toBe('wrong-range');
  });

  test('says what is missing instead of joining a part', () => {
    const state = stateOf(200);
    const ranges = proved(stateRoot(state), rangesOf(state, 1_000));
    for (const left of [0, 3, ranges.length - 1])
      expect(reasonOf(joinRanges(ranges.filter((_, index) => index !== left)))).toBe('incomplete-state');
    expect(reasonOf(joinRanges([]))).toBe('incomplete-state');
  });

  test('refuses to begin where no range begins', () => {
    expect(reasonOf(rangeAt(stateOf(5), new Uint8Array(32).fill(0xff)))).toBe('no-such-range');
  });
});
