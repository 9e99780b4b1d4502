// Table 1 and formulas (2) and (3) of paper 001 (P1-10 to P1-16), as whole numbers: what is counted, how it is fitted, who orders,
// and that every number of it is explained.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { party } from '../transcript.ts';
import {
  type TrustCandidate,
  type TrustEvent,
  type TrustRow,
  DEFAULT_TRUST_RULES as RULES,
  INDICATORS,
  PROCESSES,
  chooseRoles,
  emptyTrust,
  endTrustEpoch,
  explainRole,
  fit,
  roleCounts,
  standingIn,
  withTrustEvent,
} from './index.ts';

const after = (row: TrustRow, events: readonly TrustEvent[]): TrustRow => events.reduce(withTrustEvent, row);
const turns = (index: number, good: number, bad: number): readonly TrustEvent[] => [
  ...Array.from({ length: good }, (): TrustEvent => ({ kind: 'turn-ended', party: party(index), ordered: true })),
  ...Array.from({ length: bad }, (): TrustEvent => ({ kind: 'turn-ended', party: party(index), ordered: false })),
];
const candidate = (index: number, events: readonly TrustEvent[] = [], change: Partial<TrustCandidate> = {}): TrustCandidate => ({
  ...after(emptyTrust(party(index)), events),
  willing: true,
  barred: false,
  ...change,
});
const anyEvent: fc.Arbitrary<TrustEvent> = fc.oneof(
  fc.record({ kind: fc.constant('endorsement-asked' as const), party: fc.constant(party(0)), endorsed: fc.boolean() }),
  fc.record({ kind: fc.constant('endorsement-ended' as const), party: fc.constant(party(0)), failed: fc.boolean() }),
  fc.record({ kind: fc.constant('endorsement-signed' as const), party: fc.constant(party(0)), malicious: fc.boolean(), bytes: fc.nat() }),
  fc.record({ kind: fc.constant('commit-due' as const), party: fc.constant(party(0)), stated: fc.boolean() }),
  fc.record({ kind: fc.constant('commit-stated' as const), party: fc.constant(party(0)), correct: fc.boolean(), bytes: fc.nat() }),
  fc.record({ kind: fc.constant('turn-ended' as const), party: fc.constant(party(0)), ordered: fc.boolean() }),
  fc.record({ kind: fc.constant('block-judged' as const), party: fc.constant(party(0)), valid: fc.boolean() }),
);

describe('collecting and fitting (P1-12 to P1-14)', () => {
  test('Table 1 has ten indicators: power and trust of each process', () => {
    expect(INDICATORS).toHaveLength(10);
    for (const process of PROCESSES) {
      const measures = INDICATORS.filter((indicator) => indicator.process === process).map(({ measure }) => measure);
      expect(new Set(measures)).toEqual(new Set(['power', 'trust']));
    }
  });

  test.each([
    [{ good: 0, bad: 0 }, 1, 0],
    [{ good: 1, bad: 0 }, 1, 500_000],
    [{ good: 9, bad: 0 }, 1, 900_000],
    [{ good: 0, bad: 9 }, 1, -900_000],
    [{ good: 10, bad: 10 }, 1, 0],
    [{ good: 20, bad: 1 }, 20, 0],
    [{ good: 2, bad: 0 }, 20, 666_666],
  ])('%o with weight %i is fitted to %i millionths', (counts, weight, fitted) => {
    expect(fit(counts, weight)).toBe(fitted);
  });

  test('every fitted value lies in the open interval (-1, 1), rises with good and falls with bad', () => {
    const count = fc.integer({ min: 0, max: 2 ** 40 });
    fc.assert(
      fc.property(count, count, fc.integer({ min: 1, max: 1_000 }), (good, bad, weight) => {
        const fitted = fit({ good, bad }, weight);
        expect(Number.isSafeInteger(fitted) && Math.abs(fitted) < 1_000_000).toBe(true);
        expect(fit({ good: good + 1, bad }, weight)).toBeGreaterThanOrEqual(fitted);
        expect(fit({ good, bad: bad + 1 }, weight)).toBeLessThanOrEqual(fitted);
      }),
    );
  });

  test('the order of final events changes nothing, and an epoch halves what is past', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const one = after(emptyTrust(party(0)), events);
        expect(after(emptyTrust(party(0)), events.toReversed())).toEqual(one);
        for (const { name } of INDICATORS) {
          const before = one.history[name];
          const past = endTrustEpoch(one).history[name];
          expect(past.good).toBe(Math.floor(before.good / 2));
          expect(past.bad).toBeLessThanOrEqual(Math.ceil(before.bad / 2));
        }
      }),
    );
  });
});

describe('formulas (P1-15, P1-16)', () => {
  test('K = e * I and R is their sum, for each process', () => {
    const { history } = candidate(0, [...turns(0, 9, 0), { kind: 'block-judged', party: party(0), valid: true }]);
    const { coefficients, rank } = standingIn('ordering', history, RULES);
    expect(coefficients).toEqual([
      { measure: 'power', fitted: 900_000, influence: 400_000, coefficient: 360_000 },
      { measure: 'trust', fitted: 500_000, influence: 600_000, coefficient: 300_000 },
    ]);
    expect(rank).toBe(660_000);
  });

  test('R stays within the influences, whatever happened', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 100 }), (events) => {
        const row = after(emptyTrust(party(0)), events);
        for (const process of PROCESSES) expect(Math.abs(standingIn(process, row.history, RULES).rank)).toBeLessThanOrEqual(1_000_000);
      }),
    );
  });
});

