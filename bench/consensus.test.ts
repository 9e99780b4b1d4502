// The arithmetic of the benches of the consensus: known values, and small cases counted by hand. What they measure is printed, not tested.
import { describe, expect, test } from 'vitest';
import { formula6 } from './capture-paper.ts';
import { atLeastAmong, groupsCaptured } from './capture.ts';

describe('how likely faults capture', () => {
  test('seats: two of two faulty members on four seats of sixteen', () => {
    expect(atLeastAmong(16, 4, 2, 2)).toBeCloseTo((4 * 3) / (16 * 15), 12);
    expect(atLeastAmong(16, 4, 3, 4)).toBe(0);
    expect(atLeastAmong(16, 16, 2, 2)).toBeCloseTo(1, 12);
  });

  test('groups: two faulty members in one pair of three', () => {
    expect(groupsCaptured({ groups: 3, size: 2, faulty: 2 }, 2, 1)).toBeCloseTo(3 / 15, 12);
    expect(groupsCaptured({ groups: 3, size: 2, faulty: 3 }, 1, 2)).toBeCloseTo(1, 12);
    expect(groupsCaptured({ groups: 4, size: 4, faulty: 3 }, 2, 2)).toBe(0);
  });

  test('formula (6) of paper 000 falls from 1 (P0-43)', () => {
    expect([0, 1, 2].map((blocks) => formula6(0.1, blocks))).toEqual([1, 0.2046, 0.05098]);
  });
});
