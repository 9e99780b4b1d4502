// Who stands in for whom that passes nothing on (R9): remembered by each member from what it missed itself. A doubt adds somebody who
// is told, takes nobody away, moves no seat (R7) and ends by itself; without faults nobody has any.
import { describe, expect, test } from 'vitest';
import { leaderOf } from '../roster.ts';
import { party } from '../transcript.ts';
import { carriersOf } from './doubts.ts';
import { Parish, groupedConfiguration } from './lockstep.ts';
import { HEIGHT, Lone, Others } from './scene.ts';
import { GroupedTurn } from './state.ts';

// Group 0 leads at height 8, its seat is 0; 4, 8 and 12 carry for the others and lead the heights after it. F = 5, Q = 11.
const LEADER = 0;
const CARRIER = 12;
const STAND_IN = 13;
const SILENT = [CARRIER, 5, 6, 9, 10];
const configuration = groupedConfiguration([4, 4, 4, 4]);
const others = new Others(configuration);

/** Five are silent, as many as F, a carrier among them: all others are needed. */
function without(silent: readonly number[]): Parish {
  const parish = new Parish(configuration);
  parish.loses = (from, to) => silent.includes(from) || silent.includes(to);
  return parish;
}

function order(parish: Parish, request: string, names: readonly ('patience' | 'bypass')[]): void {
  parish.submit(request, LEADER);
  for (let i = 0; i < 6; i += 1) for (const name of names) parish.fire(name);
}

const doubtedBy = (parish: Parish, index: number) =>
  [...(parish.fellows[index]?.state.doubts.keys() ?? [])].map((id) => Number.parseInt(id, 16));
const heights = (parish: Parish) => Math.max(...parish.fellows.map((fellow) => fellow.finals.length));
const sentTo = (lines: readonly string[], what: string) => lines.filter((line) => line.startsWith('send') && line.includes(what));

describe('a carrier that carries nothing (R9)', () => {
  test('stops one height; from then on the member of the next rank carries, and nobody has to go past anybody', () => {
    const parish = without(SILENT);
    order(parish, 'a', ['patience', 'bypass']);
    expect(heights(parish)).toBe(1);
    for (const index of [LEADER, STAND_IN, 14, 4, 8]) expect(doubtedBy(parish, index)).toContain(CARRIER);
    order(parish, 'b', ['patience']);
    order(parish, 'c', ['patience']);
    expect(parish.fellows.map((fellow) => fellow.finals.map(({ view }) => view))).toEqual(
      parish.fellows.map(({ index }) => (SILENT.includes(index) ? [] : [0, 0, 0])),
    );
  });

  test('is told everything all the same: a doubt silences nobody, and leaders stay who they are (R7)', () => {
    const parish = without(SILENT);
    order(parish, 'a', ['patience', 'bypass']);
    parish.sent.length = 0;
    order(parish, 'b', ['patience']);
    const kindsTo = (to: number) => new Set(parish.sent.flatMap((letter) => (letter.to === to ? [letter.message.kind] : [])));
    for (const kind of ['proposal', 'vote', 'bundle'] as const)
      expect([kind, kindsTo(CARRIER).has(kind), kindsTo(STAND_IN).has(kind)]).toEqual([kind, true, true]);
    expect(leaderOf(configuration, 11, 0)).toBe(party(CARRIER));
  });

  test('a doubt lasts eight heights, the next one of the same member sixteen', () => {
    const member = new Lone(configuration, 14);
    const carriers = () => carriersOf(new GroupedTurn(member.state), 3).map((id) => Number.parseInt(id, 16));
    const stallAt = (height: number) => {
      member.tell({ kind: 'pending', pending: true });
      member.tell({ kind: 'timer', name: 'bypass', height, view: 0 });
      const proposal = { ...others.proposal('v'), height, signer: leaderOf(configuration, height, 0) };
      const signers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
      member.hears(proposal);
      member.hears({ kind: 'certified', certificate: { ...others.certificate('commit', 'v', signers), height } });
    };
    const lasts = (height: number) => {
      stallAt(height);
      for (let next = height + 1; ; next += 1) {
        member.row = null;
        member.begin([], next);
        if (carriers().length === 1) return next - height - 1;
        expect(carriers()).toEqual([CARRIER, STAND_IN]);
      }
    };
    expect(carriers()).toEqual([CARRIER]);
    expect(lasts(HEIGHT)).toBe(8);
    expect(lasts(HEIGHT + 9)).toBe(16);
  });

  test('a stall is no reason to doubt anybody where the height ended in a later view', () => {
    const parish = without([LEADER]);
    parish.submit('a', 8);
    for (const name of ['patience', 'bypass', 'view', 'patience'] as const) parish.fire(name);
    expect(heights(parish)).toBe(1);
    expect(parish.fellows.flatMap(({ index }) => doubtedBy(parish, index))).toEqual([]);
  });

  test('without faults nobody is doubted, and what is said stays what it was', () => {
    const parish = new Parish(configuration);
    for (const request of ['a', 'b', 'c', 'd']) order(parish, request, ['patience', 'bypass']);
    expect(heights(parish)).toBe(4);
    expect(parish.fellows.flatMap(({ index }) => doubtedBy(parish, index))).toEqual([]);
  });
});

