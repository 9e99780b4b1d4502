// Seats, goodbyes, silence and epochs as stories over real blocks (R0, R13, R17).
import { describe, expect, test } from 'vitest';
import { Consortium, Person, START_MS, YEAR_MS, people } from '../ledger/consortium.ts';
import { configurationDue, seatReason } from '../ledger/index.ts';
import { READY_LIFETIME_MS } from './roster.ts';
import { ABSENCE_LIFETIME_MS } from './seat-actions.ts';
import type { Action } from './slip.ts';

const archives = people('archive', 7);
const visitors = people('clinic', 5);

function seatOf(on: Consortium): { kind: 'seat'; height: number } {
  return { kind: 'seat', height: on.ledger.height };
}

function ask(on: Consortium, person: Person): string {
  return on.do(person, seatOf(on));
}

/** [members, voters, F, Q] of the next block. */
function shape(on: Consortium): readonly number[] {
  const { members, tolerated, quorum } = on.ledger.configuration;
  return [members.length, on.voters().length, tolerated, quorum];
}

/** These say that they do not hear `missing`, which signs nothing. */
function miss(on: Consortium, missing: Person, by: readonly Person[]): readonly string[] {
  const { epoch } = on.ledger.configuration;
  const slips = by.map((person) => on.slip(person, { kind: 'absent', parties: [missing.party], epoch }));
  const signers = on.voters().filter((party) => party !== missing.party);
  return on.final(slips, { signers }).map((outcome) => (outcome === 'done' ? 'done' : (outcome?.reason ?? 'left out')));
}

