// The flat engine as transcripts: what a voter is told, and what it does.
import { describe, expect, test } from 'vitest';
import { Actor, Cast, configurationOf, party } from './transcript.ts';

const four = new Cast(configurationOf(4));
const leader = four.leads(0);
const second = four.leads(1);
const third = four.leads(2);
const fourth = four.leads(3);
const inOrder = (...voters: readonly number[]) => voters.toSorted((a, b) => a - b);

describe('the way of a value without faults', () => {
  test('the leader asks for a value when something is pending, proposes it, and that is its prepare (R2)', () => {
    const actor = new Actor(four, leader);
    expect(actor.begun).toEqual([]);
    expect(actor.isPending()).toEqual(['request value @0', 'timer @0']);
    expect(actor.isGiven('a')).toEqual(['persist propose@0', 'say propose a@0']);
    expect(actor.hears(four.vote('prepare', second, 0, 'a'))).toEqual([]);
    expect(actor.hears(four.vote('prepare', third, 0, 'a'))).toEqual(['persist propose@0 commit@0', 'say commit a@0']);
    expect(actor.hears(four.vote('commit', second, 0, 'a'))).toEqual([]);
    expect(actor.hears(four.vote('commit', third, 0, 'a'))).toEqual(['stop timer', 'decide a']);
    expect(actor.hears(four.vote('commit', fourth, 0, 'a'))).toEqual([]);
  });

  test('a voter prepares a valid proposal, locks and commits at Q prepares, decides at Q commits (R6)', () => {
    const actor = new Actor(four, third);
    expect(actor.hears(four.proposal(0, 'a'))).toEqual(['persist prepare@0', 'say prepare a@0', 'timer @0']);
    expect(actor.hears(four.vote('prepare', second, 0, 'a'))).toEqual(['persist prepare@0 commit@0', 'say commit a@0']);
    expect(actor.row?.lock).toMatchObject({ view: 0, certificate: { votes: { length: 3 } } });
    expect(actor.row?.values).toHaveLength(1);
    expect(actor.hears(four.vote('commit', leader, 0, 'a'))).toEqual([]);
    expect(actor.hears(four.vote('commit', second, 0, 'a'))).toEqual(['stop timer', 'decide a']);
  });

  test('a threshold fires once, and a repeated vote counts once (R6)', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    expect(actor.hears(four.proposal(0, 'a'))).toEqual([]);
    expect(actor.hears(four.vote('prepare', leader, 0, 'a'))).toEqual([]);
    expect(actor.hears(four.vote('prepare', third, 0, 'a'))).toEqual([]);
    expect(actor.hears(four.vote('prepare', second, 0, 'a'))).toHaveLength(2);
    expect(actor.hears(four.vote('prepare', fourth, 0, 'a'))).toEqual([]);
  });

  test.each([
    [1, 0],
    [2, 1],
    [3, 1],
  ])('a consortium of %i decides with %i other votes of each phase (R0)', (members, others) => {
    const cast = new Cast(configurationOf(members));
    const actor = new Actor(cast, cast.leads(0));
    actor.isPending();
    let lines = actor.isGiven('a');
    for (const phase of ['prepare', 'commit'] as const) {
      for (let view = 1; view <= others; view += 1) lines = actor.hears(cast.vote(phase, cast.leads(view), 0, 'a'));
    }
    expect(lines.at(-1)).toBe('decide a');
  });

  test('six voters need four, not 2F+1 = 3 (R0)', () => {
    const six = new Cast(configurationOf(6));
    const actor = new Actor(six, six.leads(1));
    actor.hears(six.proposal(0, 'a'));
    expect(actor.hears(six.vote('prepare', six.leads(2), 0, 'a'))).toEqual([]);
    expect(actor.hears(six.vote('prepare', six.leads(3), 0, 'a'))).toEqual(['persist prepare@0 commit@0', 'say commit a@0']);
  });
});

