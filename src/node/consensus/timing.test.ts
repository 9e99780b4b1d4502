// R7: how long a view may take, and which view to ask for.
import { describe, expect, test } from 'vitest';
import { highestAllowedAsk, rankedAsk, viewDelayMs, viewToJoin } from './timing.ts';
import { configurationOf } from './transcript.ts';

describe('timers (R7)', () => {
  const configuration = configurationOf(7);

  test('delays double from view to view up to a cap of sixteen times the base', () => {
    for (let view = 0; view < 40; view += 1) {
      const least = 4000 * Math.min(2 ** view, 16);
      const delayMs = viewDelayMs(configuration, 2, view);
      expect(delayMs).toBeGreaterThanOrEqual(least);
      expect(delayMs).toBeLessThan(least * 1.125);
    }
  });

  test('voters’ timers do not run in step, and each one is the same every time', () => {
    const delays = configuration.voters.map((_, voter) => viewDelayMs(configuration, voter, 0));
    expect(new Set(delays).size).toBeGreaterThan(4);
    expect(configuration.voters.map((_, voter) => viewDelayMs(configuration, voter, 0))).toEqual(delays);
  });
});

describe('which view to ask for (R7)', () => {
  const configuration = configurationOf(7);

  test.each<[readonly number[], number, number]>([
    // asked for, joined at F+1 = 3, at most one above what Q = 5 asked for
    [[0, 0, 0, 0, 0, 0, 0], 0, 1],
    [[9, 9, 0, 0, 0, 0, 0], 0, 1],
    [[9, 9, 1, 0, 0, 0, 0], 1, 1],
    [[9, 9, 2, 2, 1, 0, 0], 2, 2],
    [[2, 2, 2, 2, 2, 0, 0], 2, 3],
  ])('of %j: join %i, at most %i', (asked, join, most) => {
    expect(viewToJoin(configuration, asked)).toBe(join);
    expect(highestAllowedAsk(configuration, asked, 0)).toBe(most);
  });

  test('ranks beyond the voters count as view 0', () => {
    expect(rankedAsk([3, 1], 3)).toBe(0);
  });
});