describe('the demonstration: seven archive members, and visitors (R17)', () => {
  const demonstration = (): Consortium => new Consortium({ archives, others: visitors });

  test('three visitors vote, the fourth observes and is told why', () => {
    const on = demonstration();
    expect(shape(on)).toEqual([7, 7, 2, 5]);
    const asked = visitors.slice(0, 4).map((visitor) => [ask(on, visitor), ...shape(on)]);
    expect(asked).toEqual([
      ['done', 8, 8, 2, 6],
      ['done', 9, 9, 2, 6],
      ['done', 10, 10, 3, 7],
      ['seats-full', 10, 10, 3, 7],
    ]);
    expect(seatReason(on.ledger, visitors[3]!.party, on.nowMs)).toMatchObject({ reason: 'seats-full', mayAsk: false });
    expect(seatReason(on.ledger, visitors[2]!.party, on.nowMs)).toBeNull();
  });

  test('five that ask in one block get three seats', () => {
    const on = demonstration();
    const outcomes = on.final(visitors.map((visitor) => on.slip(visitor, seatOf(on))));
    expect(outcomes.map((outcome) => outcome === 'done')).toEqual([true, true, true, false, false]);
    expect(shape(on)).toEqual([10, 10, 3, 7]);
  });

  test('goodbye frees a seat at the next epoch, and only then may another ask', () => {
    const on = demonstration();
    visitors.slice(0, 3).forEach((visitor) => ask(on, visitor));
    expect(seatReason(on.ledger, visitors[3]!.party, on.nowMs)?.mayAsk).toBe(false);
    expect(on.do(visitors[0]!, { kind: 'leave' })).toBe('done');
    expect([on.isVoting(visitors[0]!), ...shape(on)]).toEqual([false, 9, 9, 2, 6]);
    expect(seatReason(on.ledger, visitors[3]!.party, on.nowMs)).toMatchObject({ reason: 'not-asked', mayAsk: true });
    expect([ask(on, visitors[3]!), on.isVoting(visitors[3]!)]).toEqual(['done', true]);
  });

  test('a silent visitor loses its seat once Q voters miss it, a silent archive member only its vote', () => {
    const on = demonstration();
    visitors.slice(0, 2).forEach((visitor) => ask(on, visitor));
    expect(miss(on, visitors[0]!, archives.slice(0, 6))).toEqual(Array(6).fill('done'));
    expect([on.isVoting(visitors[0]!), ...shape(on)]).toEqual([false, 8, 8, 2, 6]);
    expect(miss(on, archives[6]!, archives.slice(0, 6))).toEqual(Array(6).fill('done'));
    expect([on.isVoting(archives[6]!), ...shape(on)]).toEqual([false, 8, 7, 2, 5]);
    expect(seatReason(on.ledger, archives[6]!.party, on.nowMs)).toMatchObject({ reason: 'suspended', mayAsk: true });
    expect([ask(on, archives[6]!), ...shape(on)]).toEqual(['done', 8, 8, 2, 6]);
  });

  test('when archive members fall asleep, the visitors that came last make room', () => {
    const on = demonstration();
    visitors.slice(0, 3).forEach((visitor) => ask(on, visitor));
    const awake = [...archives.slice(0, 6), ...visitors.slice(0, 3)];
    miss(on, archives[6]!, awake);
    expect(visitors.map((visitor) => on.isVoting(visitor))).toEqual([true, true, false, false, false]);
    const { members, quorum } = on.ledger.configuration;
    expect(members.filter((member) => member.kind === 'archive' && member.voting).length).toBeGreaterThanOrEqual(quorum);
  });

  test('fewer than Q statements change nothing', () => {
    const on = demonstration();
    ask(on, visitors[0]!);
    miss(on, visitors[0]!, archives.slice(0, 5));
    expect(on.isVoting(visitors[0]!)).toBe(true);
    expect(configurationDue(on.ledger, on.nowMs)).toBe(false);
  });

  test('statements of more than ten minutes ago do not count', () => {
    const on = demonstration();
    ask(on, visitors[0]!);
    miss(on, visitors[0]!, archives.slice(0, 5));
    on.nowMs += ABSENCE_LIFETIME_MS;
    miss(on, visitors[0]!, archives.slice(5, 6));
    expect(on.isVoting(visitors[0]!)).toBe(true);
    miss(on, visitors[0]!, archives.slice(0, 5));
    expect(on.isVoting(visitors[0]!)).toBe(false);
  });

  test('a visitor that says goodbye while archive members sleep keeps its seat until a voter is to spare again', () => {
    const on = demonstration();
    for (const sleeper of [archives[0]!, archives[1]!]) miss(on, sleeper, archives.slice(2));
    ask(on, visitors[0]!);
    on.do(archives[2]!, { kind: 'leave' });
    expect(shape(on)).toEqual([8, 5, 2, 4]);
    expect([on.do(visitors[0]!, { kind: 'leave' }), ...shape(on)]).toEqual(['done', 8, 5, 2, 4]);
    expect(configurationDue(on.ledger, on.nowMs + 60_000)).toBe(false);
    ask(on, archives[0]!);
    on.final();
    expect(shape(on)).toEqual([7, 5, 2, 4]);
  });

  test('who says "I am here" wipes out what was said about it', () => {
    const on = demonstration();
    ask(on, visitors[0]!);
    miss(on, visitors[0]!, archives.slice(0, 5));
    expect(ask(on, visitors[0]!)).toBe('done');
    miss(on, visitors[0]!, archives.slice(5, 6));
    expect(on.isVoting(visitors[0]!)).toBe(true);
    expect([ask(on, visitors[0]!), ask(on, visitors[0]!)]).toEqual(['done', 'already-voting']);
  });

  test.each<[string, (on: Consortium) => string, string]>([
    [
      'who does not vote misses nobody',
      (on) => on.do(visitors[1]!, { kind: 'absent', parties: [archives[0]!.party], epoch: 0 }),
      'not-a-voter',
    ],
    ['nobody misses itself', (on) => on.do(archives[0]!, { kind: 'absent', parties: [archives[0]!.party], epoch: 0 }), 'not-missable'],
    [
      'nobody misses who does not vote',
      (on) => on.do(archives[0]!, { kind: 'absent', parties: [visitors[1]!.party], epoch: 0 }),
      'not-missable',
    ],
    [
      'nobody misses in an epoch to come',
      (on) => on.do(archives[0]!, { kind: 'absent', parties: [archives[1]!.party], epoch: 9 }),
      'wrong-epoch',
    ],
    ['who has no seat leaves none', (on) => on.do(visitors[1]!, { kind: 'leave' }), 'not-seated'],
    ['who is far behind gets no seat', (on) => on.do(visitors[1]!, { kind: 'seat', height: 99 }), 'not-synchronised'],
  ])('%s', (_name, act, expected) => {
    expect(act(demonstration())).toBe(expected);
  });

  test('a voter says only once whom it misses', () => {
    const on = demonstration();
    const say = (): string => on.do(archives[0]!, { kind: 'absent', parties: [archives[1]!.party], epoch: 0 });
    expect([say(), say()]).toEqual(['done', 'already-said']);
  });

  test('statements of an earlier stint say nothing about the next', () => {
    const on = demonstration();
    ask(on, visitors[0]!);
    const { epoch } = on.ledger.configuration;
    on.do(visitors[0]!, { kind: 'leave' });
    ask(on, visitors[0]!);
    expect(on.do(archives[0]!, { kind: 'absent', parties: [visitors[0]!.party], epoch })).toBe('wrong-epoch');
  });
});

