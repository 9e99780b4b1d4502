// What is missing and how it is asked for (R4, R9): proposals whose batches are not here wait and are judged when they come,
// questions are answered with proofs, and nobody's junk takes the place of anybody else's (R18).
import { describe, expect, test } from 'vitest';
import { digestNamed, party, valueNamed } from '../transcript.ts';
import { MAX_STORED_PER_LANE, MAX_WANTED_PER_LANE } from './batches.ts';
import { groupedConfiguration } from './lockstep.ts';
import { Lone, Others } from './scene.ts';
import { certifiedBatches } from './state.ts';

const configuration = groupedConfiguration([4, 4, 4, 4]);
const others = new Others(configuration);
const says = (lines: readonly string[]) => lines.filter((line) => line.startsWith('say'));
const sends = (lines: readonly string[]) => lines.filter((line) => line.startsWith('send'));

describe('nobody prepares before holding every batch (R4)', () => {
  test('a proposal without its batches waits, and is judged when the last one comes', () => {
    const member = new Lone(configuration, 5);
    expect(says(member.hears(others.proposal('v', ['a', 'b']), 'incomplete'))).toEqual([]);
    expect(member.hears(others.certified('a', 1))).toEqual(['batch a certified']);
    expect(member.hears(others.certified('b', 1, 1))).toEqual(['batch b certified', 'judge proposal']);
    expect(member.state.carriage.parked).toEqual([]);
    expect(says(member.hears(others.proposal('v', ['a', 'b'])))).toEqual(['say prepare v@0 to 4']);
  });

  test('whatever the participant says of it: without a batch in its own lane it is not prepared', () => {
    const member = new Lone(configuration, 5);
    expect(says(member.hears(others.proposal('v', ['a']), 'valid'))).toEqual([]);
    expect(says(member.hears(others.proposal('v', ['a']), 'unacceptable'))).toEqual([]);
  });

  test('batches that the proposal brings itself are enough', () => {
    const member = new Lone(configuration, 5);
    const proposal = others.proposal('v', ['a']);
    const carried = proposal.carried.map((one) => ({ ...one, bytes: valueNamed('a').bytes }));
    expect(member.hears({ ...proposal, carried }, 'incomplete')).toEqual(['batch a certified', 'judge proposal']);
  });

  test('missing batches are asked for: of one who certified them, then of their author, then of the leader', () => {
    const member = new Lone(configuration, 9);
    member.hears(others.proposal('v', ['a']), 'incomplete');
    const asked = Array.from({ length: 17 }, () => sends(member.timesOut('patience'))).flat();
    expect(asked).toEqual(['send 6: inquiry', 'send 4: inquiry', 'send 0: inquiry']);
  });

  test('members of a group ask different ones, so that no uplink carries what all miss', () => {
    const asked = [8, 9, 10, 11].map((index) => {
      const member = new Lone(configuration, index);
      member.hears(others.proposal('v', ['a']), 'incomplete');
      return sends(member.timesOut('patience')).join('');
    });
    expect(new Set(asked)).toEqual(new Set(['send 5: inquiry', 'send 6: inquiry']));
  });

  test('while answers come nobody else is asked', () => {
    const member = new Lone(configuration, 9);
    member.hears(others.proposal('v', ['a', 'b', 'c']), 'incomplete');
    expect(sends(member.timesOut('patience'))).toHaveLength(1);
    const asked = ['a', 'b'].flatMap((name, sequence) => {
      const lines = [1, 2, 3].flatMap(() => sends(member.timesOut('patience')));
      member.hears(others.certified(name, 1, sequence));
      return lines;
    });
    expect(asked).toEqual([]);
  });

  test('a certifier that is asked before it knows the certificate answers when it does, once', () => {
    const certifier = new Lone(configuration, 5);
    certifier.hears(others.batch('a', 1));
    for (let i = 0; i < 2; i += 1) expect(certifier.hears(others.inquiry(9, { proposal: false, batches: [digestNamed('a')] }))).toEqual([]);
    expect(sends(certifier.hears(others.proposal('v', ['a']), 'incomplete'))).toEqual(['send 9: certified-batch']);
  });

  test('the leader of a view keeps a few proposals waiting, and takes nobody else’s place (R18)', () => {
    const member = new Lone(configuration, 5);
    const lines = Array.from({ length: 20 }, (_, i) => member.hears(others.proposal(`v${i}`, [`a${i}`]), 'incomplete')).flat();
    expect(member.state.carriage.parked.map(({ digest }) => digest)).toEqual([digestNamed('v0'), digestNamed('v1')]);
    // What it said beyond them convicts it, once.
    expect(lines).toEqual(['evidence two-proposals 0']);
  });

  test('what is still unclear with every batch is handed back once, and a few of one view at most (R18)', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.certified('a', 1));
    const judged = Array.from({ length: 20 }, (_, i) => member.hears(others.proposal(`v${i % 10}`, ['a']), 'incomplete')).flat();
    expect(judged.filter((line) => line === 'judge proposal')).toHaveLength(2);
    expect(member.state.carriage.rejudged).toHaveLength(2);
  });

  test('a proposal of a view that is over waits no more', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.proposal('v', ['a']), 'incomplete');
    member.hearsAll([0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12].map((voter) => others.viewChange(voter, 1)));
    expect(member.state.core.open?.row.view).toBe(1);
    member.hears(others.proposal('w', ['b'], 1), 'incomplete');
    expect(member.state.carriage.parked.map(({ view }) => view)).toEqual([1]);
    member.hears(others.proposal('v', ['a']), 'incomplete');
    expect(member.state.carriage.parked.map(({ view }) => view)).toEqual([1]);
  });
});

