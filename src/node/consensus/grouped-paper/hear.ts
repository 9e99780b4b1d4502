// What is heard, noted: pre-prepares, votes by round, those who wait for another primary, packages. Contradictions become evidence
// (P0-27). It says nothing and decides nothing.
import { present } from '../../base/index.ts';
import { placeOf } from '../circle.ts';
import type { Validity } from '../engine.ts';
import type { PaperPackage, PaperProposal, PaperReplace, PaperRound, PaperVote } from '../messages.ts';
import { voterIndex } from '../roster.ts';
import { certificateOf } from './collect.ts';
import { primariesQuorum } from './primaries.ts';
import { type PaperTurn, holdValue, setBallot, viewAt } from './state.ts';
import { count } from '../tally.ts';

/** A pre-prepare stands for its primary's prepare. */
export function hearProposal(turn: PaperTurn, message: PaperProposal, validity: Validity): void {
  const { round, view, digest, signature, value } = message;
  const ballot = viewAt(turn, view)?.ballots[round];
  if (ballot === undefined) return;
  const { proposal } = ballot;
  if (proposal !== null && proposal.digest !== digest) {
    accuse(turn, proposed(proposal), proposed(message));
    return;
  }
  if (validity === 'valid') holdValue(turn, { digest, bytes: value, cut: [] });
  const { tally } = count(ballot.prepares, indexIn(turn, round, message), { digest, signature });
  setBallot(turn, view, round, { proposal: proposal ?? message, valid: ballot.valid || validity === 'valid', prepares: tally });
}

/** Whoever made the pre-prepare has prepared with it: its own prepare, which the paper has it send, counts for nothing more. */
export function hearVote(turn: PaperTurn, vote: PaperVote): void {
  const { round, phase, view, digest, signature } = vote;
  const known = viewAt(turn, view);
  if (known === null || phase === 'pre-prepare') return;
  const ballot = known.ballots[round];
  if (phase === 'prepare' && ballot.proposal?.signer === vote.signer) return;
  const field = phase === 'prepare' ? 'prepares' : 'commits';
  const index = indexIn(turn, round, vote);
  const { tally, outcome, votes } = count(ballot[field], index, { digest, signature });
  if (outcome === 'conflict') accuse(turn, { ...vote, ...present(ballot[field].casts[index], 'the first vote') }, vote);
  if (outcome !== 'counted') return;
  setBallot(turn, view, round, { [field]: tally });
  const { configuration, collected } = turn.open;
  if (round === 'primaries' && phase === 'commit' && collected === null && votes === primariesQuorum(configuration.groups.length))
    turn.set({ collected: certificateOf(tally, turn.open, view, digest) });
}

export function hearReplace(turn: PaperTurn, { signer, view }: PaperReplace): void {
  const voter = voterIndex(turn.open.configuration, signer);
  if (view > (turn.open.asked[voter] ?? 0)) turn.set({ asked: turn.open.asked.with(voter, view) });
}

/** P0-33: its signatures were verified on the way in. */
export function hearPackage(turn: PaperTurn, { certificate, value }: PaperPackage, validity: Validity): void {
  if (validity !== 'valid') return;
  holdValue(turn, { digest: certificate.digest, bytes: value, cut: [] });
  turn.set({ collected: turn.open.collected ?? certificate });
}

/** By rank in the first round, by group in the second. */
function indexIn(turn: PaperTurn, round: PaperRound, { signer }: Pick<PaperVote, 'signer'>): number {
  const { rank, group } = present(placeOf(turn.open.configuration, signer), 'a place');
  return round === 'group' ? rank : group;
}

function proposed({ epoch, round, height, view, digest, signer, signature }: PaperProposal): PaperVote {
  return { epoch, round, phase: 'pre-prepare', height, view, digest, signer, signature };
}

function accuse(turn: PaperTurn, first: PaperVote, second: PaperVote): void {
  const messages = [first, second].map((vote) => ({ kind: 'paper-vote', ...vote }) as const);
  turn.effects.push({ kind: 'evidence', evidence: { culprit: second.signer, fault: 'two-digests', messages } });
}
