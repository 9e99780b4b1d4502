// Groups, seats and lanes as the ledger carries them, as stories over real blocks (P0-12 to P0-27, P0-37 to P0-42, R7, R13).
import { describe, expect, test } from 'vitest';
import type { PartyId } from '../base/index.ts';
import { leaderOf, rankings } from '../consensus/index.ts';
import { Consortium, Person, people } from '../ledger/consortium.ts';
import { configurationDue, seatReason, toConsensusConfiguration } from '../ledger/index.ts';
import { groupingOf, groupsOf, seatsOf } from './groups.ts';
import type { Action, ChannelSettings } from './slip.ts';

const clinics = people('clinic', 20);
const rating = (index: number): number => 1_000_000 - 40_000 * index;

function attestation(index: number): Extract<Action, { kind: 'attest' }> {
  const place = { xMetres: 60_000 * (index % 5), yMetres: 45_000 * Math.floor(index / 5) };
  return { kind: 'attest', party: clinics[index]!.party, place, rating: rating(index) };
}

function consortium(seated: number, settings: Partial<ChannelSettings> = {}): Consortium {
  return new Consortium({
    clinics: clinics.slice(0, seated),
    others: clinics.slice(seated),
    attested: clinics.map((_, index) => attestation(index)),
    settings: { engine: 'grouped', archiveQuorum: false, ...settings },
  });
}

function person(party: PartyId): Person {
  return clinics.find((clinic) => clinic.party === party)!;
}

const sizes = (on: Consortium): readonly number[] => on.ledger.configuration.groups.map((group) => group.length);
const leader = (on: Consortium): PartyId => leaderOf(toConsensusConfiguration(on.ledger), on.ledger.height + 1, 0);
const groups = (on: Consortium): readonly (readonly PartyId[])[] => on.ledger.configuration.groups;
const seatAsk = (on: Consortium): Action => ({ kind: 'seat', height: on.ledger.height });