describe('a consortium of clinics', () => {
  const clinics = people('clinic', 5);
  const started = (seated: number): Consortium =>
    new Consortium({ clinics: clinics.slice(0, seated), others: clinics.slice(seated), settings: { archiveQuorum: false } });

  test('grows from one by the same formulas (R0)', () => {
    const on = started(1);
    const shapes = [shape(on), ...clinics.slice(1).map((clinic) => (ask(on, clinic), shape(on)))];
    expect(shapes).toEqual([
      [1, 1, 0, 1],
      [2, 2, 0, 2],
      [3, 3, 0, 2],
      [4, 4, 1, 3],
      [5, 5, 1, 4],
    ]);
    expect(on.ledger.configuration.epoch).toBe(4);
  });

  test('suspends a silent clinic, which then has its vote back one epoch after it asks; F stays', () => {
    const on = started(5);
    miss(on, clinics[4]!, clinics.slice(0, 4));
    expect(shape(on)).toEqual([5, 4, 1, 3]);
    expect([ask(on, clinics[4]!), ...shape(on)]).toEqual(['done', 5, 5, 1, 4]);
  });

  test('never suspends where nobody more might fail (v - Q >= 1), but remembers (R17)', () => {
    const on = started(4);
    expect(miss(on, clinics[3]!, clinics.slice(0, 3))).toEqual(['done', 'done', 'done']);
    expect(shape(on)).toEqual([4, 4, 1, 3]);
    ask(on, clinics[4]!);
    expect(shape(on)).toEqual([5, 5, 1, 4]);
    on.final();
    expect([on.isVoting(clinics[3]!), ...shape(on)]).toEqual([false, 5, 4, 1, 3]);
  });

  test('the last voter cannot leave', () => {
    const on = started(1);
    expect([on.do(clinics[0]!, { kind: 'leave' }), ...shape(on)]).toEqual(['done', 1, 1, 0, 1]);
    expect(configurationDue(on.ledger, on.nowMs + 60_000)).toBe(false);
    expect(ask(on, clinics[0]!)).toBe('done');
  });

  test('revoking takes the vote at the next epoch and lets nobody else in', () => {
    const on = started(5);
    expect(on.do(on.authority, { kind: 'revoke', party: clinics[4]!.party, reason: 'closed' })).toBe('done');
    expect([on.isVoting(clinics[4]!), ...shape(on)]).toEqual([false, 4, 4, 1, 3]);
    expect(seatReason(on.ledger, clinics[4]!.party, on.nowMs)).toMatchObject({ reason: 'not-certified', mayAsk: false });
  });

  test('an expired certificate becomes a departure; a renewed one does not', () => {
    const on = started(5);
    on.nowMs = START_MS + YEAR_MS - 60_000;
    for (const clinic of clinics.slice(0, 4)) on.do(on.authority, clinic.certify({ notAfterMs: START_MS + 2 * YEAR_MS }));
    on.nowMs = START_MS + YEAR_MS;
    expect(configurationDue(on.ledger, on.nowMs)).toBe(true);
    on.final();
    expect([on.isVoting(clinics[4]!), ...shape(on)]).toEqual([false, 4, 4, 1, 3]);
  });

  test('a replaced member key takes over its seat once it says that it is ready (R14)', () => {
    const returning = new Person('clinic 5', 'clinic');
    const on = new Consortium({ clinics: [...clinics.slice(0, 4), returning], settings: { archiveQuorum: false } });
    const before = on.ledger.configuration;
    const oldSeed = returning.memberSeed;
    returning.renewMemberKey();
    const renewed = returning.certify();
    const newSeed = returning.memberSeed;
    returning.memberSeed = oldSeed;
    on.do(on.authority, renewed);
    expect(on.ledger.configuration.digest).toBe(before.digest);
    expect(seatReason(on.ledger, returning.party, on.nowMs)).toMatchObject({ reason: 'replaced-key', mayAsk: true });
    returning.memberSeed = newSeed;
    const slip = on.slip(returning, seatOf(on));
    on.final([slip], { signers: clinics.slice(0, 4).map((clinic) => clinic.party) });
    expect(on.ledger.configuration.epoch).toBe(before.epoch + 1);
    expect(seatReason(on.ledger, returning.party, on.nowMs)).toBeNull();
  });
});

