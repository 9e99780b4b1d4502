// Carriage (P0-30 to P0-32) is a service: the tree of view 0, ways past a carrier that is silent or withholds (R9), the star after a
// silent leader, relayed requests for a view, and a second start from the row (R3, R14). Whoever carries decides nothing (R6).
import { describe, expect, test } from 'vitest';
import { leaderOf } from '../roster.ts';
import { party } from '../transcript.ts';
import { Parish, groupedConfiguration } from './lockstep.ts';
import { HEIGHT, Lone, Others } from './scene.ts';

const sizes = [4, 4, 4, 4];
// At height 8 group 0 leads: 0 is the leader, 4, 8 and 12 carry for the other groups. F = 5, Q = 11.
const LEADER = 0;
const CARRIER = 4;
const configuration = groupedConfiguration(sizes);
const others = new Others(configuration);
const indexOf = (id: string) => Number.parseInt(id, 16);

function finals(parish: Parish): readonly string[] {
  return parish.fellows.map((fellow) => fellow.finals.map(({ view }) => `view ${view}`).join(' '));
}

function without(silent: readonly number[]): Parish {
  const parish = new Parish(configuration);
  parish.loses = (from, to) => silent.includes(from) || silent.includes(to);
  return parish;
}

describe('the tree of view 0', () => {
  test('no member but carriers hears votes of another group, and the leader hears one bundle of each phase from each', () => {
    const parish = new Parish(configuration);
    parish.submit('a', LEADER);
    const bundles = parish.sent.filter(({ to, message }) => to === LEADER && message.kind === 'bundle');
    const sizesOfBundles = bundles.map(
      ({ from, message }) => `${from} ${message.kind === 'bundle' ? `${message.phase} ${message.votes.length}` : ''}`,
    );
    const expected = [4, 8, 12].flatMap((from) => [`${from} commit 4`, `${from} prepare 4`]);
    expect(sizesOfBundles.sort()).toEqual(expected.sort());
    for (const { from, to, message } of parish.sent) if (message.kind === 'vote') expect(Math.floor(from / 4)).toBe(Math.floor(to / 4));
  });

  test('a carrier waits only for those that voted at the last height, and sends what came when its patience ends', () => {
    const parish = without([7]);
    const bundlesOf = (from: number) =>
      parish.sent.flatMap((letter) => (letter.from === from && letter.message.kind === 'bundle' ? [letter.message.votes.length] : []));
    parish.submit('a', LEADER);
    // Q = 11 is reached without group 1, which still waits for 7.
    expect(bundlesOf(CARRIER)).toEqual([]);
    parish.fire('patience');
    expect(finals(parish)[5]).toBe('view 0');
    parish.sent.length = 0;
    parish.submit('b', LEADER);
    expect(bundlesOf(CARRIER)).toEqual([3, 3, 3, 3, 3, 3]);
  });

  test('a late vote follows in a bundle of its own while there is no quorum', () => {
    const carrier = new Lone(configuration, CARRIER);
    carrier.hears(others.proposal('a'));
    carrier.hearsAll([5, 6].map((member) => others.vote('prepare', member, 'a')));
    expect(carrier.timesOut('patience')).toEqual(['send 0 8 12: bundle']);
    expect(carrier.hears(others.vote('prepare', 7, 'a'))).toEqual(['send 0 8 12: bundle']);
  });

  test('a carrier passes a proposal on before it judges it, twice at most', () => {
    const carrier = new Lone(configuration, CARRIER);
    const passed = (name: string) => carrier.hears(others.proposal(name), 'invalid').filter((line) => line.startsWith('send'));
    expect([passed('a'), passed('a'), passed('b'), passed('c')]).toEqual([
      ['send 5 6 7: propose a@0'],
      [],
      ['send 5 6 7: propose b@0'],
      [],
    ]);
    const member = new Lone(configuration, 5);
    expect(member.hears(others.proposal('a')).filter((line) => line.startsWith('send'))).toEqual([]);
  });

  test('members commit with a certificate that comes down, whoever sent it (R6, R9)', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.proposal('a'));
    const certificate = others.certificate('prepare', 'a', [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
    expect(member.hears({ kind: 'certified', certificate })).toEqual(['persist', 'say commit a@0 to 4']);
  });

  test('a bundle of fewer than Q decides nothing, however often it comes (R6)', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.proposal('a'));
    const { votes } = others.certificate('prepare', 'a', [6, 7, 8, 9]);
    for (let i = 0; i < 5; i += 1) expect(member.hears({ kind: 'bundle', ...others.certificate('prepare', 'a', []), votes })).toEqual([]);
  });
});

