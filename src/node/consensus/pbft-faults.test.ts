// The flat engine when something goes wrong, as transcripts: restarts, stragglers, liars, observers, floods.
import { describe, expect, test } from 'vitest';
import { Actor, Cast, configurationOf, party } from './transcript.ts';

const four = new Cast(configurationOf(4));
const leader = four.leads(0);
const second = four.leads(1);
const third = four.leads(2);
const fourth = four.leads(3);
const inOrder = (...voters: readonly number[]) => voters.toSorted((a, b) => a - b);

describe('after a restart the same words again, never others (R3, R14)', () => {
  test('the votes of the open view', () => {
    const before = new Actor(four, third);
    before.hears(four.proposal(0, 'a'));
    before.hears(four.vote('prepare', fourth, 0, 'a'));
    const after = new Actor(four, third, before.row);
    expect(after.begun).toEqual(['say prepare a@0', 'say commit a@0', 'timer @0']);
    expect(after.hears(four.proposal(0, 'b'))).toEqual([]);
    expect(after.hears(four.vote('prepare', second, 0, 'b'))).toEqual([]);
    expect(after.hearsAll([four.vote('commit', leader, 0, 'a'), four.vote('commit', second, 0, 'a')])).toEqual(['stop timer', 'decide a']);
  });

  test('a leader proposes the same bytes, and asks for no others', () => {
    const before = new Actor(four, leader);
    before.isPending();
    before.isGiven('a');
    const after = new Actor(four, leader, before.row);
    expect(after.begun).toEqual(['say propose a@0', 'timer @0']);
    expect(after.isPending()).toEqual([]);
    expect(after.isGiven('b')).toEqual([]);
  });

  test('a view change with the same lock, and no vote below it', () => {
    const before = new Actor(four, third);
    before.hears(four.proposal(0, 'a'));
    before.hears(four.vote('prepare', fourth, 0, 'a'));
    before.timesOut(0);
    const after = new Actor(four, third, before.row);
    expect(after.begun).toEqual(['say view-change@1 lock a@0', 'timer @1']);
    expect(after.hearsAll([four.proposal(0, 'a'), four.vote('prepare', leader, 0, 'a')])).toEqual([]);
  });

  test('the row of another height is not of this one', () => {
    const before = new Actor(four, third);
    before.hears(four.proposal(0, 'a'));
    expect(() => new Actor(new Cast(four.configuration, 8), third).tell({ ...beginAt(8), row: before.row })).toThrow('R13');
  });

  function beginAt(height: number) {
    return { kind: 'begin', configuration: four.configuration, self: party(third), height, row: null } as const;
  }
});

describe('whoever is below is answered, whoever is above is reported (R9)', () => {
  const done = () => {
    const actor = new Actor(four, third);
    actor.hears(four.decided(0, 'a', inOrder(leader, second, third)));
    return actor;
  };

  test('a view change for a final height gets the final value; the last votes on their way do not', () => {
    const actor = done();
    expect(actor.hears(four.viewChange(fourth, 1))).toEqual([`send ${fourth}: decided`]);
    expect(actor.hears(four.vote('commit', second, 0, 'a'))).toEqual([]);
    expect(actor.begin(undefined, new Cast(four.configuration, 8))).toEqual([]);
    expect(actor.hears(four.viewChange(fourth, 1))).toEqual([`send ${fourth}: decided`]);
    expect(actor.hears(new Cast(four.configuration, 6).vote('commit', fourth, 0, 'x'))).toEqual([`send ${fourth}: decided`]);
  });

  test('a restarted node answers with the last final value that it was given', () => {
    const { kind: _kind, ...last } = new Cast(four.configuration, 6).decided(0, 'x', inOrder(leader, second, fourth));
    const actor = new Actor(four, third, null, last);
    expect(actor.hears(new Cast(four.configuration, 6).viewChange(fourth, 1))).toEqual([`send ${fourth}: decided`]);
  });

  test('two heights up is behind at once; one height up only when it is certain', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    const next = new Cast(four.configuration, 8);
    expect(actor.hears(next.proposal(0, 'b'))).toEqual([]);
    expect(actor.hears(next.vote('commit', fourth, 0, 'b'))).toEqual(['behind 8']);
    expect(actor.hears(next.vote('commit', leader, 0, 'b'))).toEqual([]);
    expect(actor.hears(new Cast(four.configuration, 9).vote('prepare', fourth, 0, 'c'))).toEqual(['behind 9']);
    expect(actor.hears(new Cast(four.configuration, 9).viewChange(fourth, 1))).toEqual(['behind 9']);
    expect(actor.hears(new Cast(four.configuration, 9).viewChange(fourth, 1))).toEqual(['behind 9']);
  });

  test('a voter that others overtook looks for the final value when it times out', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    actor.hears(new Cast(four.configuration, 8).proposal(0, 'b'));
    expect(actor.timesOut(0)[0]).toBe('behind 8');
  });
});

