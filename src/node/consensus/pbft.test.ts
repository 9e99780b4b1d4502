// The flat engine as transcripts: what a voter is told, and what it does.
import { describe, expect, test } from 'vitest';
import { Actor, Cast, configurationOf } from './transcript.ts';

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
