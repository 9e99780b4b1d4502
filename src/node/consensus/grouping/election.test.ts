// Who leads in a group and why (P0-24, T3, T4), and how groups become the next ones (P0-23, P0-27, P0-39 to P0-42).
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Digest, PartyId } from '../../base/index.ts';
import { permutation } from '../roster.ts';
import { digestNamed, party } from '../transcript.ts';
import { type Candidate, type Eligibility, rank, ratingRanks } from './election.ts';
import { averageMetres, compareAverages, spreadOf } from './exact.ts';
import { type Elector, type Grouping, type GroupingRules, nextGroups, rankings } from './update.ts';

function candidate(index: number, xMetres: number, rankMillionths = 0, eligibility: Eligibility = 'eligible'): Candidate {
  return { party: party(index), xMetres, yMetres: 0, isPlaced: true, rankMillionths, eligibility };
}

function elector(index: number, change: Partial<Elector> = {}): Elector {
  return { party: party(index), place: { xMetres: index * 1_000, yMetres: 0 }, rating: null, eligibility: 'eligible', ...change };
}

function electors(count: number, from = 0): readonly Elector[] {
  return Array.from({ length: count }, (_, index) => elector(from + index));
}

const rules: GroupingRules = { groupCount: null, radius: 'pseudo-code', alphaMillionths: 500_000, epochLengthMs: 60_000 };

function next(
  previous: Grouping | null,
  members: readonly Elector[],
  change: Partial<GroupingRules> & { readonly atMs?: number; readonly seed?: Digest } = {},
): Grouping {
  const { atMs = 1_000, seed = digestNamed('seed'), ...settings } = change;
  return nextGroups(previous, { electors: members, seed, atMs, rules: { ...rules, ...settings } });
}

function parties(grouping: Grouping): readonly (readonly PartyId[])[] {
  return grouping.groups.map((group) => group.map((member) => member.party));
}

const indexes = (ids: readonly { readonly party: PartyId }[]): readonly number[] => ids.map((id) => Number.parseInt(id.party, 16));