describe('evidence (R15)', () => {
  test('two votes of one phase in one view', () => {
    const actor = new Actor(four, third);
    actor.hears(four.vote('commit', fourth, 0, 'a'));
    expect(actor.hears(four.vote('commit', fourth, 0, 'b'))).toEqual([`evidence two-digests ${fourth}`]);
    expect(actor.hears(four.vote('commit', fourth, 0, 'c'))).toEqual([]);
  });

  test('two proposals of one leader', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    expect(actor.hears(four.proposal(0, 'b'))).toEqual([`evidence two-proposals ${leader}`]);
  });

  test('votes inside certificates are votes', () => {
    const actor = new Actor(four, third);
    actor.hears(four.vote('prepare', fourth, 0, 'b'));
    const lock = four.certificate('prepare', 0, 'a', inOrder(leader, second, fourth));
    expect(actor.hears(four.viewChange(second, 1, lock))).toEqual([`evidence two-digests ${fourth}`]);
  });

  test.each(['commit first', 'view change first'])('a commit and a later view change that hides its lock, %s', (order) => {
    const actor = new Actor(four, third);
    const messages = [four.vote('commit', fourth, 0, 'a'), four.viewChange(fourth, 2)];
    const lines = actor.hearsAll(order === 'commit first' ? messages : messages.toReversed());
    expect(lines).toEqual([`evidence commit-below-lock ${fourth}`]);
  });

  test('a view change after a commit that states the lock convicts nobody', () => {
    const actor = new Actor(four, third);
    const lock = four.certificate('prepare', 0, 'a', inOrder(leader, second, fourth));
    expect(actor.hearsAll([four.vote('commit', fourth, 0, 'a'), four.viewChange(fourth, 2, lock)])).toEqual([]);
  });

  test('votes for invalid bytes, before and after they are seen; unacceptable bytes convict nobody', () => {
    const actor = new Actor(four, third);
    actor.hears(four.vote('prepare', second, 0, 'a'));
    const lines = actor.hears(four.proposal(0, 'a'), 'invalid').toSorted();
    expect(lines).toEqual(inOrder(leader, second).map((voter) => `evidence invalid-value ${voter}`));
    expect(actor.hears(four.vote('commit', fourth, 0, 'a'))).toEqual([`evidence invalid-value ${fourth}`]);
    expect(new Actor(four, third).hears(four.proposal(0, 'a'), 'unacceptable')).toEqual([]);
  });

  test('after the height is final it is still evidence', () => {
    const actor = new Actor(four, third);
    actor.hears(four.decided(0, 'a', inOrder(leader, second, fourth)));
    expect(actor.hears(four.vote('commit', fourth, 0, 'b'))).toEqual([`evidence two-digests ${fourth}`]);
  });
});

describe('observers follow and never say anything', () => {
  const watcher = () => new Actor(four, 9);

  test('they decide from the votes that they see', () => {
    const actor = watcher();
    expect(actor.isPending()).toEqual([]);
    expect(actor.hears(four.proposal(0, 'a'))).toEqual([]);
    expect(actor.hearsAll([leader, second, third].map((voter) => four.vote('commit', voter, 0, 'a')))).toEqual(['decide a']);
  });

  test('they follow to later views', () => {
    const actor = watcher();
    const asks = inOrder(leader, second, fourth).map((voter) => four.viewChange(voter, 12));
    actor.hears(four.proposal(12, 'a', four.justification(asks)));
    expect(actor.hearsAll(asks)).toEqual([]);
  });
});

describe('the state that was handed out never changes', () => {
  test('a step leaves the state that it was given as it was', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    const before = actor.state;
    const copy = structuredClone(before);
    actor.hears(four.vote('prepare', second, 0, 'a'));
    actor.timesOut(0);
    actor.hears(four.viewChange(leader, 1));
    expect(before).toEqual(copy);
    expect(actor.state).not.toEqual(copy);
  });
});

describe('bytes are bounded (R18)', () => {
  test('a leader that proposes without end is held to two values per view', () => {
    const actor = new Actor(four, third);
    for (let i = 0; i < 20; i += 1) actor.hears(four.proposal(0, `value ${i}`));
    expect(actor.state.open?.values.length).toBe(2);
  });

  test('a value that is proposed again in a later view is kept as of that view (seed 66 of the swarm)', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    for (let view = 1; view <= 24; view += 1) {
      const lock = four.certificate('prepare', 0, 'a', inOrder(leader, second, fourth));
      const asks = inOrder(leader, second, fourth).map((voter) => four.viewChange(voter, view, lock));
      expect(actor.hears(four.proposal(view, 'a', four.justification(asks))).filter((line) => line.startsWith('evidence'))).toEqual([]);
    }
    expect(actor.state.open?.row.view).toBe(24);
    expect(actor.state.open?.rounds.length).toBeLessThanOrEqual(18);
  });
});
