// R15: what convicts, what does not, and that the culprits of a fork can be found in what was heard.
import { describe, expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import { asVerified } from './checks.ts';
import type { Evidence } from './engine.ts';
import { evidenceChecks, evidenceIn } from './evidence.ts';
import type { ConsensusMessage } from './messages.ts';
import { Cast, configurationOf, party } from './transcript.ts';

const cast = new Cast(configurationOf(4));
const [leader, second, third, fourth] = [0, 1, 2, 3].map((view) => cast.leads(view)) as [number, number, number, number];
const inOrder = (...voters: readonly number[]) => voters.toSorted((a, b) => a - b);
const lock = cast.certificate('prepare', 0, 'a', inOrder(leader, second, third));

function outcome(fault: Evidence['fault'], messages: readonly ConsensusMessage[], culprit = fourth): string | number {
  const checks = evidenceChecks({ culprit: party(culprit), fault, messages }, cast.configuration);
  return isRejection(checks) ? checks.reason : checks.length;
}

describe('a reported proof is two contradictory statements of one signer', () => {
  const commit = cast.vote('commit', fourth, 0, 'a');
  test.each<[string, Evidence['fault'], readonly ConsensusMessage[], string | number]>([
    ['two commits', 'two-digests', [commit, cast.vote('commit', fourth, 0, 'b')], 2],
    ['the same commit twice', 'two-digests', [commit, commit], 'no-contradiction'],
    ['commits of two views', 'two-digests', [commit, cast.vote('commit', fourth, 1, 'b')], 'no-contradiction'],
    ['a prepare and a commit', 'two-digests', [commit, cast.vote('prepare', fourth, 0, 'b')], 'no-contradiction'],
    ['commits of two voters', 'two-digests', [cast.vote('commit', third, 0, 'b'), commit], 'another-signer'],
    ['commits of two heights', 'two-digests', [commit, new Cast(cast.configuration, 8).vote('commit', fourth, 0, 'b')], 'another-height'],
    ['two view changes that differ', 'two-digests', [cast.viewChange(fourth, 1), cast.viewChange(fourth, 1, lock)], 2],
    ['view changes to two views', 'two-digests', [cast.viewChange(fourth, 1), cast.viewChange(fourth, 2)], 'no-contradiction'],
    [
      'a follower’s two prepares as proposals',
      'two-proposals',
      [cast.vote('prepare', fourth, 0, 'a'), cast.vote('prepare', fourth, 0, 'b')],
      'no-contradiction',
    ],
    ['a hidden lock', 'commit-below-lock', [commit, cast.viewChange(fourth, 1)], 2],
    ['a stated lock', 'commit-below-lock', [commit, cast.viewChange(fourth, 1, lock)], 'no-contradiction'],
    [
      'a view change below the commit',
      'commit-below-lock',
      [cast.vote('commit', fourth, 2, 'a'), cast.viewChange(fourth, 1)],
      'no-contradiction',
    ],
    ['a vote for given bytes', 'invalid-value', [cast.proposal(0, 'a'), commit], 2],
    ['a vote for other bytes', 'invalid-value', [cast.proposal(0, 'b'), commit], 'no-contradiction'],
    ['one message', 'two-digests', [commit], 'not-a-pair'],
    ['a final value', 'two-digests', [commit, cast.decided(0, 'b', inOrder(leader, second, third))], 'not-a-statement'],
    ['another epoch', 'two-digests', [{ ...commit, epoch: 2 }, cast.vote('commit', fourth, 0, 'b')], 'wrong-epoch'],
  ])('%s: %s', (_what, fault, messages, expected) => {
    expect(outcome(fault, messages)).toBe(expected);
  });

  test('two proposals of the leader of the view', () => {
    expect(outcome('two-proposals', [cast.vote('prepare', leader, 0, 'a'), cast.vote('prepare', leader, 0, 'b')], leader)).toBe(2);
  });
});

describe('the culprits of a fork', () => {
  const culprits = (messages: readonly ConsensusMessage[]) =>
    inOrder(
      ...new Set(
        evidenceIn(
          messages.map((message) => asVerified(message)),
          cast.configuration,
          7,
        ).map(({ culprit }) => Number.parseInt(culprit, 16)),
      ),
    );

  test('in one view are whoever is in both certificates', () => {
    const forked = [cast.decided(0, 'a', inOrder(leader, second, third)), cast.decided(0, 'b', inOrder(leader, second, fourth))];
    expect(culprits(forked)).toEqual(inOrder(leader, second));
  });

  test('across views are found by the new view between them: they hid what they had committed', () => {
    const asks = inOrder(second, third, fourth).map((voter) => cast.viewChange(voter, 1));
    const forked = [
      cast.proposal(1, 'b', cast.justification(asks)),
      cast.decided(1, 'b', inOrder(second, third, fourth)),
      cast.decided(0, 'a', inOrder(leader, second, third)),
    ];
    expect(culprits(forked)).toEqual(inOrder(second, third));
  });

  test('a height without fork has none', () => {
    const asks = [cast.viewChange(leader, 1, lock), cast.viewChange(second, 1, lock), cast.viewChange(third, 1, lock)];
    expect(
      culprits([...asks, cast.decided(0, 'a', inOrder(leader, second, third)), cast.decided(1, 'a', inOrder(second, third, fourth))]),
    ).toEqual([]);
  });
});