describe('complaints', () => {
  const doubted = (member: Lone) => [...member.state.doubts.keys()].map((id) => Number.parseInt(id, 16));

  test('of f_g+1 of a group that miss the proposal: its carrier is doubted; those of fewer convince nobody', () => {
    const leader = new Lone(configuration, LEADER);
    for (let i = 0; i < 5; i += 1) leader.hears(others.inquiry(9));
    expect(doubted(leader)).toEqual([]);
    leader.hears(others.inquiry(10));
    expect(doubted(leader)).toEqual([8]);
    leader.hears(others.inquiry(11));
    expect(doubted(leader)).toEqual([8]);
  });

  test('of members that have the proposal and wait like everybody else: no complaint', () => {
    const leader = new Lone(configuration, LEADER);
    for (const asker of [9, 10, 11]) leader.hears(others.inquiry(asker, { proposal: false }));
    expect(doubted(leader)).toEqual([]);
  });

  test('of f_g+1 that ask the author for batches: it sends the next ones to the relay and to who stands in for it', () => {
    const author = new Lone(configuration, 4);
    const certify = (name: string, sequence: number) => {
      author.hasRequests(name);
      return [5, 6].flatMap((member) => [
        ...author.hears(others.laneVote('prepare', member, name, 1, sequence)),
        ...author.hears(others.laneVote('commit', member, name, 1, sequence)),
      ]);
    };
    expect(sentTo(certify('a', 0), 'certified-batch')).toEqual(['send 1 9 13: certified-batch']);
    const [stored] = author.state.lane?.store ?? [];
    const batches = stored === undefined ? [] : [stored.reference.digest];
    for (const asker of [8, 10]) author.hears(others.inquiry(asker, { proposal: false, batches }));
    expect(doubted(author)).toEqual([9]);
    expect(sentTo(certify('b', 1), 'certified-batch')).toEqual(['send 1 9 10 13: certified-batch']);
  });
});

describe('a relay that keeps a lane’s batches', () => {
  /** Lane 1 is relayed in group 2 by 9; 10 stands in for it. */
  const missing = (member: Lone) => {
    member.hears(others.proposal('v', ['a']), 'incomplete');
    for (let i = 0; i < 5; i += 1) member.timesOut('patience');
  };

  test('is doubted by who asks in vain; the next in rank passes on what comes then', () => {
    const member = new Lone(configuration, 10);
    expect(sentTo(member.hears(others.certified('x', 1, 7)), 'certified-batch')).toEqual([]);
    missing(member);
    expect(sentTo(member.hears(others.certified('y', 1, 8)), 'certified-batch')).toEqual(['send 8 9 11: certified-batch']);
  });

  test('what was asked for is passed on to nobody: the others have asked as well', () => {
    const member = new Lone(configuration, 10);
    missing(member);
    expect(sentTo(member.hears(others.certified('a', 1)), 'certified-batch')).toEqual([]);
  });
});

describe('who asks again for a view that others have entered', () => {
  const entered = () => {
    const member = new Lone(configuration, 5);
    member.tell({ kind: 'pending', pending: true });
    member.timesOut('view');
    member.hearsAll([0, 1, 2, 3, 6, 7, 8, 9, 10, 11].map((voter) => others.viewChange(voter, 1)));
    expect(member.state.core.open?.row.view).toBe(1);
    return member;
  };

  test('gets their request, once; few in one height do (R18)', () => {
    const member = entered();
    const again = Array.from({ length: 9 }, () => member.hears(others.viewChange(6, 1))).flat();
    expect(again).toEqual(['say view-change@1 lock none to 6']);
    const more = [0, 1, 2, 3, 7, 8, 9, 10, 11].flatMap((voter) => member.hears(others.viewChange(voter, 1)));
    expect(more.filter((line) => line.startsWith('say'))).toHaveLength(7);
  });

  test('not from one that has locked in that view: that would be another statement (R2)', () => {
    const member = entered();
    member.hears(others.proposal('v', [], 1));
    const view = { height: HEIGHT, view: 1 };
    const prepared = others.certificate('prepare', 'v', [0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12]);
    member.hears({ kind: 'certified', certificate: { ...prepared, ...view } });
    expect(member.state.core.open?.row.lock?.view).toBe(1);
    expect(member.hears(others.viewChange(6, 1))).toEqual([]);
  });
});
