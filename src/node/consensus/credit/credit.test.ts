// What the credit of institutions promises (P3-19 to P3-21, T21): the initial score, gains and losses by final events under their
// caps, the seats of the preset scaled down, replacement from the auditors, and that every number is explained.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PartyId } from '../../base/index.ts';
import { quorum, toleratedFaults } from '../quorum.ts';
import { party } from '../transcript.ts';
import {
  type CreditCandidate,
  type CreditEventKind,
  type CreditRow,
  type Seating,
  DEFAULT_CREDIT_RULES as RULES,
  MAX_CREDIT,
  PAPER_SEATS,
  creditOf,
  endEpoch,
  explainCredit,
  founders,
  initialCredit,
  nextSeating,
  seatCounts,
  withEvent,
} from './index.ts';

const KINDS = Object.keys(RULES.changes) as CreditEventKind[];
const row = (index = 0, rating = 500_000): CreditRow =>
  initialCredit(party(index), { rating, informationCentre: 500_000, strength: 500_000 }, RULES);
const after = (from: CreditRow, kinds: readonly CreditEventKind[]): CreditRow =>
  kinds.reduce((next, kind) => withEvent(next, { party: from.party, kind }, RULES), from);
const candidate = (index: number, change: Partial<CreditCandidate> = {}): CreditCandidate => ({
  party: party(index),
  score: 1_000_000 - index * 1_000,
  willing: true,
  barred: false,
  ...change,
});
const crowd = (count: number): readonly CreditCandidate[] => Array.from({ length: count }, (_, index) => candidate(index));
const ids = (seats: Seating['producers']): readonly PartyId[] => seats.map((seat) => seat.party);
const sat = ({ producers, auditors }: Seating) => ({ producers: ids(producers), auditors: ids(auditors) });
const poor = (all: readonly CreditCandidate[], ...indexes: readonly number[]): readonly CreditCandidate[] =>
  all.map((entry, index) => (indexes.includes(index) ? { ...entry, score: 10 + index } : entry));

describe('credit (P3-19, P3-21)', () => {
  test('begins with the weighted dimensions; what nobody attested counts as nothing', () => {
    const dimensions = { rating: 1_000_000, informationCentre: null, strength: 500_001 };
    expect(initialCredit(party(1), dimensions, RULES)).toMatchObject({ party: party(1), base: 550_000, gained: 0, lost: 0 });
  });

  test('an epoch gives and takes no more than its caps', () => {
    const rich = after(row(), new Array<CreditEventKind>(1_000).fill('served'));
    const bad = after(row(), new Array<CreditEventKind>(1_000).fill('invalid-block'));
    expect(creditOf(rich) - creditOf(row())).toBe(RULES.gainCap);
    expect(creditOf(row()) - creditOf(bad)).toBe(RULES.lossCap);
    expect(creditOf(after(endEpoch(bad), ['skipped']))).toBe(creditOf(bad) - 20_000);
  });

  test('the order of events in an epoch changes nothing, and the score stays in its range', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom(...KINDS), { maxLength: 60 }), { maxLength: 30 }), fc.nat(), (epochs, shift) => {
        let one = row();
        let other = row();
        for (const kinds of epochs) {
          const turned = [...kinds.slice(shift % (kinds.length + 1)), ...kinds.slice(0, shift % (kinds.length + 1))].toReversed();
          one = endEpoch(after(one, kinds));
          other = endEpoch(after(other, turned));
          expect(one).toEqual(other);
          expect(creditOf(one)).toBeGreaterThanOrEqual(0);
          expect(creditOf(one)).toBeLessThanOrEqual(MAX_CREDIT);
        }
      }),
    );
  });

  test('a good event never costs, a bad one never pays', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...KINDS), { maxLength: 40 }), fc.constantFrom(...KINDS), (before, kind) => {
        const change = creditOf(after(row(), [...before, kind])) - creditOf(after(row(), before));
        expect(change * RULES.changes[kind]).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});

describe('seats (P3-20, T21)', () => {
  test.each([
    [1, 1, 0],
    [4, 4, 0],
    [5, 4, 1],
    [8, 7, 1],
    [16, 13, 3],
    [60, 50, 10],
    [120, 100, 20],
    [121, 101, 20],
    [200, 101, 20],
  ])('%i institutions: %i producers and %i auditors', (institutions, producers, auditors) => {
    expect(seatCounts(institutions)).toEqual({ producers, auditors });
  });

  test('whatever the number, a quorum is more than two thirds of the producers, and nobody has two seats', () => {
    for (let institutions = 1; institutions <= 400; institutions += 1) {
      const { producers, auditors } = seatCounts(institutions);
      expect(3 * quorum(producers, toleratedFaults(producers))).toBeGreaterThan(2 * producers);
      expect(producers + auditors).toBeLessThanOrEqual(institutions);
    }
  });

  test('the best produce, the next audit, by id where credit is equal', () => {
    const all = crowd(16).map((entry) => ({ ...entry, score: 700_000 }));
    const seating = founders(all.toReversed(), PAPER_SEATS, RULES.threshold);
    expect(sat(seating)).toEqual({ producers: all.slice(0, 13).map((entry) => entry.party), auditors: all.slice(13).map((e) => e.party) });
    expect(seating.producers[0]).toMatchObject({ rank: 1, aheadBy: 'id', reason: { kind: 'ranked' } });
  });

  test('who is not willing or is convicted has no seat, however high its credit', () => {
    const all = [candidate(0, { willing: false }), candidate(1, { barred: true }), ...crowd(9).slice(2)];
    expect(ids(founders(all, PAPER_SEATS, RULES.threshold).producers)).toEqual([2, 3, 4, 5, 6].map(party));
  });
});