describe('questions are answered with proofs (R9)', () => {
  const knows = () => {
    const member = new Lone(configuration, 5);
    member.hears(others.certified('a', 1));
    member.hears(others.proposal('v', ['a']));
    return member;
  };

  test.each<[string, Parameters<Others['inquiry']>[1], readonly string[]]>([
    ['the proposal that the asker lacks', {}, ['send 9: propose v@0']],
    ['not one that it has', { proposal: false }, []],
    ['batches that are here', { proposal: false, batches: [digestNamed('a'), digestNamed('b')] }, ['send 9: certified-batch']],
    ['nothing of a height that is not open', { height: 9 }, []],
    ['nothing of a view that nobody opened', { view: 3 }, []],
  ])('%s', (_what, question, expected) => {
    expect(knows().hears(others.inquiry(9, question))).toEqual(expected);
  });

  test('a prepare certificate, where there is one', () => {
    const member = knows();
    member.hearsAll([4, 6, 7, 8, 9, 10, 11, 12, 13, 14].map((voter) => others.vote('prepare', voter, 'v')));
    expect(member.hears(others.inquiry(9, { proposal: false }))).toEqual(['send 9: certified']);
  });

  test('the end of a height that is over, with its certificate', () => {
    const member = knows();
    const certificate = others.certificate('commit', 'v', [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
    member.hears({ kind: 'certified', certificate });
    member.begin([], 9);
    expect(member.hears(others.inquiry(9))).toEqual(['send 9: decided']);
  });

  test('one asker gets so many answers in one height, another one its own (R18)', () => {
    const member = knows();
    const answers = Array.from({ length: 100 }, () => member.hears(others.inquiry(9))).flat();
    expect(answers).toHaveLength(32);
    expect(member.hears(others.inquiry(10))).toEqual(['send 10: propose v@0']);
    expect(member.hears(others.inquiry(5))).toEqual([]);
  });
});

describe('news of batches that wait (R7, R9)', () => {
  test('on a stall a member names those that it holds, to the leader, its group and one member of each other group', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.certified('a', 1));
    expect(sends(member.timesOut('bypass'))).toContain('send 0 4 6 7 2 10 14: certified-batch');
  });

  test('whoever lacks one asks its certifiers, and no longer when it comes', () => {
    const member = new Lone(configuration, 10);
    expect(member.hears(others.news('a', 1))).toEqual([]);
    expect(sends(member.timesOut('patience'))).toEqual(['send 5: inquiry']);
    expect(member.hears(others.certified('a', 1))).toEqual(['batch a certified']);
    expect(sends(member.timesOut('patience'))).toEqual([]);
  });

  test('whoever holds the bytes already has the batch with its certificate', () => {
    const member = new Lone(configuration, 1);
    member.hears(others.batch('a'));
    expect(member.hears(others.news('a', 0))).toEqual(['batch a certified']);
  });
});