describe('groups on the ledger', () => {
  test('sixteen voters make four groups of four from the founding on (P0-12)', () => {
    const on = consortium(16);
    expect(sizes(on)).toEqual([4, 4, 4, 4]);
    expect(groups(on).flat().toSorted()).toEqual(on.voters());
    expect(toConsensusConfiguration(on.ledger)).toMatchObject({ groups: groups(on), seats: Array(4).fill({ rank: 0, failures: 0 }) });
  });

  test.each<[string, number, Partial<ChannelSettings>]>([
    ['seven voters', 7, {}],
    ['a channel that agrees flat', 16, { engine: 'pbft' }],
  ])('%s make none (R0)', (_name, seated, settings) => {
    const on = consortium(seated, settings);
    expect([sizes(on), toConsensusConfiguration(on.ledger).seats, groupingOf(on.ledger.state)]).toEqual([[], [], null]);
    on.final();
    expect(sizes(on)).toEqual([]);
  });

  test('the eighth voter makes groups at its epoch, and leaving ends them (R0, R13)', () => {
    const on = consortium(7);
    const flat = on.ledger.configuration.digest;
    expect([on.do(clinics[7]!, seatAsk(on)), sizes(on)]).toEqual(['done', [4, 4]]);
    expect(on.ledger.configuration.digest).not.toBe(flat);
    expect([on.do(clinics[0]!, { kind: 'leave' }), sizes(on)]).toEqual(['done', []]);
  });

  test('the digest covers the groups, and the seed is older than the block that makes them (T1)', () => {
    const on = consortium(15);
    const older = on.ledger.head.stateRoot;
    on.do(clinics[15]!, seatAsk(on));
    expect(groupingOf(on.ledger.state)?.seed).toBe(older);
    expect(on.ledger.head.stateRoot).not.toBe(older);
  });

  test('anybody recomputes the elections from the state alone (T3)', () => {
    const on = consortium(16);
    const { electors } = groupingOf(on.ledger.state)!;
    expect(electors[0]).toMatchObject({ place: attestation(clinics.indexOf(person(electors[0]!.party))).place, eligibility: 'eligible' });
    const unordered = groups(on).map((group) => group.toSorted());
    const again = rankings(unordered, electors, on.ledger.settings.alphaMillionths);
    expect(again.map((ranked) => ranked.map(({ party }) => party))).toEqual(groups(on));
  });

  test('with weight on the rating alone, the best rated clinic of each group leads it (P0-24)', () => {
    const on = consortium(16, { alphaMillionths: 0 });
    for (const group of groups(on)) {
      const order = group.map((party) => clinics.indexOf(person(party)));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });
});

describe('seats (R7)', () => {
  test('groups take turns, their first in rank leads (P0-36)', () => {
    const on = consortium(16);
    const led = [1, 2, 3, 4, 5].map((height) => {
      const party = leader(on);
      on.final();
      return groups(on).findIndex((group) => group[0] === party) === height % 4;
    });
    expect(led).toEqual([true, true, true, true, true]);
  });

  test('a height that needed another view moves its group’s seat one rank down, once the next header says so (P0-37)', () => {
    const on = consortium(16);
    const configuration = toConsensusConfiguration(on.ledger);
    on.final([], { view: 1 });
    expect(toConsensusConfiguration(on.ledger)).toBe(configuration);
    on.final();
    const { seats } = toConsensusConfiguration(on.ledger);
    expect(seats.map((seat) => [seat.rank, seat.failures])).toEqual([
      [0, 0],
      [1, 1],
      [0, 0],
      [0, 0],
    ]);
    expect(on.ledger.configuration.epoch).toBe(0);
    const calm = toConsensusConfiguration(on.ledger);
    on.final();
    expect(toConsensusConfiguration(on.ledger)).toBe(calm);
  });

  test('who led is known by the seats of that height, not by those that changed in between', () => {
    const on = consortium(8);
    // Height 1 fails under group 1, which rests; so group 0 leads heights 2 and 3, and fails at both before the first is known.
    for (let height = 1; height <= 3; height += 1) on.final([], { view: 1 });
    on.final();
    expect(seatsOf(on.ledger.state).map((seat) => [seat.rank, seat.failures])).toEqual([
      [2, 2],
      [1, 1],
    ]);
  });

  test('a success ends the row of failures, and the seat stays where it is', () => {
    const on = consortium(16);
    on.final([], { view: 1 });
    for (let height = 2; height < 12; height += 1) on.final();
    expect(seatsOf(on.ledger.state)[1]).toMatchObject({ rank: 1, failures: 0 });
  });

  test('a new epoch elects anew: who lost the seat comes after the others, while the groups stand (P0-39)', () => {
    const on = consortium(16);
    const replaced = groups(on)[1]![0]!;
    on.final([], { view: 1 });
    on.final();
    on.do(clinics[16]!, seatAsk(on));
    expect(on.ledger.configuration.epoch).toBe(1);
    const group = groups(on).find((members) => members.includes(replaced))!;
    expect(group.at(-1)).toBe(replaced);
    expect(seatsOf(on.ledger.state).every((seat) => seat.rank === 0)).toBe(true);
    on.do(clinics[17]!, seatAsk(on));
    expect(
      groups(on)
        .find((members) => members.includes(replaced))!
        .at(-1),
    ).toBe(replaced);
  });

  test('how the last block of an epoch ended moves no seat of the next', () => {
    const on = consortium(16);
    const slip = on.slip(clinics[16]!, seatAsk(on));
    on.final([slip], { view: 1 });
    expect(on.ledger.configuration.epoch).toBe(1);
    on.final();
    on.final();
    expect(seatsOf(on.ledger.state).every((seat) => seat.rank === 0 && seat.failures === 0)).toBe(true);
  });
});

describe('from epoch to epoch', () => {
  test('a newcomer joins the nearest group, the others stay (P0-40)', () => {
    const on = consortium(16);
    const before = groups(on);
    on.do(clinics[16]!, seatAsk(on));
    expect(sizes(on).toSorted()).toEqual([4, 4, 4, 5]);
    const kept = groups(on).map((group) => group.filter((party) => party !== clinics[16]!.party).toSorted());
    expect(kept).toEqual(before.map((group) => group.toSorted()));
    const reason = groupingOf(on.ledger.state)!
      .groups.flat()
      .find(({ party }) => party === clinics[16]!.party)!.reason;
    expect(reason.kind).toBe('joined');
  });

  test('all is made anew once the period is over, in a block that is made anyway (P0-23, P0-42)', () => {
    const on = consortium(16, { epochLengthMs: 3_600_000 });
    const formed = groupingOf(on.ledger.state)!;
    on.nowMs += 3_600_000;
    expect(configurationDue(on.ledger, on.nowMs)).toBe(false);
    on.final();
    expect(on.ledger.configuration.epoch).toBe(0);
    // Q are known to be awake by the certificate of that block.
    on.final();
    const after = groupingOf(on.ledger.state)!;
    expect([on.ledger.configuration.epoch, after.formedMs > formed.formedMs, after.seed === formed.seed]).toEqual([1, true, false]);
    on.final();
    expect(on.ledger.configuration.epoch).toBe(1);
  });

  test('a period of zero makes them anew with every epoch, and is no reason for one', () => {
    const on = consortium(16, { epochLengthMs: 0 });
    const { formedMs } = groupingOf(on.ledger.state)!;
    on.final();
    expect(on.ledger.configuration.epoch).toBe(0);
    on.do(clinics[16]!, seatAsk(on));
    expect(groupingOf(on.ledger.state)!.formedMs).toBeGreaterThan(formedMs);
  });

  test('lanes begin empty in every epoch (R8, R13)', () => {
    const on = consortium(16);
    on.do(on.authority, attestation(0));
    expect(on.ledger.head.cut.map(({ group, sequence }) => [group, sequence])).toEqual([[1, 0]]);
    on.do(clinics[16]!, seatAsk(on));
    expect(on.ledger.head.epoch).toBe(0);
    on.do(on.authority, attestation(0));
    expect(on.ledger.head.epoch).toBe(1);
  });
});

describe('ratings (P0-26)', () => {
  const strict = { ratingThreshold: 400_000 };

  test('a member that is rated below the threshold leaves at the next epoch', () => {
    const on = consortium(16, strict);
    expect(on.voters()).toHaveLength(16);
    expect(on.do(on.authority, { ...attestation(3), rating: 399_999 })).toBe('done');
    expect([on.isVoting(clinics[3]!), on.voters().length, groupsOf(on.ledger.state).flat().length]).toEqual([false, 15, 15]);
    expect(seatReason(on.ledger, clinics[3]!.party, on.nowMs)).toMatchObject({ reason: 'rated-below', mayAsk: false });
    expect(on.do(clinics[3]!, seatAsk(on))).toBe('rated-below');
    expect(on.do(on.authority, { ...attestation(3), rating: null })).toBe('done');
    expect([on.do(clinics[3]!, seatAsk(on)), on.isVoting(clinics[3]!)]).toEqual(['done', true]);
  });

  test('a better rating before the epoch ends keeps it', () => {
    const on = consortium(16, { ...strict, epochMinMs: 600_000 });
    on.do(on.authority, { ...attestation(3), rating: 1 });
    on.do(on.authority, { ...attestation(3), rating: 400_000 });
    on.nowMs += 600_000;
    expect(configurationDue(on.ledger, on.nowMs)).toBe(false);
  });

  test('only a supervision centre attests, and only whom it knows', () => {
    const on = consortium(8);
    expect(on.do(clinics[0]!, attestation(1))).toBe('not-the-authority');
    expect(on.do(on.authority, { ...attestation(1), party: new Person('nobody', 'clinic').party })).toBe('unknown-party');
  });

  test('a new certificate keeps what was attested', () => {
    const on = consortium(8);
    on.do(on.authority, clinics[0]!.certify({ clinician: 'Dr. Other' }));
    on.do(clinics[8]!, seatAsk(on));
    const elector = groupingOf(on.ledger.state)!.electors.find(({ party }) => party === clinics[0]!.party)!;
    expect(elector).toMatchObject({ rating: rating(0), place: attestation(0).place });
  });
});
