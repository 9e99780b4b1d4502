// What the flat engine notes of a verified message: votes into tallies, view changes into rounds, bytes among the values,
// contradictions into evidence (R15). It says nothing and decides nothing; `advance` draws the conclusions.
import { type PartyId, present } from '../base/index.ts';
import { highestLock } from './checks.ts';
import type { Evidence, Validity } from './engine.ts';
import type { BatchReference, Certificate, ConsensusMessage, Decided, Proposal, ViewChange, Vote } from './messages.ts';
import { leaderOf, voterIndex } from './roster.ts';
import { type Open, type Round, type Turn, holdValue, roundOf, setRound } from './state.ts';
import { certificateFrom, count } from './tally.ts';

/** Notes a vote; a proposal comes here as its leader's prepare. */
export function hearVote(turn: Turn, vote: Vote): void {
  const voter = voterIndex(turn.open.configuration, vote.signer);
  const round = voter < 0 ? null : roundOf(turn, vote.view);
  if (round === null) return;
  const field = vote.phase === 'prepare' ? 'prepares' : 'commits';
  const { tally, outcome, votes } = count(round[field], voter, { digest: vote.digest, signature: vote.signature });
  if (outcome === 'repeated') return;
  if (outcome === 'conflict') {
    const first = present(round[field].casts[voter], 'the first vote');
    const leads = vote.phase === 'prepare' && vote.signer === leaderOf(turn.open.configuration, vote.height, vote.view);
    accuse(turn, vote.signer, leads ? 'two-proposals' : 'two-digests', [
      { kind: 'vote', ...vote, digest: first.digest, signature: first.signature },
      { kind: 'vote', ...vote },
    ]);
    return;
  }
  setRound(turn, vote.view, { [field]: tally });
  if (round.invalid?.digest === vote.digest) accuseOfInvalid(turn, round.invalid, vote);
  if (vote.phase === 'prepare') return;
  accuseBelowLock(turn, vote, voter);
  if (votes === turn.open.configuration.quorum && turn.open.commit === null) {
    const { height, view, digest } = vote;
    turn.set({ commit: certificateFrom(tally, turn.open.configuration, { phase: 'commit', height, view, digest }) });
  }
}

/** Every vote in a certificate is a vote, whoever carries it (R9). */
export function hearCertificate(turn: Turn, certificate: Certificate): void {
  const { votes, ...about } = certificate;
  for (const { signer, signature } of votes) hearVote(turn, { ...about, signer, signature });
}

/** Notes a request for a view. In a new view's justification it comes without its certificate and only counts as asked. */
export function hearViewChange(turn: Turn, message: ViewChange, proven: boolean): void {
  const { configuration, asked } = turn.open;
  const voter = voterIndex(configuration, message.signer);
  if (voter < 0) return;
  if (message.view > (asked[voter] ?? 0)) turn.set({ asked: asked.with(voter, message.view) });
  if (message.certificate !== null) hearCertificate(turn, message.certificate);
  const round = roundOf(turn, message.view);
  if (round === null) return;
  const bare: ViewChange = { ...message, certificate: null };
  if (!agrees(turn, round, bare, voter) || !proven || round.asks[voter] !== null) return;
  const { certificate } = message;
  const higher = certificate !== null && certificate.view > (round.lockCertificate?.view ?? -1);
  setRound(turn, message.view, { asks: round.asks.with(voter, bare), lockCertificate: higher ? certificate : round.lockCertificate });
}

/** Holds a statement against what its signer said before (R15). Returns whether it agrees with its first one for this view. */
function agrees(turn: Turn, round: Round, ask: ViewChange, voter: number): boolean {
  const before = round.stated[voter] ?? null;
  if (before !== null) {
    if (before.lockedView === ask.lockedView && before.lockedDigest === ask.lockedDigest) return true;
    accuse(turn, ask.signer, 'two-digests', [
      { kind: 'view-change', ...before },
      { kind: 'view-change', ...ask },
    ]);
    return false;
  }
  setRound(turn, round.view, { stated: round.stated.with(voter, ask) });
  for (const other of turn.open.rounds) {
    const commit = other.commits.casts[voter] ?? null;
    if (commit === null || other.view >= ask.view || other.view <= (ask.lockedView ?? -1)) continue;
    accuse(turn, ask.signer, 'commit-below-lock', [
      { kind: 'vote', ...aboutVote(turn.open, ask.signer), phase: 'commit', view: other.view, ...commit },
      { kind: 'view-change', ...ask },
    ]);
  }
  return true;
}

