// Participants in lockstep: pure steps, messages handed over at once, time moved by hand.
import { expect, test } from 'vitest';
import type { UnsignedGlobal, VoteRow } from '../consensus/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';
import { Consortium, people } from '../ledger/consortium.ts';
import { Lockstep } from './lockstep.ts';

function seven(): { readonly lockstep: Lockstep; readonly slip: Slip; readonly consortium: Consortium } {
  const consortium = new Consortium({ archives: people('archive', 7) });
  const [newcomer] = people('patient', 1);
  if (newcomer === undefined) throw new Error('nobody');
  return { lockstep: new Lockstep(consortium), slip: consortium.slip(consortium.authority, newcomer.certify()), consortium };
}

test('a slip becomes final at every member, with the same head and state', () => {
  const { lockstep, slip } = seven();
  lockstep.all({ kind: 'slips', slips: [slip] });
  const heads = [...lockstep.states.values()].map((state) => [state.ledger.height, state.ledger.digest, state.ledger.head.stateRoot]);
  expect(heads).toHaveLength(7);
  for (const head of heads) expect(head).toEqual([1, ...(heads[0] ?? []).slice(1)]);
  for (const state of lockstep.states.values()) {
    expect(state.pool.size).toBe(0);
    expect(state.projection.slips.get(slipIdOf(slip))?.outcome).toBe('done');
  }
});

test('nothing is said before the row that holds it is persisted (R3)', () => {
  const { lockstep, slip } = seven();
  lockstep.all({ kind: 'slips', slips: [slip] });
  for (const effects of lockstep.effects.values()) {
    let row: VoteRow | null = null;
    for (const effect of effects) {
      if (effect.kind === 'persist') row = effect.row;
      if (effect.kind !== 'say') continue;
      const message = effect.message as UnsignedGlobal;
      const phase = message.kind === 'vote' ? message.phase : message.kind === 'proposal' ? 'propose' : 'view-change';
      expect(row?.height).toBe(message.height);
      expect(row?.said.some((said) => said.phase === phase && said.view === message.view)).toBe(true);
    }
  }
});

test('a member whose row lies above its ledger says nothing until it has caught up (R3)', () => {
  const { lockstep, slip } = seven();
  const [self] = lockstep.consortium.voters();
  if (self === undefined) throw new Error('nobody');
  const { ledger } = lockstep.consortium;
  const row: VoteRow = {
    channel: ledger.channel,
    epoch: 0,
    height: 5,
    view: 0,
    askedView: 0,
    said: [],
    lock: null,
    values: [],
    lane: { localView: 0, said: [] },
    batches: [],
  };
  const again = new Lockstep(lockstep.consortium, new Map([[self, row]]));
  again.all({ kind: 'slips', slips: [slip] });
  expect(again.effectsOf(self, 'say')).toEqual([]);
  expect(again.state(self).ledger.height).toBe(1);
});

test('a halted member votes no more and follows all the same (R14)', () => {
  const { lockstep, slip } = seven();
  const [self] = lockstep.consortium.voters();
  if (self === undefined) throw new Error('nobody');
  lockstep.step(self, { kind: 'halt', reason: 'the disk is full' });
  lockstep.all({ kind: 'slips', slips: [slip] });
  expect(lockstep.effectsOf(self, 'say')).toEqual([]);
  expect(lockstep.state(self).ledger.height).toBe(1);
});

test('a restored founder does not go on from the founding block alone: the seat is under the key that was lost (R14)', () => {
  const consortium = new Consortium({ clinics: people('clinic', 1), settings: { archiveQuorum: false } });
  const lockstep = new Lockstep(consortium);
  const [self] = consortium.voters();
  if (self === undefined) throw new Error('nobody');
  lockstep.states.set(self, { ...lockstep.state(self), memberKey: new Uint8Array(32).fill(9) });
  lockstep.all({ kind: 'start' });
  lockstep.all({ kind: 'slips', slips: [consortium.slip(consortium.authority, people('patient', 1)[0]!.certify())] });
  expect(lockstep.effectsOf(self, 'say')).toEqual([]);
  expect(lockstep.state(self).ledger.height).toBe(0);
});

test('a slip that cannot be ordered yet starts no timer (R7)', () => {
  const { lockstep, consortium } = seven();
  const [stranger] = people('clinic', 1);
  if (stranger === undefined) throw new Error('nobody');
  lockstep.all({ kind: 'slips', slips: [consortium.slip(stranger, { kind: 'seat', height: 0 })] });
  for (const self of lockstep.consortium.voters()) {
    const running = lockstep.effectsOf(self, 'timer').filter((effect) => effect.kind === 'timer' && effect.delayMs !== null);
    expect(running).toEqual([]);
    expect(lockstep.state(self).ledger.height).toBe(0);
  }
});

test('a voter that is silent for the set time is declared absent, once an epoch, by those who listen (R17)', () => {
  const { lockstep } = seven();
  const voters = lockstep.consortium.voters();
  const silent = voters[6];
  if (silent === undefined) throw new Error('nobody');
  lockstep.cut.add(silent);
  for (let second = 0; second < 130; second += 1) {
    lockstep.nowMs += 1_000;
    for (const self of voters) lockstep.step(self, { kind: 'tick', heard: voters.filter((party) => party !== silent), synchronised: true });
  }
  for (const self of voters.slice(0, 6)) {
    const acts = lockstep.effectsOf(self, 'act');
    expect(acts).toEqual([{ kind: 'act', action: { kind: 'absent', parties: [silent], epoch: 0 } }]);
  }
});

test("a clock that jumps is nobody's silence (R17)", () => {
  const { lockstep } = seven();
  const [self] = lockstep.consortium.voters();
  if (self === undefined) throw new Error('nobody');
  lockstep.step(self, { kind: 'tick', heard: [], synchronised: true });
  lockstep.nowMs += 3_600_000;
  lockstep.step(self, { kind: 'tick', heard: [], synchronised: true });
  expect(lockstep.effectsOf(self, 'act')).toEqual([]);
  expect(lockstep.effectsOf(self, 'woke')).toHaveLength(1);
});