describe('past a bad carrier, within the view (R9)', () => {
  const elsewhere = (index: number) => Math.floor(index / 4) !== 1;

  test.each<[string, (parish: Parish) => void, (index: number) => boolean]>([
    ['silent', (parish) => (parish.loses = (from, to) => from === CARRIER || to === CARRIER), elsewhere],
    [
      'keeps its group’s votes',
      (parish) => (parish.loses = (from, _, message) => from === CARRIER && message.kind === 'bundle'),
      () => true,
    ],
    [
      'passes nothing on to its group',
      (parish) => (parish.loses = (from, to, { kind }) => from === CARRIER && to > 4 && to < 8 && kind !== 'vote'),
      (index) => elsewhere(index) || index === CARRIER,
    ],
  ])('%s: all whom nothing was kept from are final in view 0', (_what, spoils, isFinal) => {
    const parish = new Parish(configuration);
    spoils(parish);
    parish.submit('a', LEADER);
    for (let i = 0; i < 3; i += 1) {
      parish.fire('patience');
      parish.fire('bypass');
    }
    expect(finals(parish)).toEqual(parish.fellows.map(({ index }) => (isFinal(index) ? 'view 0' : '')));
  });

  test('where votes of every group are needed, the members of a silent carrier vote straight to the leader', () => {
    // Five are silent, as many as F: the eleven that are left must all be counted.
    const parish = without([CARRIER, 9, 10, 13, 14]);
    parish.submit('a', LEADER);
    expect(finals(parish).join('')).toBe('');
    for (let i = 0; i < 4; i += 1) {
      parish.fire('patience');
      parish.fire('bypass');
    }
    expect(finals(parish).filter((final) => final === 'view 0')).toHaveLength(11);
  });

  test('a member says again what it said, to the leader, and asks it; then others, one after another, until all were asked', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.proposal('a'));
    const asked = new Set<string>();
    const first = member.timesOut('bypass');
    expect(first).toContain('say prepare a@0 to 0');
    expect(first).toContain('send 0: inquiry');
    for (let i = 0; i < 15; i += 1) for (const line of member.timesOut('bypass')) if (line.endsWith('inquiry')) asked.add(line);
    expect(asked.size).toBe(15);
  });

  test('every member reaches everybody by asking in turn, whatever its rank', () => {
    for (const index of [5, 6, 7, 13, 14, 15]) {
      const member = new Lone(configuration, index);
      const asked = new Set<string>();
      for (let i = 0; i < 16; i += 1) for (const line of member.timesOut('bypass')) if (line.endsWith('inquiry')) asked.add(line);
      expect(asked.size).toBe(15);
    }
  });
});

