// R1, R5, R6: what is refused before any signature is checked, and which signatures are.
import { describe, expect, test } from 'vitest';
import { isRejection } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { certificateChecks, signatureChecks } from './checks.ts';
import type { Certificate, ConsensusMessage, ViewChange } from './messages.ts';
import { consensusMessage, statement } from './messages.ts';
import { Cast, configurationOf, digestNamed, party } from './transcript.ts';

const configuration = configurationOf(4);
const cast = new Cast(configuration);
const all = [0, 1, 2, 3];
const leader = cast.leads(0);
const follower = cast.leads(1);

function outcome(message: ConsensusMessage): string | number {
  const checks = signatureChecks(message, configuration);
  return isRejection(checks) ? checks.reason : checks.length;
}

function newView(viewChanges: readonly ViewChange[], change: object = {}): ConsensusMessage {
  return cast.proposal(2, 'b', { ...cast.justification(viewChanges), ...change });
}

const lock = cast.certificate('prepare', 1, 'a', [0, 1, 2]);
const askers = [cast.viewChange(0, 2, lock), cast.viewChange(1, 2), cast.viewChange(2, 2)];

describe('what is refused before any signature is checked', () => {
  test.each<[string, ConsensusMessage, string | number]>([
    ['a vote: its own signature', cast.vote('prepare', follower, 0, 'a'), 1],
    ['a stranger’s vote', { ...cast.vote('commit', 1, 0, 'a'), signer: party(9) }, 'stranger'],
    ['a vote of another epoch (R13)', { ...cast.vote('commit', 1, 0, 'a'), epoch: 2 }, 'wrong-epoch'],
    ['a proposal of the leader', cast.proposal(0, 'a'), 1],
    ['a proposal of somebody else (R7)', { ...cast.proposal(0, 'a'), signer: party(follower) }, 'not-the-leader'],
    ['a justification in view 0', { ...newView(askers), view: 0, signer: party(leader) } as ConsensusMessage, 'stray-justification'],
    ['a new view without justification (R5)', cast.proposal(2, 'a'), 'unjustified'],
    ['a new view: proposal, view changes and the highest lock’s certificate', newView(askers), 1 + 3 + 3],
    ['a new view of fewer than Q (R5)', newView(askers.slice(0, 2)), 'below-quorum'],
    ['a new view that counts one voter twice (R5)', newView([askers[0]!, askers[0]!, askers[1]!]), 'unordered'],
    ['a new view with a stranger', newView([...askers.slice(0, 2), { ...cast.viewChange(9, 2) }]), 'stranger'],
    ['a new view made of another view’s requests (R5)', newView([...askers.slice(0, 2), cast.viewChange(2, 3)]), 'mixed-views'],
    ['a new view that states a lock without proof (R5)', newView(askers, { certificate: null }), 'unproven-lock'],
    [
      'a new view that proves another lock than the highest (R5)',
      newView(askers, { certificate: cast.certificate('prepare', 0, 'a', [0, 1, 2]) }),
      'wrong-certificate',
    ],
    [
      'a new view that proves a lock that nobody states',
      newView([cast.viewChange(0, 2), askers[1]!, askers[2]!], { certificate: lock }),
      'stray-certificate',
    ],
    ['a view change without lock', cast.viewChange(1, 2), 1],
    ['a view change with its lock’s certificate', cast.viewChange(1, 2, lock), 4],
    ['a view change that states a lock without proof (R5)', { ...cast.viewChange(1, 2, lock), certificate: null }, 'unproven-lock'],
    ['a view change with half a lock', { ...cast.viewChange(1, 2), lockedView: 1 }, 'half-a-lock'],
    ['a lock in the view asked for', cast.viewChange(1, 1, lock), 'lock-above-view'],
    ['a request for view 0', cast.viewChange(1, 0), 'view-0'],
    ['a commit certificate as a lock (R1)', cast.viewChange(1, 2, { ...lock, phase: 'commit' }), 'wrong-phase'],
    ['a lock of another height', cast.viewChange(1, 2, { ...lock, height: 6 }), 'wrong-certificate'],
    ['a final value with Q commits (R9)', cast.decided(0, 'a', [0, 1, 3]), 3],
    ['a final value of another height', { ...cast.decided(0, 'a', [0, 1, 3]), height: 8 }, 'wrong-certificate'],
    ['a final value with prepares', { ...cast.decided(0, 'a', [0, 1, 3]), certificate: lock }, 'wrong-phase'],
  ])('%s', (_what, message, expected) => {
    expect(outcome(message)).toBe(expected);
  });
});

describe('certificates are all or nothing (R6)', () => {
  const good = cast.certificate('commit', 0, 'a', [0, 1, 2]);
  test.each<[string, Certificate, string | number]>([
    ['Q distinct voters', good, 3],
    ['every signature is listed, beyond Q too', cast.certificate('commit', 0, 'a', all), 4],
    ['fewer than Q', cast.certificate('commit', 0, 'a', [0, 1]), 'below-quorum'],
    ['the same voter twice', cast.certificate('commit', 0, 'a', [0, 1, 1]), 'unordered'],
    ['out of order', cast.certificate('commit', 0, 'a', [0, 2, 1]), 'unordered'],
    ['a stranger', cast.certificate('commit', 0, 'a', [0, 1, 9]), 'stranger'],
    ['an old epoch', { ...good, epoch: 2 }, 'wrong-epoch'],
    ['prepares where commits are needed', { ...good, phase: 'prepare' }, 'wrong-phase'],
  ])('%s', (_what, certificate, expected) => {
    const checks = certificateChecks(certificate, configuration, 'commit');
    expect(isRejection(checks) ? checks.reason : checks.length).toBe(expected);
  });

  test('all entries sign the same height, view and digest, so that mixed views cannot hold', () => {
    const checks = certificateChecks(good, configuration, 'commit');
    if (isRejection(checks)) throw new Error(checks.detail);
    const said = checks.map((check) => decode(statement, check.bytes, 1024));
    for (const [i, one] of said.entries()) {
      expect(one).toMatchObject({ phase: 'commit', height: 7, view: 0, digest: digestNamed('a'), signer: party(i), epoch: 3 });
    }
  });

  test('the leader’s entry in a prepare certificate is its proposal, signed once', () => {
    const checks = certificateChecks(cast.certificate('prepare', 0, 'a', all), configuration, 'prepare');
    if (isRejection(checks)) throw new Error(checks.detail);
    const phases = checks.map((check) => (decode(statement, check.bytes, 1024) as { phase: string }).phase);
    expect(phases).toEqual(all.map((voter) => (voter === leader ? 'propose' : 'prepare')));
  });
});

describe('messages on the wire (R1)', () => {
  test.each<[string, ConsensusMessage]>([
    ['vote', cast.vote('commit', 1, 0, 'a')],
    ['proposal', newView(askers)],
    ['view change', cast.viewChange(1, 2, lock)],
    ['decided', cast.decided(0, 'a', [0, 1, 2])],
  ])('a %s comes back as it was sent', (_what, message) => {
    const bytes = encode(consensusMessage, message);
    expect(decode(consensusMessage, bytes, bytes.byteLength)).toEqual(message);
    expect(decode(consensusMessage, bytes.subarray(1), bytes.byteLength)).toMatchObject({ rejected: true });
  });
});