describe('election score (formulas 4 and 5)', () => {
  test('with alpha alone the member that is nearest to the others leads (P0-25)', () => {
    const ranked = rank([candidate(1, 0), candidate(2, 10), candidate(3, 20), candidate(4, 60), candidate(5, 60)], 1_000_000);
    expect(indexes(ranked)).toEqual([3, 2, 1, 4, 5]);
    expect(ranked.slice(0, 2).map((entry) => [entry.averageMetres, entry.distanceMillionths, entry.electionScore])).toEqual([
      [27, 733_333, 733_333_000_000],
      [30, 800_000, 800_000_000_000],
    ]);
    expect(ranked.at(-1)).toMatchObject({ distanceMillionths: 1_000_000, rankMillionths: 0, aheadBy: null });
  });

  test('with beta alone the best rating leads: high is good and enters as a rank (T3)', () => {
    const rated = [70, 90, null, 90, 10].map((rating, index) => ({ party: party(index), rating }));
    const ranks = ratingRanks(rated);
    expect(rated.map((member) => ranks.get(member.party))).toEqual([500_000, 0, 1_000_000, 0, 750_000]);
    const ranked = rank(
      rated.map((member, index) => candidate(index, index * index, ranks.get(member.party))),
      0,
    );
    expect(indexes(ranked)).toEqual([1, 3, 0, 4, 2]);
    expect(ranked.map(({ aheadBy }) => aheadBy)).toEqual(['id', 'score', 'score', 'score', null]);
  });

  test('where even deviations are equal, the lower id leads', () => {
    const square = [candidate(4, 0), candidate(3, 0), candidate(2, 30), candidate(1, 30)];
    expect(rank(square, 1_000_000).map(({ party: id, aheadBy }) => [Number.parseInt(id, 16), aheadBy])).toEqual([
      [1, 'id'],
      [2, 'id'],
      [3, 'id'],
      [4, null],
    ]);
  });

  test('two of equal average and different deviation: the even one leads', () => {
    // From 1: 10, 10, 40 (average 20). From 2: 10, 20, 30 (average 20).
    const group = [candidate(1, 10), candidate(2, 20), candidate(3, 0), candidate(4, 50)];
    const spreads = [1, 0].map((i) =>
      spreadOf(
        group[i]!,
        group.filter((other) => other !== group[i]),
      ),
    );
    expect([compareAverages(spreads[0]!, spreads[1]!), averageMetres(spreads[0]!)]).toEqual([0, 20]);
    const ranked = rank(group, 1_000_000);
    expect(
      ranked.slice(0, 2).map(({ party: id, deviationMetres, aheadBy }) => [Number.parseInt(id, 16), deviationMetres, aheadBy]),
    ).toEqual([
      [2, 8, 'deviation'],
      [1, 14, 'score'],
    ]);
  });

  test('who is convicted ranks last, who was replaced before it (P0-27, P0-39)', () => {
    const group = [candidate(1, 10, 0, 'barred'), candidate(2, 10, 0, 'replaced'), candidate(3, 500), candidate(4, 900)];
    const ranked = rank(group, 500_000);
    expect(indexes(ranked)).toEqual([3, 4, 2, 1]);
    expect(ranked.map(({ aheadBy }) => aheadBy)).toEqual(['score', 'eligibility', 'eligibility', null]);
  });

  test('nobody leads for being unknown: without a place it counts as the farthest, without a rating as the last', () => {
    const members = [elector(1), elector(2), elector(3), elector(4, { place: null })].map((member) => ({
      ...member,
      rating: member.place === null ? null : 500_000,
    }));
    const [ranked] = rankings([members.map((member) => member.party)], members, 500_000);
    expect(indexes(ranked!)).toEqual([2, 1, 3, 4]);
    expect(ranked!.at(-1)).toMatchObject({ distanceMillionths: 1_000_000, rankMillionths: 1_000_000 });
  });

  test('is an order whatever the inputs, and a barred member is first only where all are', () => {
    const candidates = fc
      .array(
        fc.tuple(
          fc.nat({ max: 4 }),
          fc.nat({ max: 4 }),
          fc.nat({ max: 3 }),
          fc.constantFrom<Eligibility>('eligible', 'replaced', 'barred'),
        ),
        {
          minLength: 4,
          maxLength: 13,
        },
      )
      .map((rows) => rows.map(([x, y, rating, eligibility], i) => ({ ...candidate(i, x, rating * 333_333, eligibility), yMetres: y })));
    fc.assert(
      fc.property(candidates, fc.nat({ max: 1_000_000 }), (group, alpha) => {
        const ranked = rank(group, alpha);
        expect(rank(group.toReversed(), alpha)).toEqual(ranked);
        expect(indexes(ranked).toSorted((a, b) => a - b)).toEqual(group.map((_, index) => index));
        expect(ranked[0]!.eligibility === 'barred').toBe(group.every((member) => member.eligibility === 'barred'));
        ranked.slice(1).forEach((entry, i) => {
          const ahead = ranked[i]!;
          if (ahead.eligibility === entry.eligibility) expect(ahead.electionScore).toBeLessThanOrEqual(entry.electionScore);
          expect(entry.electionScore).toBeLessThanOrEqual(1_000_000_000_000);
        });
      }),
    );
  });

  test('formula (5) between every two of equal average would be no order: three scores in a circle', () => {
    // The reason why `rank` asks it only where scores are equal: a before b by deviation, b before c and c before a by score.
    const scores = { a: { md: 1, four: 100, five: 1 }, b: { md: 1, four: 90, five: 2 }, c: { md: 2, four: 95, five: 0 } };
    type Score = (typeof scores)['a'];
    const before = (x: Score, y: Score): boolean => (x.md === y.md ? x.five < y.five : x.four < y.four);
    expect([before(scores.a, scores.b), before(scores.b, scores.c), before(scores.c, scores.a)]).toEqual([true, true, true]);
  });
});