describe('replacement (P3-21)', () => {
  const all = crowd(20);
  const before = founders(all.slice(0, 16), PAPER_SEATS, RULES.threshold);
  const next = (candidates: readonly CreditCandidate[], from: Seating = before): Seating =>
    nextSeating(sat(from), candidates, { producers: 13, auditors: 3 }, RULES.threshold);

  test('nothing happens while everybody stays at the threshold, whoever has more credit outside', () => {
    const rich = [...all.slice(0, 16), ...all.slice(16).map((entry) => ({ ...entry, score: 1_900_000 }))];
    expect(ids(next(rich).producers).toSorted()).toEqual(ids(before.producers).toSorted());
    expect(ids(next(rich).auditors)).toEqual(ids(before.auditors));
    expect(next(rich).unseated).toEqual([]);
  });

  test('a producer below the threshold is replaced by the first auditor, an auditor from the ranks', () => {
    const after = next(poor(all, 4));
    expect(after.unseated).toEqual([{ party: party(4), seat: 'producer', cause: 'below-threshold' }]);
    expect(after.producers.find((seat) => seat.party === party(13))?.reason).toEqual({ kind: 'promoted', replaces: party(4) });
    expect(ids(after.auditors)).toEqual([14, 15, 16].map(party));
    expect(after.auditors.map((seat) => seat.reason.kind)).toEqual(['kept', 'kept', 'ranked']);
  });

  test('for credit alone no more than F producers go at once: the lowest', () => {
    const after = next(poor(all, 0, 1, 2, 3, 4, 5));
    expect(after.unseated.map(({ party: id }) => id)).toEqual([0, 1, 2, 3].map(party));
    expect(after.producers.filter((seat) => seat.reason.kind === 'spared').map((seat) => seat.party)).toEqual([5, 4].map(party));
  });

  test('whoever is convicted goes at once, beyond that bound', () => {
    const after = next(all.map((entry, index) => (index < 6 ? { ...entry, barred: true } : entry)));
    expect(after.unseated.filter(({ cause }) => cause === 'barred')).toHaveLength(6);
    expect(after.producers.every((seat) => Number.parseInt(seat.party, 16) >= 6)).toBe(true);
  });

  test('a seat that nobody fit can take is kept', () => {
    const after = next(poor(all, ...all.keys()).slice(0, 13));
    expect(after.producers.length).toBeGreaterThan(0);
    expect(after.producers.every((seat) => seat.reason.kind === 'spared')).toBe(true);
  });

  test('whatever happens: distinct seats of the counts, nobody convicted or unwilling, the same for everybody, all explained', () => {
    const change = fc.record({ score: fc.nat({ max: MAX_CREDIT }), willing: fc.boolean(), barred: fc.boolean() });
    const step = fc.array(change, { minLength: 3, maxLength: 40 });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
        let seats: Pick<Seating, 'producers' | 'auditors'> = { producers: [], auditors: [] };
        for (const changes of steps) {
          const candidates = changes.map((entry, index) => candidate(index, index === 0 ? { score: entry.score } : entry));
          const names = { producers: ids(seats.producers), auditors: ids(seats.auditors) };
          const after = nextSeating(names, candidates, PAPER_SEATS, RULES.threshold);
          expect(nextSeating(names, candidates.toReversed(), PAPER_SEATS, RULES.threshold)).toEqual(after);
          const able = candidates.filter((entry) => entry.willing && !entry.barred);
          expect(after.producers).toHaveLength(seatCounts(able.length).producers);
          const everybody = [...ids(after.producers), ...ids(after.auditors)];
          expect(new Set(everybody).size).toBe(everybody.length);
          expect(everybody.every((id) => able.some((entry) => entry.party === id))).toBe(true);
          for (const id of [...names.producers, ...names.auditors]) {
            const gone = after.unseated.some((entry) => entry.party === id);
            expect(everybody.includes(id)).toBe(!gone);
          }
          seats = after;
        }
      }),
    );
  });
});

test('every seat is explained by numbers that add up (P3-19)', () => {
  const rows = Array.from({ length: 8 }, (_, index) =>
    after(row(index, 900_000 - index * 10_000), index === 2 ? ['skipped'] : ['produced']),
  );
  const candidates = rows.map((entry) => ({ party: entry.party, score: creditOf(entry), willing: true, barred: false }));
  const seating = founders(candidates, PAPER_SEATS, RULES.threshold);
  for (const { party: id } of rows) {
    const why = explainCredit(id, rows, seating, RULES);
    expect(why.terms.reduce((sum, { term }) => sum + term, 0)).toBe(why.base);
    expect(why.score).toBe(why.base + why.gained - why.lost);
    expect(why.seated?.score).toBe(why.score);
  }
  // Its skipped turn cost it the seat of a producer.
  expect(explainCredit(party(2), rows, seating, RULES)).toMatchObject({ seat: 'auditor', lost: 20_000, seated: { rank: 8 } });
});
