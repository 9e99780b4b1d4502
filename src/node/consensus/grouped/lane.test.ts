// Lanes: one statement for each phase and position (R2), durable before it is said (R3, checked by the scene at every one), authors
// that change by moves alone (R8), proofs of guilt (R15), bounds (R18), restarts from the row (R14).
import { describe, expect, test } from 'vitest';
import { authorOf } from '../circle.ts';
import { party } from '../transcript.ts';
import { MAX_AHEAD, MAX_SLOTS_AHEAD, MAX_UNDER_WAY } from './lane.ts';
import { groupedConfiguration } from './lockstep.ts';
import { Lone, Others } from './scene.ts';
import { batchesUnderWay, certifiedBatches } from './state.ts';

// Group 0 is 0 1 2 3; f_g = 1, q_g = 3. Its author in local view v is v mod 4.
const configuration = groupedConfiguration([4, 4, 4, 4]);
const others = new Others(configuration);
const { batch } = { batch: (...args: Parameters<Others['batch']>) => others.batch(...args) };
const vote = (...args: Parameters<Others['laneVote']>) => others.laneVote(...args);
const move = (...args: Parameters<Others['move']>) => others.move(...args);
const says = (lines: readonly string[]) => lines.filter((line) => line.startsWith('say'));
const accuses = (lines: readonly string[]) => lines.filter((line) => line.startsWith('evidence'));

describe('admission (P0-29): pre-prepare, prepare, commit to the author', () => {
  test('a member prepares to its group when the batch comes, and commits to the author at q_g prepares', () => {
    const one = new Lone(configuration, 1);
    expect(one.hears(batch('a'))).toEqual(['batch a', 'persist', 'say lane prepare a@0/0 to 0 2 3']);
    expect(one.hears(vote('prepare', 2, 'a'))).toEqual(['persist', 'say lane commit a@0/0 to 0']);
  });

  test('the author’s batch is its prepare, whatever else it says: it is never counted twice', () => {
    const one = new Lone(configuration, 1);
    one.hears(batch('a'));
    expect(one.hears(vote('prepare', 0, 'a'))).toEqual([]);
  });

  test('q_g commits certify the batch at its author, once', () => {
    const author = new Lone(configuration, 0);
    expect(author.hasRequests('a')).toEqual(['request batch', 'persist', 'say batch a@0/0 to 1 2 3', 'request batch', 'batch a']);
    expect(author.hearsAll([vote('prepare', 1, 'a'), vote('prepare', 2, 'a')])).toEqual(['persist', 'say lane commit a@0/0 to nobody']);
    expect(author.hears(vote('commit', 1, 'a'))).toEqual([]);
    expect(author.hears(vote('commit', 2, 'a'))).toEqual(['batch a certified']);
    expect(author.hears(vote('commit', 3, 'a'))).toEqual([]);
    expect(certifiedBatches(author.state).map(({ certificate }) => certificate.votes.map(({ signer }) => signer))).toEqual([
      [0, 1, 2].map(party),
    ]);
  });
});

describe('one prepare and one commit for each position (R2)', () => {
  test.each<[string, (one: Lone) => readonly string[], readonly string[]]>([
    ['another batch at the position is not prepared', (one) => one.hears(batch('b')), []],
    ['the same batch again: the same votes again', (one) => one.hears(batch('a')), ['say lane prepare a@0/0 to 0 2 3']],
    [
      'q_g prepares for a batch that it does not hold: no commit (R4)',
      (one) => one.hearsAll([0, 2, 3].map((member) => vote('prepare', member, 'b'))),
      [],
    ],
    [
      'more than q_g prepares: one commit',
      (one) => one.hearsAll([2, 3].map((member) => vote('prepare', member, 'a'))),
      ['say lane commit a@0/0 to 0'],
    ],
    ['a batch that is judged invalid', (one) => one.hears(batch('c', 0, 1), 'invalid'), []],
    ['another group’s batch', (one) => one.hears(batch('c', 1)), []],
    ['another group’s votes', (one) => one.hearsAll([4, 5, 6].map((member) => vote('prepare', member, 'c', 1))), []],
  ])('%s', (_what, happens, expected) => {
    const one = new Lone(configuration, 1);
    one.hears(batch('a'));
    expect(says(happens(one))).toEqual(expected);
  });

  test('prepares before the batch are counted, but nothing is said before its bytes are here (R4)', () => {
    const one = new Lone(configuration, 1);
    expect(one.hearsAll([vote('prepare', 2, 'a'), vote('prepare', 3, 'a')])).toEqual([]);
    expect(says(one.hears(batch('a')))).toEqual(['say lane prepare a@0/0 to 0 2 3', 'say lane commit a@0/0 to 0']);
  });

  test('q_g prepares without the batch: no commit (R4)', () => {
    const seven = groupedConfiguration([7, 4, 4]);
    const one = new Lone(seven, 1);
    expect(one.hearsAll([2, 3, 4, 5, 6].map((member) => vote('prepare', member, 'a')))).toEqual([]);
    expect(says(one.hears(batch('a'))).at(-1)).toBe('say lane commit a@0/0 to 0');
  });

  test('votes are repeated a few times only, however often the batch comes (R18)', () => {
    const one = new Lone(configuration, 1);
    let repeated = 0;
    for (let i = 0; i < 50; i += 1) repeated += says(one.hears(batch('a'))).length;
    expect(repeated).toBe(1 + 8);
  });
});