/** Notes a proposal: its leader's vote, what it proves, and its bytes where they are valid and follow from R5. */
export function hearProposal(turn: Turn, message: Proposal, validity: Validity): void {
  const { epoch, height, view, digest, signer, signature, justification } = message;
  const vote: Vote = { epoch, phase: 'prepare', height, view, digest, signer, signature };
  hearVote(turn, vote);
  if (justification !== null) {
    for (const viewChange of justification.viewChanges) hearViewChange(turn, viewChange, false);
    if (justification.certificate !== null) hearCertificate(turn, justification.certificate);
  }
  if (roundOf(turn, view) === null) return;
  if (validity === 'invalid') {
    hearInvalid(turn, message);
    return;
  }
  // Recomputed here by every receiver, whatever it has locked itself (R5).
  const highest = justification === null ? null : highestLock(justification.viewChanges);
  if (validity !== 'valid' || (highest !== null && highest.lockedDigest !== digest)) return;
  const held = holdValue(turn, { digest, bytes: message.value, cut: cutOf(message), view });
  if (held && turn.open.rounds.find((round) => round.view === view)?.proposal === null) setRound(turn, view, { proposal: message });
}

/** A commit certificate of any view ends the height (R5). */
export function hearDecided(turn: Turn, message: Decided, validity: Validity): void {
  hearCertificate(turn, message.certificate);
  if (validity !== 'valid') return;
  const { digest, view } = message.certificate;
  const held = turn.open.values.find((value) => value.digest === digest);
  const others = turn.open.values.filter((value) => value !== held);
  // A final value needs its batches no more: whoever judged it has them.
  const value = { digest, bytes: message.value, cut: held?.cut ?? [], view };
  turn.set({ commit: turn.open.commit ?? message.certificate, values: [...others, value] });
}

/** The batches that a proposal's value refers to. */
export function cutOf(proposal: Proposal): readonly BatchReference[] {
  return proposal.carried.map(({ certificate }) => certificate.reference);
}

function hearInvalid(turn: Turn, proposal: Proposal): void {
  setRound(turn, proposal.view, { invalid: proposal });
  const round = roundOf(turn, proposal.view);
  for (const phase of ['prepare', 'commit'] as const) {
    const { casts } = phase === 'prepare' ? present(round, 'the round').prepares : present(round, 'the round').commits;
    casts.forEach((cast, voter) => {
      if (cast?.digest !== proposal.digest) return;
      const { party } = present(turn.open.configuration.voters[voter], 'a voter');
      accuseOfInvalid(turn, proposal, { ...aboutVote(turn.open, party), phase, view: proposal.view, ...cast });
    });
  }
}

function accuseOfInvalid(turn: Turn, proposal: Proposal, vote: Vote): void {
  accuse(turn, vote.signer, 'invalid-value', [
    { kind: 'proposal', ...proposal },
    { kind: 'vote', ...vote },
  ]);
}

/** R15: whoever committed in a view states at least that view when it asks for a later one. */
function accuseBelowLock(turn: Turn, commit: Vote, voter: number): void {
  for (const round of turn.open.rounds) {
    const ask = round.stated[voter] ?? null;
    if (ask === null || round.view <= commit.view || (ask.lockedView ?? -1) >= commit.view) continue;
    accuse(turn, commit.signer, 'commit-below-lock', [
      { kind: 'vote', ...commit },
      { kind: 'view-change', ...ask },
    ]);
  }
}

function accuse(turn: Turn, culprit: PartyId, fault: Evidence['fault'], messages: readonly ConsensusMessage[]): void {
  const key = `${fault} ${culprit}`;
  if (turn.open.accused.includes(key)) return;
  turn.set({ accused: [...turn.open.accused, key] });
  turn.effects.push({ kind: 'evidence', evidence: { culprit, fault, messages } });
}

function aboutVote(open: Open, signer: PartyId): Pick<Vote, 'epoch' | 'height' | 'signer'> {
  return { epoch: open.configuration.epoch, height: open.height, signer };
}