describe('epochs (R13)', () => {
  test('keep their least length; a waiting change is then reason for a block of its own', () => {
    const on = new Consortium({ archives, others: visitors, settings: { epochMinMs: 10_000 } });
    expect([ask(on, visitors[0]!), on.isVoting(visitors[0]!)]).toEqual(['done', false]);
    expect(seatReason(on.ledger, visitors[0]!.party, on.nowMs)).toMatchObject({ reason: 'asked' });
    expect(configurationDue(on.ledger, START_MS + 9_999)).toBe(false);
    expect(configurationDue(on.ledger, START_MS + 10_000)).toBe(true);
    on.final([], { afterMs: 9_000 });
    expect([on.isVoting(visitors[0]!), on.ledger.configuration.epoch]).toEqual([true, 1]);
  });

  test('a block that changes the configuration is the last of its epoch', () => {
    const on = new Consortium({ archives, others: visitors });
    ask(on, visitors[0]!);
    const epochs = on.blocks.map(({ block }) => block.header.epoch);
    on.final();
    expect([epochs, on.ledger.head.epoch]).toEqual([[0, 0], 1]);
    expect(on.ledger.head.configuration).toBe(on.ledger.configuration.digest);
  });

  test('a new configuration waits until Q of its voters are known to be awake', () => {
    const on = new Consortium({ archives, clinics: visitors.slice(0, 3), others: visitors.slice(3) });
    on.final();
    on.nowMs += READY_LIFETIME_MS;
    // All three visitors sign, then say goodbye in one block: only four archive members are known to hold the block before.
    const signers = [...archives.slice(0, 4), ...visitors.slice(0, 3)].map((person) => person.party);
    on.final([], { signers });
    on.final(
      visitors.slice(0, 3).map((visitor) => on.slip(visitor, { kind: 'leave' })),
      { signers },
    );
    expect(shape(on)).toEqual([10, 10, 3, 7]);
    expect([configurationDue(on.ledger, on.nowMs + 1_000), configurationDue(on.ledger, on.nowMs + 3_000)]).toEqual([false, true]);
    on.final([], { signers: archives.map((person) => person.party) });
    expect(shape(on)).toEqual([10, 10, 3, 7]);
    on.final([], { signers: archives.map((person) => person.party) });
    expect(shape(on)).toEqual([7, 7, 2, 5]);
  });

  test('many who fall silent leave in one epoch, at the cost of one slip of each voter (R17)', () => {
    const clinics = people('clinic', 16);
    const on = new Consortium({ clinics, settings: { archiveQuorum: false } });
    const silent = clinics.slice(12).map(({ party }) => party);
    const slips = clinics.slice(0, 11).map((clinic) => on.slip(clinic, { kind: 'absent', parties: silent, epoch: 0 }));
    on.final(slips, { signers: clinics.slice(0, 12).map(({ party }) => party) });
    expect([on.ledger.configuration.epoch, ...shape(on)]).toEqual([1, 16, 12, 5, 9]);
    const mixed: Action = { kind: 'absent', parties: [silent[0]!, clinics[1]!.party], epoch: 1 };
    // Who votes no more is passed over; the other is missed.
    expect([on.do(clinics[0]!, mixed), on.do(clinics[0]!, mixed)]).toEqual(['done', 'not-missable']);
  });

  test('a wish for a seat that nobody could honour for two minutes lapses', () => {
    const on = new Consortium({ archives, others: visitors, settings: { epochMinMs: 600_000 } });
    ask(on, visitors[0]!);
    on.final([], { afterMs: READY_LIFETIME_MS + 600_000 });
    expect(on.isVoting(visitors[0]!)).toBe(false);
    expect(seatReason(on.ledger, visitors[0]!.party, on.nowMs)).toMatchObject({ reason: 'not-asked', mayAsk: true });
  });
});