describe('restarts from the row (R3, R14)', () => {
  test('what was prepared is not prepared differently', () => {
    const one = new Lone(configuration, 1);
    one.hears(batch('a'));
    const again = one.restarted();
    expect(says(again.hears(batch('b')))).toEqual([]);
    expect(again.row?.lane.said.map(({ phase }) => phase)).toEqual(['prepare']);
  });

  test('the same batch is voted for in the same words, and what follows from it goes on', () => {
    const one = new Lone(configuration, 1);
    one.hears(batch('a'));
    const again = one.restarted();
    again.hears(batch('a'));
    expect(says(again.hears(batch('a')))).toEqual(['say lane prepare a@0/0 to 0 2 3']);
    expect(says(again.hearsAll([vote('prepare', 2, 'a'), vote('prepare', 3, 'a')]))).toEqual(['say lane commit a@0/0 to 0']);
  });

  test('an author gives no position a second batch', () => {
    const author = new Lone(configuration, 0);
    author.hasRequests('a');
    const again = author.restarted();
    expect(says(again.hasRequests('b'))).toEqual(['say batch b@0/1 to 1 2 3']);
  });

  test('a member follows no author whom it has left', () => {
    const one = new Lone(configuration, 1);
    one.hearsAll([move(2, 1), move(3, 1)]);
    const again = one.restarted();
    expect(again.row?.lane.localView).toBe(1);
    expect(says(again.hears(batch('a')))).toEqual([]);
  });

  test('bytes that were voted for are still held', () => {
    const one = new Lone(configuration, 1);
    one.hears(batch('a'));
    expect(one.row?.batches.map(({ reference, certificate }) => [reference.sequence, certificate])).toEqual([[0, null]]);
    const again = one.restarted();
    again.hears(others.news('a', 0));
    expect(certifiedBatches(again.state)).toHaveLength(1);
  });
});