describe('from one epoch to the next', () => {
  test('below eight voters there are no groups; the eighth makes them, and leaving ends them (R0)', () => {
    const none = next(null, electors(7));
    expect(none.groups).toEqual([]);
    const grown = next(none, electors(8), { atMs: 2_000 });
    expect([grown.groups.map((group) => group.length), grown.formedMs]).toEqual([[4, 4], 2_000]);
    expect(next(grown, electors(7), { atMs: 3_000 }).groups).toEqual([]);
  });

  test('a newcomer joins the group that is nearest on average (P0-40)', () => {
    const before = next(null, electors(16));
    const newcomer = elector(99, { place: { xMetres: 15_500, yMetres: 0 } });
    const after = next(before, [...electors(16), newcomer], { atMs: 30_000, seed: digestNamed('other') });
    const near = after.groups.findIndex((group) => group.some((member) => member.party === newcomer.party));
    expect(after.groups[near]!.find((member) => member.party === newcomer.party)!.reason).toMatchObject({ kind: 'joined', tie: 'none' });
    const means = before.groups.map((group) =>
      group.reduce((sum, { party: id }) => sum + Math.abs(15_500 - 1_000 * Number.parseInt(id, 16)), 0),
    );
    expect(near).toBe(means.indexOf(Math.min(...means)));
    const rest = parties(after).map((group) => group.filter((id) => id !== newcomer.party).toSorted());
    expect(rest).toEqual(parties(before).map((group) => group.toSorted()));
  });

  test('who leaves is taken out (P0-41), and a group below four makes all anew', () => {
    const before = next(null, electors(17));
    const large = before.groups.find((group) => group.length === 5)!;
    const without = (id: PartyId): readonly Elector[] => electors(17).filter((member) => member.party !== id);
    const smaller = next(before, without(large[2]!.party), { atMs: 5_000 });
    expect(smaller.formedMs).toBe(before.formedMs);
    expect(smaller.groups.map((group) => group.length)).toEqual([4, 4, 4, 4]);
    const anew = next(before, without(before.groups.find((group) => group.length === 4)![0]!.party), { atMs: 5_000 });
    expect([anew.formedMs, anew.groups.map((group) => group.length)]).toEqual([5_000, [4, 4, 4, 4]]);
  });

  test('all is made anew once the period is over, or every epoch where it is zero (P0-23, P0-42)', () => {
    const before = next(null, electors(16));
    const same = next(before, electors(16), { atMs: 60_999, seed: digestNamed('another') });
    expect(parties(same)).toEqual(parties(before));
    const over = next(before, electors(16), { atMs: 61_000, seed: digestNamed('another') });
    expect(over.formedMs).toBe(61_000);
    expect(parties(over)).not.toEqual(parties(before));
    expect(next(before, electors(16), { atMs: 2_000, epochLengthMs: 0 }).formedMs).toBe(2_000);
  });

  test('groups that newcomers made too large are made anew', () => {
    const before = next(null, electors(16));
    const crowd = Array.from({ length: 30 }, (_, index) => elector(100 + index, { place: { xMetres: 1_000, yMetres: 0 } }));
    const after = next(before, [...electors(16), ...crowd], { atMs: 2_000 });
    expect([after.formedMs, Math.max(...after.groups.map((group) => group.length))]).toEqual([2_000, 8]);
  });

  test('seats are elected anew in every group: a replaced primary comes after the others (P0-39)', () => {
    const before = next(null, electors(16));
    const first = before.groups[0]![0]!.party;
    const members = electors(16).map((member) => (member.party === first ? { ...member, eligibility: 'replaced' as const } : member));
    const after = next(before, members, { atMs: 2_000 });
    expect(after.groups[0]!.at(-1)!.party).toBe(first);
    expect(parties(after).slice(1)).toEqual(parties(before).slice(1));
  });

  test('whatever joins and leaves: a partition, none below four, the same for everybody, elections can be recomputed', () => {
    const story = fc.array(
      fc.record({ from: fc.nat({ max: 20 }), count: fc.integer({ min: 1, max: 60 }), seed: fc.nat(), pauseMs: fc.nat({ max: 40_000 }) }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(story, (steps) => {
        let grouping: Grouping | null = null;
        let atMs = 0;
        for (const { from, count, seed, pauseMs } of steps) {
          atMs += pauseMs;
          const members = electors(count, from).map((member, i) =>
            i % 7 === 3 ? { ...member, eligibility: 'barred' as const, place: null } : member,
          );
          const change = { atMs, seed: digestNamed(`s${seed}`) };
          const shuffled = permutation(count, digestNamed('shuffle')).map((index) => members[index]!);
          const after: Grouping = next(grouping, members, change);
          expect(next(grouping, shuffled, change)).toEqual(after);
          grouping = after;
          if (count < 8) {
            expect(after.groups).toEqual([]);
            continue;
          }
          expect(parties(after).flat().toSorted()).toEqual(members.map((member) => member.party));
          for (const group of after.groups) expect(group.length).toBeGreaterThanOrEqual(4);
          const again = rankings(
            parties(after).map((group) => group.toSorted()),
            members,
            rules.alphaMillionths,
          );
          expect(again.map((ranked) => ranked.map(({ party: id }) => id))).toEqual(parties(after));
        }
      }),
    );
  });
});