describe('who endorses, orders, commits (P1-09 to P1-11)', () => {
  test.each([
    [1, 1, 1],
    [4, 4, 4],
    [6, 4, 1],
    [8, 4, 2],
    [12, 4, 4],
    [30, 10, 10],
    [120, 40, 40],
  ])('%i members: %i order, %i endorse', (members, orderers, endorsers) => {
    expect(roleCounts(members)).toEqual({ orderers, endorsers });
  });

  test('orderers are the first by R, in the order of their turns, and the three are different members', () => {
    const candidates = Array.from({ length: 12 }, (_, index) => candidate(index, turns(index, index, 0)));
    const roles = chooseRoles(candidates.toReversed(), RULES);
    expect(roles.orderers).toEqual([11, 10, 9, 8].map(party));
    expect(roles.endorsers).toEqual([0, 1, 2, 3].map(party));
    expect(roles.committers).toEqual([4, 5, 6, 7].map(party));
    expect(roles.apart).toBe(true);
  });

  test('whoever orders does not endorse as well, however well it would', () => {
    const signed = (index: number): TrustEvent => ({ kind: 'endorsement-signed', party: party(index), malicious: false, bytes: 10 });
    const candidates = Array.from({ length: 8 }, (_, index) => candidate(index, index < 5 ? [...turns(index, 9, 0), signed(index)] : []));
    const roles = chooseRoles(candidates, RULES);
    expect([roles.orderers, roles.endorsers]).toEqual([[0, 1, 2, 3].map(party), [4, 5].map(party)]);
  });

  test('below six members everybody does everything', () => {
    const roles = chooseRoles(
      [3, 1, 2, 0].map((index) => candidate(index)),
      RULES,
    );
    const all = [0, 1, 2, 3].map(party);
    expect(roles).toMatchObject({ orderers: all, endorsers: all, committers: all, apart: false });
  });

  test('who falls below the requirement does not order, but four do wherever they are (P1-11)', () => {
    const bad = (index: number) => candidate(index, [{ kind: 'block-judged', party: party(index), valid: false }]);
    const some = Array.from({ length: 30 }, (_, index) => (index < 23 ? bad(index) : candidate(index)));
    expect(chooseRoles(some, RULES).orderers).toEqual([23, 24, 25, 26, 27, 28, 29].map(party));
    expect(chooseRoles(some.slice(0, 24), RULES).orderers).toHaveLength(4);
  });

  test('whatever happened: 3F+1 orderers, nobody convicted or unwilling, the same for everybody, roles apart', () => {
    const often = fc.integer({ min: 0, max: 5 }).map((drawn) => drawn > 0);
    const one = fc.record({ events: fc.array(anyEvent, { maxLength: 10 }), willing: often, barred: often.map((is) => !is) });
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 40 }), (members) => {
        const candidates = members.map(({ events, willing, barred }, index) =>
          candidate(
            index,
            events.map((event) => ({ ...event, party: party(index) })),
            index === 0 ? {} : { willing, barred },
          ),
        );
        const roles = chooseRoles(candidates, RULES);
        expect(chooseRoles(candidates.toReversed(), RULES)).toEqual(roles);
        const able = new Set(candidates.filter((entry) => entry.willing && !entry.barred).map((entry) => entry.party));
        expect([...roles.orderers, ...roles.endorsers].every((id) => able.has(id))).toBe(true);
        expect(roles.orderers.length).toBeGreaterThan(0);
        if (!roles.apart) return;
        expect(roles.orderers.length % 3).toBe(1);
        const seats = [...roles.orderers, ...roles.endorsers, ...roles.committers];
        expect(seats.toSorted()).toEqual(candidates.map((entry) => entry.party));
      }),
    );
  });
});

describe('why is this node an orderer', () => {
  const candidates = [
    ...Array.from({ length: 12 }, (_, index) => candidate(index, turns(index, index, 1))),
    candidate(12, turns(12, 50, 0), { barred: true }),
  ];
  const roles = chooseRoles(candidates, RULES);
  const why = (index: number, process: (typeof PROCESSES)[number] = 'ordering') =>
    explainRole(party(index), process, { candidates, roles, rules: RULES });

  test('its rank, its sum, and every indicator with its counts', () => {
    const { standing, ranked, ahead, hasRole, because } = why(10);
    expect({ hasRole, because, rank: ranked.rank, ahead: ahead?.party }).toEqual({
      hasRole: true,
      because: 'rank',
      rank: 3,
      ahead: party(11),
    });
    expect(standing.rank).toBe(ranked.score);
    expect(standing.indicators[0]).toMatchObject({ indicator: 'ordering-rate', good: 10, bad: 1, badWeight: 1, fitted: 750_000 });
  });

  test.each([
    [12, 'ordering', 'barred'],
    [2, 'ordering', 'too-low'],
    [11, 'endorsing', 'other-role'],
  ] as const)('and why %i is none for %s: %s', (index, process, because) => {
    expect(why(index, process)).toMatchObject({ hasRole: false, because });
  });
});