describe('authors change by moves alone (R8)', () => {
  test.each<[string, (one: Lone) => readonly string[], readonly string[]]>([
    ['one move, f_g: nothing', (one) => one.hears(move(2, 1)), []],
    ['f_g+1 moves: it moves as well', (one) => one.hearsAll([move(2, 1), move(3, 1)]), ['say move to local view 1 to 0 2 3']],
    ['one member twice: nothing', (one) => one.hearsAll([move(2, 1), move(2, 2)]), []],
    [
      'moves to different views: the one that f_g+1 reached',
      (one) => one.hearsAll([move(2, 7), move(3, 2)]),
      ['say move to local view 2 to 0 2 3'],
    ],
    ['another group’s moves: nothing', (one) => one.hearsAll([move(5, 1, 1), move(6, 1, 1)]), []],
    ['a request waits too long', (one) => one.isOverdue(), ['say move to local view 1 to 0 2 3']],
  ])('%s', (_what, happens, expected) => {
    expect(says(happens(new Lone(configuration, 1)))).toEqual(expected);
  });

  test('alone it asks again, but goes no further before f_g+1 are with it', () => {
    const one = new Lone(configuration, 1);
    one.isOverdue();
    // Also as the author of the local view that it moved to: nobody may have heard.
    expect(one.isOverdue()).toEqual(['say move to local view 1 to 0 2 3']);
    one.hears(move(3, 1));
    expect(one.isOverdue()).toEqual([]);
    const two = new Lone(configuration, 2);
    two.hearsAll([move(1, 1), move(3, 1)]);
    expect(says(two.isOverdue())).toEqual(['say move to local view 2 to 0 1 3']);
  });

  test('the author repeats its batches when they are overdue', () => {
    const author = new Lone(configuration, 0);
    author.hasRequests('a');
    expect(author.isOverdue()).toEqual(['send 1 2 3: batch']);
  });

  test('after a move it votes in no lower local view, not even a commit that it owes', () => {
    const one = new Lone(configuration, 3);
    one.hears(batch('a'));
    one.hearsAll([move(1, 1), move(2, 1)]);
    expect(says(one.hearsAll([vote('prepare', 1, 'a'), vote('prepare', 2, 'a'), batch('b', 0, 1)]))).toEqual([]);
  });

  test('the next author begins at sequence 0, with the moves of f_g+1 as its proof', () => {
    const next = new Lone(configuration, 1);
    next.hears(move(2, 1));
    expect(says(next.hasRequests('a'))).toEqual([]);
    const lines = next.hears(move(3, 1));
    expect(says(lines)).toEqual(['say move to local view 1 to 0 2 3', 'say batch a@1/0 to 0 2 3']);
  });

  test('alone in a local view, its author proposes nothing', () => {
    const next = new Lone(configuration, 1);
    next.isOverdue();
    expect(says(next.hasRequests('a'))).toEqual([]);
    expect(says(next.hears(move(2, 1)))).toEqual(['say batch a@1/0 to 0 2 3']);
  });

  test('a member that missed the moves follows the proof that the batch carries', () => {
    const two = new Lone(configuration, 2);
    const moves = [move(1, 1), move(3, 1)].map(({ kind: _, ...rest }) => rest);
    expect(says(two.hears(batch('a', 0, 0, 1, moves)))).toEqual(['say move to local view 1 to 0 1 3', 'say lane prepare a@1/0 to 0 1 3']);
  });

  test('earlier certified batches stay what they are', () => {
    const one = new Lone(configuration, 1);
    one.hears(others.certified('a', 0));
    one.hearsAll([move(2, 1), move(3, 1)]);
    expect(certifiedBatches(one.state)).toHaveLength(1);
  });

  test('the author that was left proposes nothing more', () => {
    const author = new Lone(configuration, 0);
    author.hearsAll([move(1, 1), move(2, 1)]);
    expect(says(author.hasRequests('a'))).toEqual([]);
  });
});

describe('guilt (R15): two digests at one position in one phase', () => {
  const silent = [] as readonly string[];
  test.each<[string, (one: Lone) => readonly string[], readonly string[]]>([
    ['two batches of the author', (one) => one.hearsAll([batch('a'), batch('b')]), ['evidence two-digests 0']],
    ['two prepares', (one) => one.hearsAll([vote('prepare', 2, 'a'), vote('prepare', 2, 'b')]), ['evidence two-digests 2']],
    ['two commits', (one) => one.hearsAll([vote('commit', 3, 'a'), vote('commit', 3, 'b')]), ['evidence two-digests 3']],
    ['the same again is none', (one) => one.hearsAll([vote('commit', 3, 'a'), vote('commit', 3, 'a')]), silent],
    ['a prepare and another commit are none', (one) => one.hearsAll([vote('prepare', 3, 'a'), vote('commit', 3, 'b')]), silent],
    ['a batch and another prepare of its author are none', (one) => one.hearsAll([batch('a'), vote('prepare', 0, 'b')]), silent],
    ['two positions are none', (one) => one.hearsAll([vote('commit', 3, 'a'), vote('commit', 3, 'b', 0, 1)]), silent],
    ['a change of the local view is none (R10)', (one) => one.hearsAll([move(2, 1), move(2, 2), move(3, 1)]), silent],
    [
      'two certificates of one position: whoever is in both',
      (one) => one.hearsAll([others.certified('a', 1, 0, 0, [4, 5, 6]), others.certified('b', 1, 0, 0, [5, 6, 7])]),
      ['evidence two-digests 5', 'evidence two-digests 6'],
    ],
    ['two certificates of two positions are none', (one) => one.hearsAll([others.certified('a', 1), others.certified('b', 1, 1)]), silent],
  ])('%s', (_what, happens, expected) => {
    expect(accuses(happens(new Lone(configuration, 1)))).toEqual(expected);
  });

  test('whoever contradicts itself without end is reported once', () => {
    const one = new Lone(configuration, 1);
    const lines = Array.from({ length: 50 }, (_, i) => one.hears(vote('commit', 3, `a${i}`))).flat();
    expect(lines).toEqual(['evidence two-digests 3']);
    expect(one.hearsAll([vote('commit', 2, 'a'), vote('commit', 2, 'b')])).toEqual(['evidence two-digests 2']);
  });

  test('a leader lists one batch for each position, even where two are certified (R4)', () => {
    const one = new Lone(configuration, 1);
    one.hearsAll([others.certified('b', 1), others.certified('a', 1), others.certified('c', 1, 1)]);
    expect(certifiedBatches(one.state).map(({ reference }) => reference.sequence)).toEqual([0, 1]);
  });
});