describe('nobody prepares without bytes that are valid (R4)', () => {
  test.each(['invalid', 'unacceptable'] as const)('not with %s bytes', (validity) => {
    const actor = new Actor(four, third);
    expect(actor.hears(four.proposal(0, 'a'), validity).filter((line) => !line.startsWith('evidence'))).toEqual([]);
  });

  test('not on votes alone: the bytes come first, the commit follows at once', () => {
    const actor = new Actor(four, third);
    expect(actor.hearsAll([four.vote('prepare', second, 0, 'a'), four.vote('prepare', fourth, 0, 'a')])).toEqual([]);
    expect(actor.hears(four.proposal(0, 'a'))).toEqual([
      ...['persist prepare@0', 'say prepare a@0', 'persist prepare@0 commit@0', 'say commit a@0'],
      'timer @0',
    ]);
  });

  test('Q commits without the bytes ask for them and decide when they come', () => {
    const actor = new Actor(four, third);
    const commits = [leader, second, fourth].map((voter) => four.vote('commit', voter, 0, 'a'));
    expect(actor.hearsAll(commits)).toEqual(['behind 8']);
    expect(actor.hears(four.proposal(0, 'a'))).toEqual(['decide a']);
  });
});

describe('views change together (R7)', () => {
  test('the timer runs only while something is pending or said, and no message restarts it', () => {
    const actor = new Actor(four, third);
    expect(actor.isPending()).toEqual(['timer @0']);
    expect(actor.hears(four.vote('prepare', second, 0, 'a'))).toEqual([]);
    expect(actor.isPending(false)).toEqual(['stop timer']);
    expect(actor.isPending()).toEqual(['timer @0']);
    expect(actor.hears(four.proposal(0, 'a'))).not.toContain('timer @0');
    expect(actor.isPending(false)).toEqual([]);
  });

  test('a time-out asks for the next view; the next one only repeats it until Q have asked', () => {
    const actor = new Actor(four, fourth);
    actor.isPending();
    expect(actor.timesOut(0)).toEqual(['persist view-change@1', 'say view-change@1 lock none', 'timer @1']);
    expect(actor.timesOut(0)).toEqual([]);
    expect(actor.timesOut(1)).toEqual(['say view-change@1 lock none', 'timer @1']);
    expect(actor.hears(four.viewChange(leader, 1))).toEqual([]);
    expect(actor.hears(four.viewChange(third, 1))).toEqual(['timer @1']);
    expect(actor.timesOut(1)).toEqual(['persist view-change@1 view-change@2', 'say view-change@2 lock none', 'timer @2']);
  });

  test('one faulty voter moves nobody; the (F+1)-th highest view asked for is joined', () => {
    const actor = new Actor(four, third);
    expect(actor.hears(four.viewChange(fourth, 9))).toEqual([]);
    expect(actor.hears(four.viewChange(leader, 1))).toEqual(['persist view-change@1', 'say view-change@1 lock none', 'timer @1']);
    expect(actor.hears(four.viewChange(leader, 2))).toEqual([
      'persist view-change@1 view-change@2',
      'say view-change@2 lock none',
      'timer @2',
    ]);
  });

  test('after it asked to leave a view it votes there no more (R2)', () => {
    const actor = new Actor(four, fourth);
    actor.isPending();
    actor.timesOut(0);
    expect(actor.hears(four.proposal(0, 'a'))).toEqual([]);
    expect(actor.hearsAll([leader, second, third].map((voter) => four.vote('prepare', voter, 0, 'a')))).toEqual([]);
    expect(actor.row?.lock).toBeNull();
    const commits = [leader, second, third].map((voter) => four.vote('commit', voter, 0, 'a'));
    expect(actor.hearsAll(commits)).toEqual(['stop timer', 'decide a']);
  });

  test('the new leader proposes with Q view changes, and asks for a value where nobody reports a lock (R5)', () => {
    const actor = new Actor(four, second);
    actor.hears(four.viewChange(third, 1));
    expect(actor.hears(four.viewChange(fourth, 1))).toEqual([
      ...['persist view-change@1', 'say view-change@1 lock none', 'timer @1'],
      ...['request value @1', 'timer @1'],
    ]);
    expect(actor.isGiven('b', 1)).toEqual(['persist view-change@1 propose@1', 'say propose b@1']);
    expect(actor.isGiven('c', 1)).toEqual([]);
  });

  test('work that turns up later makes the waiting leader ask again', () => {
    const actor = new Actor(four, second);
    actor.hearsAll([four.viewChange(third, 1), four.viewChange(fourth, 1)]);
    expect(actor.isPending()).toEqual(['request value @1']);
    expect(actor.isPending()).toEqual([]);
  });

  test('messages of views far ahead are not kept (R18)', () => {
    const actor = new Actor(four, third);
    for (let view = 1; view < 200; view += 1) actor.hears(four.vote('prepare', fourth, view, 'a'));
    expect(actor.state.open?.rounds.length).toBe(8);
  });
});

