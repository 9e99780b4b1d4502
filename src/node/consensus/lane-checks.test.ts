// R1, R8, R15, T6: what is refused of a lane's messages before any signature is checked, and which pairs of them convict.
import { describe, expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import { signatureChecks } from './checks.ts';
import type { Configuration, Evidence } from './engine.ts';
import { evidenceChecks } from './evidence.ts';
import { groupedConfiguration } from './grouped/lockstep.ts';
import { Others } from './grouped/scene.ts';
import type { Batch, ConsensusMessage } from './messages.ts';
import { moves } from './samples.ts';
import { configurationOf, party } from './transcript.ts';

// Group 0 is 0 1 2 3, f_g = 1, q_g = 3; group 2 is 8 to 14, f_g = 2, q_g = 5.
const configuration = groupedConfiguration([4, 4, 7]);
const others = new Others(configuration);

function outcome(message: ConsensusMessage, under: Configuration = configuration): string | number {
  const checks = signatureChecks(message, under);
  return isRejection(checks) ? checks.reason : checks.length;
}

describe('batches: by the author of their local view, with the moves that made it author (R8)', () => {
  const later = (change: Partial<Batch>): ConsensusMessage => ({ ...others.batch('a', 0, 0, 1, moves(1, [2, 3])), ...change });
  test.each<[string, ConsensusMessage, string | number]>([
    ['of the author', others.batch('a'), 1],
    ['of another member', { ...others.batch('a'), signer: party(1) }, 'not-the-author'],
    ['of another group’s author', { ...others.batch('a'), signer: party(4) }, 'not-the-author'],
    ['in local view 0 with moves', { ...others.batch('a'), moves: moves(1, [1, 2]) }, 'stray-moves'],
    ['in local view 1 with f_g+1 moves', later({}), 3],
    ['in local view 1 without moves', later({ moves: [] }), 'below-quorum'],
    ['in local view 1 with f_g moves', later({ moves: moves(1, [2]) }), 'below-quorum'],
    ['with one member’s move twice', later({ moves: moves(1, [2, 2]) }), 'unordered'],
    ['with moves out of order', later({ moves: moves(1, [3, 2]) }), 'unordered'],
    ['with moves to another local view', later({ moves: moves(2, [2, 3]) }), 'mixed-views'],
    ['with another group’s moves', later({ moves: moves(1, [4, 5], 1) }), 'mixed-views'],
    ['with strangers’ moves', later({ moves: moves(1, [4, 5]) }), 'stranger'],
    ['with moves of an old epoch', later({ moves: moves(1, [2, 3]).map((move) => ({ ...move, epoch: 2 })) }), 'wrong-epoch'],
    ['in a local view that went around: rank is taken mod m', others.batch('a', 0, 0, 5, moves(5, [2, 3])), 3],
    ['of a group that is not there', { ...others.batch('a'), reference: { ...others.batch('a').reference, group: 3 } }, 'no-such-group'],
    ['of a larger group with too few moves for it', others.batch('a', 2, 0, 1, moves(1, [9, 10], 2)), 'below-quorum'],
    ['of a larger group with f_g+1 moves', others.batch('a', 2, 0, 1, moves(1, [9, 10, 11], 2)), 4],
  ])('%s', (_what, message, expected) => {
    expect(outcome(message)).toBe(expected);
  });
});

describe('votes and moves: by members of the group', () => {
  test.each<[string, ConsensusMessage, string | number]>([
    ['a prepare', others.laneVote('prepare', 2, 'a'), 1],
    ['a commit', others.laneVote('commit', 2, 'a'), 1],
    ['a commit of another group’s member', others.laneVote('commit', 5, 'a'), 'stranger'],
    ['the author’s own statement', others.laneVote('batch', 0, 'a'), 1],
    ['that statement of another member', others.laneVote('batch', 1, 'a'), 'not-the-author'],
    [
      'a vote about a group that is not there',
      { ...others.laneVote('commit', 2, 'a'), reference: { ...others.batch('a').reference, group: 9 } },
      'no-such-group',
    ],
    ['a move', others.move(2, 1), 1],
    ['a move of another group’s member', others.move(5, 1), 'stranger'],
    ['a move to local view 0', others.move(2, 0), 'view-0'],
    ['a move in a group that is not there', others.move(2, 1, 9), 'no-such-group'],
  ])('%s', (_what, message, expected) => {
    expect(outcome(message)).toBe(expected);
  });
});

describe('lane certificates are all or nothing (R6, T6)', () => {
  const certified = (signers: readonly number[], group = 1) => others.certified('a', group, 0, 0, signers);
  test.each<[string, ConsensusMessage, string | number]>([
    ['q_g members', certified([4, 5, 6]), 3],
    ['more than q_g: every signature is checked', certified([4, 5, 6, 7]), 4],
    ['fewer', certified([4, 5]), 'below-quorum'],
    ['a quorum of a small group in a larger one', certified([8, 9, 10], 2), 'below-quorum'],
    ['one member twice', certified([4, 5, 5]), 'unordered'],
    ['out of order', certified([5, 4, 6]), 'unordered'],
    ['a member of another group', certified([3, 4, 5]), 'stranger'],
    ['news without bytes', others.news('a', 1), 3],
  ])('%s', (_what, message, expected) => {
    expect(outcome(message)).toBe(expected);
  });

  test('where there are no groups, no lane has anything to say', () => {
    const flat = configurationOf(4);
    for (const message of [others.batch('a'), others.laneVote('commit', 2, 'a'), others.move(2, 1), others.certified('a', 0)])
      expect(outcome(message, flat)).toBe('no-such-group');
  });
});

describe('contradictory: two digests at one position in one phase convict, nothing else in a lane does (R10, R15)', () => {
  function verdict(messages: readonly ConsensusMessage[], culprit: number, fault: Evidence['fault'] = 'two-digests'): string | number {
    const checks = evidenceChecks({ culprit: party(culprit), fault, messages }, configuration);
    return isRejection(checks) ? checks.reason : checks.length;
  }

  const commit = others.laneVote('commit', 2, 'a');
  test.each<[string, readonly ConsensusMessage[], number, string | number]>([
    ['two commits', [commit, others.laneVote('commit', 2, 'b')], 2, 2],
    ['two prepares', [others.laneVote('prepare', 2, 'a'), others.laneVote('prepare', 2, 'b')], 2, 2],
    ['two batches of an author', [others.laneVote('batch', 0, 'a'), others.laneVote('batch', 0, 'b')], 0, 2],
    ['the same twice', [commit, commit], 2, 'no-contradiction'],
    ['a prepare and a commit', [others.laneVote('prepare', 2, 'b'), commit], 2, 'no-contradiction'],
    ['two positions', [commit, others.laneVote('commit', 2, 'b', 0, 1)], 2, 'another-height'],
    ['two local views', [commit, others.laneVote('commit', 2, 'b', 0, 0, 1)], 2, 'another-height'],
    ['two members', [others.laneVote('commit', 3, 'b'), commit], 2, 'another-signer'],
    ['somebody else is accused', [commit, others.laneVote('commit', 2, 'b')], 3, 'another-signer'],
    ['a vote of a lane and one of a height (R1)', [commit, others.vote('commit', 2, 'b')], 2, 'another-height'],
    ['a move is no crime', [commit, others.move(2, 1)], 2, 'not-a-statement'],
    ['two batches as messages', [others.batch('a'), others.batch('b')], 0, 'not-a-statement'],
    ['an old epoch', [{ ...commit, epoch: 2 }, others.laneVote('commit', 2, 'b')], 2, 'wrong-epoch'],
    ['one statement', [commit], 2, 'not-a-pair'],
  ])('%s', (_what, messages, culprit, expected) => {
    expect(verdict(messages, culprit)).toBe(expected);
  });

  test.each<Evidence['fault']>(['two-proposals', 'commit-below-lock', 'invalid-value'])('%s is no fault of a lane', (fault) => {
    expect(verdict([commit, others.laneVote('commit', 2, 'b')], 2, fault)).toBe('no-contradiction');
  });
});