describe('bounds (R18)', () => {
  test('positions far above the last ordered one are not kept', () => {
    const one = new Lone(configuration, 1);
    for (let sequence = 0; sequence < 3 * MAX_SLOTS_AHEAD; sequence += 1) one.hears(vote('prepare', 2, 'a', 0, sequence));
    expect(one.state.lane?.slots).toHaveLength(MAX_SLOTS_AHEAD);
    for (let localView = 1; localView < 100; localView += 1) one.hears(vote('prepare', 2, 'a', 0, 0, localView));
    expect(one.state.lane?.slots).toHaveLength(MAX_SLOTS_AHEAD);
  });

  test('an author has a few batches under way, and a window above the last ordered one', () => {
    const author = new Lone(configuration, 0);
    const names = Array.from({ length: 40 }, (_, i) => `batch ${i}`);
    const proposed = () => new Set(batchesUnderWay(author.state).map(({ reference }) => reference.sequence)).size;
    author.hasRequests(...names);
    for (let i = 0; i < 40; i += 1) author.hasRequests();
    expect(proposed()).toBe(MAX_UNDER_WAY);
    for (let round = 0; round < 40; round += 1) {
      for (const { reference, certificate } of batchesUnderWay(author.state))
        for (const phase of ['prepare', 'commit'] as const)
          if (certificate === null) author.hearsAll([1, 2, 3].map((member) => ({ ...vote(phase, member, 'a'), reference })));
      author.hasRequests();
    }
    expect(proposed()).toBe(MAX_AHEAD);
    author.begin([{ group: 0, localView: 0, sequence: 3 }], 9);
    author.hasRequests();
    expect(Math.max(...batchesUnderWay(author.state).map(({ reference }) => reference.sequence))).toBeGreaterThanOrEqual(MAX_AHEAD);
  });

  test('what is ordered is forgotten, in every part of the lane', () => {
    const one = new Lone(configuration, 1);
    one.hearsAll([batch('a'), batch('b', 0, 1), others.certified('a', 0), others.certified('c', 2), others.news('d', 3)]);
    one.begin(
      [0, 2, 3].map((group) => ({ group, localView: 0, sequence: 0 })),
      9,
    );
    expect(batchesUnderWay(one.state).map(({ reference }) => [reference.group, reference.sequence])).toEqual([[0, 1]]);
    expect(one.state.lane?.wanted).toEqual([]);
    expect(one.state.lane?.row.said.map(({ reference }) => reference.sequence)).toEqual([1]);
  });

  test('an old position is not voted for again', () => {
    const one = new Lone(configuration, 1);
    one.begin([{ group: 0, localView: 0, sequence: 4 }], 9);
    expect(says(one.hears(batch('a', 0, 4)))).toEqual([]);
    expect(one.state.lane?.slots).toEqual([]);
  });
});

describe('the convicted (P0-27)', () => {
  const authors = (barred: readonly number[]) => {
    const under = { ...configuration, barred: barred.map(party) };
    return new Set([0, 1, 2, 3, 4, 5, 6, 7].map((localView) => Number.parseInt(authorOf(under, 0, localView), 16)));
  };

  test('author nothing, and local views go through the others', () => {
    expect(authors([2])).toEqual(new Set([0, 1, 3]));
  });

  test('but where too few others are left for the lane, everybody does', () => {
    expect(authors([0, 1, 2])).toEqual(new Set([0, 1, 2, 3]));
  });
});