describe('locks are reported, not obeyed (R5)', () => {
  const lock = four.certificate('prepare', 0, 'a', inOrder(leader, third, fourth));

  test('a locked voter states its lock with its certificate and serves the bytes to a leader that may lack them', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    actor.hears(four.vote('prepare', fourth, 0, 'a'));
    expect(actor.timesOut(0)).toEqual([
      ...['persist prepare@0 commit@0 view-change@1', 'say view-change@1 lock a@0'],
      ...[`send ${second}: propose a@0`, 'timer @1'],
    ]);
  });

  test('the new leader proposes the highest lock byte for byte, as soon as it has the bytes', () => {
    const actor = new Actor(four, second);
    actor.hearsAll([four.viewChange(third, 1, lock), four.viewChange(fourth, 1)]);
    expect(actor.isGiven('b', 1)).toEqual([]);
    expect(actor.hears(four.proposal(0, 'a'))).toEqual(['persist view-change@1 propose@1', 'say propose a@1']);
  });

  test('a lock that arrives while the leader waits for a value wins over that value', () => {
    const actor = new Actor(four, second);
    actor.hears(four.proposal(0, 'a'));
    actor.hearsAll([four.viewChange(fourth, 1), four.viewChange(leader, 1)]);
    expect(actor.hears(four.viewChange(third, 1, lock))).toEqual(['persist view-change@1 propose@1', 'say propose a@1']);
    expect(actor.isGiven('b', 1)).toEqual([]);
  });

  test('a new view that proposes something else than its highest lock is not voted for', () => {
    const actor = new Actor(four, third);
    const asks = inOrder(leader, second, fourth).map((voter) => four.viewChange(voter, 1, voter === fourth ? lock : null));
    expect(actor.hears(four.proposal(1, 'b', four.justification(asks))).filter((line) => line.startsWith('say prepare'))).toEqual([]);
    expect(actor.hears(four.proposal(1, 'a', four.justification(asks)))).toContain('say prepare a@1');
  });

  test('a justified new view is voted for whatever the voter has locked itself', () => {
    const actor = new Actor(four, third);
    actor.hears(four.proposal(0, 'a'));
    actor.hears(four.vote('prepare', fourth, 0, 'a'));
    expect(actor.row?.lock?.view).toBe(0);
    const asks = inOrder(leader, second, fourth).map((voter) => four.viewChange(voter, 1));
    expect(actor.hears(four.proposal(1, 'b', four.justification(asks)))).toContain('say prepare b@1');
    expect(actor.hearsAll([leader, second].map((voter) => four.vote('prepare', voter, 1, 'b')))).toContain('say commit b@1');
    expect(actor.row?.lock).toMatchObject({ view: 1 });
    expect(actor.row?.values.length).toBe(1);
  });

  test('a new view of a view below the one asked for is not entered (R2)', () => {
    const actor = new Actor(four, third);
    actor.hearsAll([four.viewChange(leader, 2), four.viewChange(fourth, 2)]);
    const asks = inOrder(leader, second, fourth).map((voter) => four.viewChange(voter, 1));
    expect(actor.hears(four.proposal(1, 'b', four.justification(asks)))).toEqual([]);
  });

  test('a commit certificate of any view ends the height', () => {
    const actor = new Actor(four, third);
    actor.isPending();
    actor.timesOut(0);
    expect(actor.hears(four.decided(0, 'a', inOrder(leader, second, fourth)))).toEqual(['stop timer', 'decide a']);
  });
});

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
