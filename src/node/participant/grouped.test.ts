// Participants whose voters are grouped: slips become batches, batches blocks, and whoever keeps one back is gone past.
import { expect, test } from 'vitest';
import { type PartyId, isRejection, present } from '../base/index.ts';
import { authorOf, leaderOf, placeOf } from '../consensus/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';
import { Consortium, people } from '../ledger/consortium.ts';
import { toConsensusConfiguration } from '../ledger/index.ts';
import { decodeBatch } from './index.ts';
import { Lockstep } from './lockstep.ts';

/** Sixteen archive members in groups of four, and a slip that certifies somebody new. */
function sixteen(): { readonly lockstep: Lockstep; readonly slip: Slip } {
  const consortium = new Consortium({ archives: people('archive', 16), settings: { engine: 'grouped', groupCount: 4 } });
  const newcomer = present(people('patient', 1)[0], 'a newcomer');
  return { lockstep: new Lockstep(consortium), slip: consortium.slip(consortium.authority, newcomer.certify()) };
}

/** A member of a group that neither leads the next height nor authors its lane. */
function bystander(lockstep: Lockstep): PartyId {
  const configuration = toConsensusConfiguration(lockstep.consortium.ledger);
  const leader = leaderOf(configuration, 1, 0);
  const group = configuration.groups.findIndex((members) => !members.includes(leader));
  return present(configuration.groups[group]?.at(-1), 'a member');
}

function authorFor(lockstep: Lockstep, party: PartyId): PartyId {
  const configuration = toConsensusConfiguration(lockstep.consortium.ledger);
  return authorOf(configuration, present(placeOf(configuration, party), 'a place').group, 0);
}

function heads(lockstep: Lockstep): readonly number[] {
  return [...lockstep.states.values()].map((state) => state.ledger.height);
}

test('a slip that the author of a lane has becomes final at all sixteen, with the same head, and no slip crosses twice (R4)', () => {
  const { lockstep, slip } = sixteen();
  const author = authorFor(lockstep, bystander(lockstep));
  lockstep.step(author, { kind: 'slips', slips: [slip] });
  expect(new Set([...lockstep.states.values()].map((state) => state.ledger.digest)).size).toBe(1);
  expect(heads(lockstep)).toEqual(new Array(16).fill(1));
  for (const state of lockstep.states.values()) {
    expect(state.projection.slips.get(slipIdOf(slip))?.outcome).toBe('done');
    expect(state.pool.size).toBe(0);
    expect(state.desk.size).toBe(0);
  }
  const proposals = lockstep.sent.filter(({ message }) => message.kind === 'proposal');
  expect(proposals.every(({ message }) => message.kind === 'proposal' && message.carried.every(({ bytes }) => bytes === null))).toBe(true);
});

test('the block that is stored is whole: what travelled were picks', () => {
  const { lockstep, slip } = sixteen();
  lockstep.step(authorFor(lockstep, bystander(lockstep)), { kind: 'slips', slips: [slip] });
  for (const self of lockstep.consortium.voters()) {
    const [stored] = lockstep.effectsOf(self, 'store');
    expect(stored?.kind === 'store' && stored.block.block.slips).toEqual([slip]);
    expect(stored?.kind === 'store' && stored.block.block.header.cut).toHaveLength(1);
  }
});

test('a slip of a batch that is not signed as it must be is passed over, the others are ordered (T6)', () => {
  const { lockstep, slip } = sixteen();
  const bad = { ...slip, body: { ...slip.body, counter: slip.body.counter + 1 } };
  lockstep.badSlips.add(slipIdOf(bad));
  const author = authorFor(lockstep, bystander(lockstep));
  // The author is the faulty one: what it puts into its own pool it has not checked.
  lockstep.step(author, { kind: 'slips', slips: [bad, slip] });
  const batch = lockstep.sent.find(({ message }) => message.kind === 'batch')?.message;
  const slips = batch?.kind === 'batch' ? decodeBatch(batch.bytes) : [];
  expect(isRejection(slips) ? 0 : slips.length).toBe(2);
  expect(heads(lockstep)).toEqual(new Array(16).fill(1));
  for (const state of lockstep.states.values()) expect(state.projection.slips.get(slipIdOf(bad))).toBeUndefined();
});

test('an author that keeps a slip back is followed by the next one, who brings it (R8)', () => {
  const { lockstep, slip } = sixteen();
  const one = bystander(lockstep);
  const configuration = toConsensusConfiguration(lockstep.consortium.ledger);
  const { group } = present(placeOf(configuration, one), 'a place');
  lockstep.cut.add(authorFor(lockstep, one));
  for (const member of present(configuration.groups[group], 'a group')) lockstep.step(member, { kind: 'slips', slips: [slip] });
  for (let second = 0; second < 12; second += 1) {
    lockstep.nowMs += 1_000;
    lockstep.all({ kind: 'tick', heard: lockstep.consortium.voters(), synchronised: true });
    lockstep.fire('patience');
    lockstep.fire('bypass');
  }
  for (const member of present(configuration.groups[group], 'a group').slice(1)) {
    expect(lockstep.state(member).engine.lane?.row.localView).toBeGreaterThan(0);
    expect(lockstep.state(member).ledger.height).toBe(1);
  }
});

test('a member that comes back in the middle of a height has its lane and its batches from the row (R3, R14)', () => {
  const { lockstep, slip } = sixteen();
  const self = authorFor(lockstep, bystander(lockstep));
  lockstep.step(self, { kind: 'slips', slips: [slip] });
  const { row } = lockstep.state(self);
  expect(row?.lane.said.length).toBeGreaterThan(0);
  expect(row?.batches.length).toBeGreaterThan(0);
  // Its ledger lies below the row, as after a crash between vote and block.
  const again = sixteen().lockstep;
  again.start(self, row === null ? null : { ...row, height: 0 });
  again.step(self, { kind: 'start' });
  again.step(self, { kind: 'cleared' });
  expect(again.state(self).engine.lane?.row.said).toEqual(row?.lane.said);
});
