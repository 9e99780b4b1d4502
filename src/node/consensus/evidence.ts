// Proofs of guilt (R15): finding them in whatever was heard about a height, also after a fork, and checking those that others
// report. Every proof is two statements that no correct member signs both of; what a message carries beside its own
// signature proves nothing and is not looked at.
import { type Rejection, isRejection, reject } from '../base/index.ts';
import { ownCheck } from './checks.ts';
import type { Configuration, Evidence, Verified } from './engine.ts';
import { hearCertificate, hearProposal, hearViewChange, hearVote } from './hear.ts';
import { type AgreementMessage, type ConsensusMessage, type Vote, heightOf, isAgreementMessage, viewOf } from './messages.ts';
import { leaderOf } from './roster.ts';
import { Turn, openHeight } from './state.ts';
import type { SignatureCheck } from './statement.ts';

/** Every proof of guilt in verified messages about one height of one epoch. Of a fork they name at least F+1 members. */
export function evidenceIn(
  messages: readonly Verified<ConsensusMessage>[],
  configuration: Configuration,
  height: number,
): readonly Evidence[] {
  const about = messages.filter((message) => isAbout(message, height));
  const open = openHeight(configuration, null, height, null);
  const highest = about.reduce((view, message) => Math.max(view, viewOf(message)), 0);
  const turn = new Turn({ ...open, row: { ...open.row, askedView: highest } });
  for (const message of about) {
    if (message.kind === 'decided' || message.kind === 'certified') hearCertificate(turn, message.certificate);
    else if (message.kind === 'bundle') hearCertificate(turn, message);
    else if (message.kind === 'vote') hearVote(turn, message);
    else if (message.kind === 'view-change') hearViewChange(turn, message, false);
    else hearProposal(turn, message, 'unacceptable');
  }
  return turn.effects.flatMap((effect) => (effect.kind === 'evidence' ? [effect.evidence] : []));
}

function isAbout(message: ConsensusMessage, height: number): message is AgreementMessage & Verified<ConsensusMessage> {
  return isAgreementMessage(message) && heightOf(message) === height;
}

/**
 * The two signatures to check in a reported proof, or why it proves nothing. For `invalid-value` the participant judges the
 * bytes of the first message as well.
 */
export function evidenceChecks(evidence: Evidence, configuration: Configuration): readonly SignatureCheck[] | Rejection {
  const [first, second] = evidence.messages;
  if (evidence.messages.length !== 2 || first === undefined || second === undefined) return reject('not-a-pair', 'a proof is two messages');
  if (!isStatement(first) || !isStatement(second)) return reject('not-a-statement', 'what nobody signed accuses nobody');
  if (placeOf(first) !== placeOf(second))
    return reject('another-height', 'the two messages are about different heights or places in a lane');
  if (second.signer !== evidence.culprit) return reject('another-signer', 'the second message is not the culprit’s');
  if (evidence.fault !== 'invalid-value' && first.signer !== evidence.culprit) {
    return reject('another-signer', 'the first message is not the culprit’s');
  }
  if (!contradicts(evidence.fault, first, second, configuration)) return reject('no-contradiction', 'a correct member may sign both');
  const one = ownCheck(first, configuration);
  if (isRejection(one)) return one;
  const other = ownCheck(second, configuration);
  return isRejection(other) ? other : [...one, ...other];
}

type Signed = Extract<ConsensusMessage, { kind: 'proposal' | 'vote' | 'view-change' | 'lane-vote' }>;

function isStatement(message: ConsensusMessage): message is Signed {
  return message.kind === 'proposal' || message.kind === 'vote' || message.kind === 'view-change' || message.kind === 'lane-vote';
}

/** The height, or the position in a lane. */
function placeOf(message: Signed): string {
  if (message.kind !== 'lane-vote') return `height ${message.height}`;
  const { group, localView, sequence } = message.reference;
  return `lane ${group} ${localView} ${sequence}`;
}

function contradicts(fault: Evidence['fault'], first: Signed, second: Signed, configuration: Configuration): boolean {
  switch (fault) {
    case 'two-digests':
      if (first.kind === 'view-change' && second.kind === 'view-change') {
        return first.view === second.view && (first.lockedView !== second.lockedView || first.lockedDigest !== second.lockedDigest);
      }
      if (first.kind === 'lane-vote' && second.kind === 'lane-vote')
        return first.phase === second.phase && first.reference.digest !== second.reference.digest;
      return first.kind === 'vote' && second.kind === 'vote' && twoDigests(first, second);
    case 'two-proposals':
      if (first.kind !== 'vote' || second.kind !== 'vote' || first.phase !== 'prepare') return false;
      return twoDigests(first, second) && first.signer === leaderOf(configuration, first.height, first.view);
    case 'commit-below-lock':
      if (first.kind !== 'vote' || first.phase !== 'commit' || second.kind !== 'view-change') return false;
      return second.view > first.view && (second.lockedView ?? -1) < first.view;
    case 'invalid-value':
      return first.kind === 'proposal' && second.kind === 'vote' && first.view === second.view && first.digest === second.digest;
  }
}

function twoDigests(first: Vote, second: Vote): boolean {
  return first.phase === second.phase && first.view === second.view && first.digest !== second.digest;
}