describe('a silent leader is replaced (R7), and later views are a star', () => {
  test('everybody else is final in view 1', () => {
    const next = indexOf(leaderOf(configuration, HEIGHT, 1));
    const spoiled = new Parish(configuration);
    spoiled.loses = (from, to, { kind }) => (from === LEADER || to === LEADER) && kind !== 'certified-batch';
    spoiled.submit('a', CARRIER);
    expect(finals(spoiled).join('')).toBe('');
    spoiled.sent.length = 0;
    spoiled.fire('view');
    const rest = finals(spoiled).filter((_, index) => index !== LEADER);
    expect(rest).toEqual(rest.map(() => 'view 1'));
    const inView = spoiled.sent.filter(
      ({ message }) => message.kind === 'vote' || message.kind === 'proposal' || message.kind === 'certified',
    );
    expect(inView.every(({ from, to }) => from === next || to === next)).toBe(true);
    expect(spoiled.sent.some(({ message }) => message.kind === 'bundle')).toBe(false);
  });

  test('a request for a view goes to the own group, one member of each other group, and the next leader', () => {
    const member = new Lone(configuration, 6);
    member.tell({ kind: 'pending', pending: true });
    const next = indexOf(leaderOf(configuration, HEIGHT, 1));
    const ways = [...new Set([4, 5, 7, 2, 10, 14, next])];
    expect(member.timesOut('view')).toEqual(['persist', `say view-change@1 lock none to ${ways.join(' ')}`]);
    // Asked in vain, it goes to everybody.
    expect(member.timesOut('view', 1)).toEqual(['say view-change@1 lock none to voters']);
  });

  test('it is passed on to the group by the member of that rank, the first time', () => {
    const relay = new Lone(configuration, 10);
    expect(relay.hears(others.viewChange(6, 1))).toEqual(['send 8 9 11: view-change@1 lock none']);
    expect(relay.hears(others.viewChange(6, 1))).toEqual([]);
    expect(relay.hears(others.viewChange(5, 1))).toEqual([]);
    const fellow = new Lone(configuration, 9);
    expect(fellow.hears(others.viewChange(6, 1))).toEqual([]);
  });

  test('all requests arrive although one member in each group is silent', () => {
    const parish = without([LEADER, 5, 10, 15]);
    parish.submit('a', 8);
    for (let i = 0; i < 4; i += 1) {
      parish.fire('patience');
      parish.fire('bypass');
      parish.fire('view');
    }
    const rest = finals(parish).filter((_, index) => ![LEADER, 5, 10, 15].includes(index));
    expect(new Set(rest).size).toBe(1);
    expect(rest[0]).toMatch(/^view [1-9]/u);
  });
});

describe('a second start from the row (R3, R14)', () => {
  test('a member says the same again, and nothing else, to its carrier', () => {
    const member = new Lone(configuration, 5);
    member.hears(others.certified('a', 1));
    member.hears(others.proposal('a'));
    const again = new Lone(configuration, 5);
    again.row = member.row;
    expect(again.begin()).toEqual(['say prepare a@0 to 4']);
    expect(again.hears(others.proposal('b')).filter((line) => line.startsWith('say'))).toEqual([]);
  });

  test('a parish in which everybody restarts in the middle goes on', () => {
    const parish = new Parish(configuration);
    parish.loses = (_from, _to, { kind }) => kind === 'bundle';
    parish.submit('a', LEADER);
    expect(finals(parish).join('')).toBe('');
    parish.loses = () => false;
    for (const fellow of parish.fellows) fellow.restart();
    parish.run();
    for (let i = 0; i < 3; i += 1) {
      parish.fire('patience');
      parish.fire('bypass');
      parish.fire('view');
    }
    expect(finals(parish).every((final) => final !== '')).toBe(true);
    expect(new Set(parish.fellows.map((fellow) => fellow.finals[0]?.digest)).size).toBe(1);
    expect(parish.fellows.flatMap((fellow) => fellow.evidence)).toEqual([]);
  });

  test('in another epoch the lane begins empty (R13)', () => {
    const member = new Lone(configuration, 1);
    member.hears(others.batch('a'));
    member.tell({ kind: 'begin', configuration: { ...configuration, epoch: 4 }, self: party(1), height: 9, row: null });
    expect(member.state.lane?.row).toEqual({ localView: 0, said: [] });
    expect(member.hears(others.batch('a')).filter((line) => line.startsWith('say'))).toEqual([]);
  });
});
