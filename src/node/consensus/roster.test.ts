// R7: leaders follow from the configuration alone.
import { describe, expect, test } from 'vitest';
import { leaderOf, permutation, voterIndex } from './roster.ts';
import { configurationOf, digestNamed, party } from './transcript.ts';

describe('leaders depend on the configuration alone (R7)', () => {
  test('the permutation holds every voter once, for every size', () => {
    for (let size = 1; size <= 200; size += 1) {
      expect(permutation(size, digestNamed('seed')).toSorted((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    }
  });

  test('the same seed gives the same order in every engine; another seed another one', () => {
    expect(permutation(10, digestNamed('a'))).toEqual([9, 2, 8, 5, 6, 4, 7, 1, 3, 0]);
    expect(permutation(10, digestNamed('b'))).not.toEqual(permutation(10, digestNamed('a')));
    expect(permutation(4, '00'.repeat(32) as never)).toHaveLength(4);
  });

  test('every voter gets every place about equally often', () => {
    const firsts = [0, 0, 0, 0, 0];
    for (let seed = 0; seed < 5000; seed += 1) {
      const first = permutation(5, digestNamed(`seed ${seed}`))[0] ?? 0;
      firsts[first] = (firsts[first] ?? 0) + 1;
    }
    for (const count of firsts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });

  test('turns go on through heights and views: the next view of a height is led by the next height’s leader', () => {
    const configuration = configurationOf(7);
    const leaders = [0, 1, 2, 3, 4, 5, 6].map((view) => leaderOf(configuration, 12, view));
    expect(new Set(leaders).size).toBe(7);
    expect(leaderOf(configuration, 12, 1)).toBe(leaderOf(configuration, 13, 0));
    expect(leaderOf(configuration, 12, 7)).toBe(leaders[0]);
  });

  test('the convicted lead no view while more are left than may be absent; else everybody leads (P0-27)', () => {
    const leadersOf = (barred: readonly number[]) => {
      const configuration = { ...configurationOf(7), barred: barred.map(party) };
      return new Set(Array.from({ length: 21 }, (_, view) => leaderOf(configuration, 3, view)));
    };
    // Q = 5 of 7: two may be absent, three have to be left.
    const others = [0, 1, 2, 3, 4, 5, 6].map(party);
    expect(leadersOf([2, 5])).toEqual(new Set(others.filter((_, index) => index !== 2 && index !== 5)));
    expect(leadersOf([0, 1, 2, 3]).size).toBe(3);
    expect(leadersOf([0, 1, 2, 3, 4]).size).toBe(7);
  });

  test('a stranger and an observer have no index', () => {
    const configuration = configurationOf(4);
    expect(voterIndex(configuration, party(2))).toBe(2);
    expect(voterIndex(configuration, party(9))).toBe(-1);
    expect(voterIndex(configuration, null)).toBe(-1);
  });

  test('a configuration whose voters are out of order or whose quorum is wrong stops the node (R0)', () => {
    const good = configurationOf(4);
    expect(() => leaderOf({ ...good, voters: good.voters.toReversed() }, 1, 0)).toThrow('ordered');
    expect(() => leaderOf({ ...good, quorum: 2 }, 1, 0)).toThrow('R0');
    expect(() => leaderOf(configurationOf(10, 3), 1, 0)).toThrow('reach their quorum');
  });
});