describe('a captured group crowds out nobody else (R10, R18)', () => {
  test('certified batches without end: its own lane is full, others are not', () => {
    const member = new Lone(configuration, 5);
    for (let sequence = 0; sequence < 3 * MAX_STORED_PER_LANE; sequence += 1) member.hears(others.certified(`j${sequence}`, 3, sequence));
    member.hears(others.certified('a', 2));
    const inLane = (group: number) => certifiedBatches(member.state).filter(({ reference }) => reference.group === group).length;
    expect([inLane(3), inLane(2)]).toEqual([MAX_STORED_PER_LANE, 1]);
  });

  test('one that a proposal lists finds room in its full lane', () => {
    const member = new Lone(configuration, 5);
    for (let sequence = 1; sequence <= MAX_STORED_PER_LANE; sequence += 1) member.hears(others.certified(`j${sequence}`, 1, sequence));
    const proposal = others.proposal('v', ['a']);
    const carried = proposal.carried.map((one) => ({ ...one, bytes: valueNamed('a').bytes }));
    expect(member.hears({ ...proposal, carried }, 'incomplete')).toContain('judge proposal');
    expect(certifiedBatches(member.state)).toHaveLength(MAX_STORED_PER_LANE);
  });

  test('two and more that a proposal lists find room in their full lane, and stay while it may be voted for (R4)', () => {
    const member = new Lone(configuration, 5);
    for (let sequence = 100; sequence < 100 + MAX_STORED_PER_LANE; sequence += 1)
      member.hears(others.certified(`j${sequence}`, 1, sequence));
    const inStore = (name: string) => (member.state.lane?.store ?? []).some(({ reference }) => reference.digest === digestNamed(name));
    const whole = (view: number, value: string, names: readonly string[]) => {
      const proposal = others.proposal(value, names, view);
      return { ...proposal, carried: proposal.carried.map((one, i) => ({ ...one, bytes: valueNamed(names[i] ?? '').bytes })) };
    };
    expect(says(member.hears(whole(0, 'v', ['a', 'b', 'c'])))).toEqual(['say prepare v@0 to 4']);
    member.hearsAll([0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12].map((voter) => others.viewChange(voter, 1)));
    member.hears(whole(1, 'w', ['d', 'e', 'f']));
    expect(['a', 'b', 'c', 'd', 'e', 'f'].map(inStore)).toEqual(new Array(6).fill(true));
    expect(member.state.lane?.store).toHaveLength(MAX_STORED_PER_LANE);
  });

  test('a leader whose batch made room for another one is asked for a new value, and does not stop', () => {
    const leader = new Lone(configuration, 0);
    leader.hears(others.certified('a', 1));
    leader.tell({ kind: 'pending', pending: true });
    const gone = others.laneCertificate('gone', 1, 5).reference;
    const value = { ...valueNamed('v'), cut: [gone] };
    expect(leader.tell({ kind: 'value', height: 8, view: 0, value })).toEqual(['request value @0']);
    const held = { ...valueNamed('v'), cut: [others.laneCertificate('a', 1).reference] };
    expect(says(leader.tell({ kind: 'value', height: 8, view: 0, value: held }))).toEqual(['say propose v@0 to 4 8 12 1 2 3']);
  });

  test('news without end of batches that nobody holds: others’ news is heard', () => {
    const member = new Lone(configuration, 5);
    for (let sequence = 0; sequence < 200; sequence += 1) member.hears(others.news(`j${sequence}`, 3, sequence));
    member.hears(others.news('a', 2));
    const wanted = member.state.lane?.wanted.map(({ reference }) => reference.group) ?? [];
    expect([wanted.filter((group) => group === 3).length, wanted.filter((group) => group === 2).length]).toEqual([MAX_WANTED_PER_LANE, 1]);
  });

  test('a batch is passed on once, by the member whose task it is', () => {
    // Lane 3 is relayed in group 1 by the member of rank 3.
    const relay = new Lone(configuration, 7);
    expect(sends(relay.hears(others.certified('a', 3)))).toEqual(['send 4 5 6: certified-batch']);
    expect(relay.hears(others.certified('a', 3))).toEqual([]);
    expect(sends(new Lone(configuration, 6).hears(others.certified('a', 3)))).toEqual([]);
    expect(party(7)).toBe(others.members(1)[3]);
  });
});
