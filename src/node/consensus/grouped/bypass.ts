// Past a bad carrier (R9): a member without progress sends its votes straight to the leader and asks, leader first and then
// others in turn, for what it misses; anybody answers with proofs. Parked proposals wait here for their batches.
import { type Digest, type PartyId, MAX_CUT_BATCHES } from '../../base/index.ts';
import type { Verified } from '../engine.ts';
import type { ConsensusMessage, Inquiry } from '../messages.ts';
import { leaderOf } from '../roster.ts';
import { voteOf } from '../speak.ts';
import { MAX_VALUES_PER_VIEW } from '../state.ts';
import { certificateFrom, quorumDigest } from '../tally.ts';
import { takeCarried, tellNews } from './batches.ts';
import { startPatience } from './carriage.ts';
import { heldBatch } from './persist.ts';
import type { GroupedTurn, Standing } from './state.ts';

type ProposalMessage = ConsensusMessage & { readonly kind: 'proposal' };

/** Proposals that wait for batches (R18), of all views that are not over. */
const MAX_PARKED = 4;
/** Answers to one member in one height. */
const MAX_ANSWERS = 32;
/** Batches in one answer. */
const MAX_BATCHES_IN_ANSWER = 16;

/**
 * Keeps a proposal whose batches are missing, and becomes impatient for them. Returns whether it is kept: the leader of one view
 * crowds out nobody else's proposal.
 */
export function park(turn: GroupedTurn, proposal: Verified<ProposalMessage>): boolean {
  const { view } = turn.open.row;
  const { parked, rejudged } = turn.state.carriage;
  const others = parked.filter((other) => other.view >= view && keyOf(other) !== keyOf(proposal));
  const keys = new Set([...others.map(keyOf), ...rejudged]);
  const ofView = [...keys].filter((key) => key !== keyOf(proposal) && key.startsWith(`${proposal.view} `));
  if (proposal.view < view || ofView.length >= MAX_VALUES_PER_VIEW) return false;
  turn.setCarriage({ parked: [...others, proposal].slice(-MAX_PARKED) });
  startPatience(turn);
  return true;
}

/** Whether the proposal has everything that this member knows of and was handed back for it before. */
export function isHopeless(turn: GroupedTurn, proposal: ProposalMessage): boolean {
  return isComplete(turn, proposal) && turn.state.carriage.rejudged.includes(keyOf(proposal));
}

function keyOf(proposal: ProposalMessage): string {
  return `${proposal.view} ${proposal.digest}`;
}

/** Whether every batch that the proposal lists is here. */
export function isComplete(turn: GroupedTurn, proposal: ProposalMessage): boolean {
  return missingIn(turn, proposal).length === 0;
}

function missingIn(turn: GroupedTurn, { carried }: ProposalMessage): readonly Digest[] {
  const references = carried.map(({ certificate }) => certificate.reference);
  return references.filter((reference) => heldBatch(turn, reference) === null).map((reference) => reference.digest);
}

/** What came makes parked proposals fit to be judged. */
export function unpark(turn: GroupedTurn, standing: Standing): void {
  for (const proposal of turn.state.carriage.parked) {
    takeCarried(turn, standing, proposal);
    if (!isComplete(turn, proposal)) continue;
    const { parked, rejudged } = turn.state.carriage;
    turn.setCarriage({ parked: parked.filter((other) => other !== proposal), rejudged: [...new Set([...rejudged, keyOf(proposal)])] });
    turn.effects.push({ kind: 'judge', message: proposal });
  }
}

/** Batches of parked proposals are asked for: of the proposal's leader, then of whoever certified them. Others only of these. */
export function askForBatches(turn: GroupedTurn, standing: Standing): void {
  const { parked, inquiries } = turn.state.carriage;
  turn.setCarriage({ inquiries: inquiries + 1 });
  for (const { reference, votes } of turn.lane.wanted) {
    const certifiers = votes.map((vote) => vote.signer);
    inquire(turn, standing, certifiers, [reference.digest], inquiries);
  }
  for (const proposal of parked) {
    const missing = missingIn(turn, proposal);
    const certifiers = proposal.carried
      .filter(({ certificate }) => missing.includes(certificate.reference.digest))
      .flatMap(({ certificate }) => certificate.votes.map((vote) => vote.signer));
    inquire(turn, standing, [proposal.signer, ...certifiers], missing, inquiries);
  }
}

/** No progress for half of a view: votes go to the leader, questions to it and to others in turn. */
export function bypass(turn: GroupedTurn, standing: Standing): void {
  const { open } = turn;
  const { view } = open.row;
  turn.setCarriage({ bypassedView: view, bypasses: turn.state.carriage.bypasses + 1 });
  const leader = leaderOf(turn.configuration, open.height, view);
  if (leader !== standing.self) votesAgain(turn, leader);
  tellNews(turn, standing, leader);
  const everybody = turn.configuration.voters.map((voter) => voter.party);
  inquire(turn, standing, [leader, ...everybody], [], turn.state.carriage.bypasses - 1);
  askForBatches(turn, standing);
}

/** The votes of the open view straight to its leader; none once another view was asked for (R2). */
function votesAgain(turn: GroupedTurn, leader: PartyId): void {
  const { open } = turn;
  const { view, askedView, said } = open.row;
  if (askedView > view) return;
  for (const { phase, view: at, digest } of said) {
    if (at !== view || digest === null || (phase !== 'prepare' && phase !== 'commit')) continue;
    turn.effects.push({ kind: 'say', message: voteOf(open, phase, digest), to: [leader] });
  }
}

/** Asks the first of `whom` the first time, then one after another, so that nobody's silence matters for long. */
function inquire(turn: GroupedTurn, standing: Standing, whom: readonly PartyId[], batches: readonly Digest[], time: number): void {
  const others = [...new Set(whom)].filter((party) => party !== standing.self);
  const to = others[time === 0 ? 0 : (time + standing.rank + standing.group) % others.length];
  if (to === undefined) return;
  const { height, row, rounds } = turn.open;
  const proposal = rounds.find((round) => round.view === row.view)?.proposal ?? null;
  const message: Inquiry & { kind: 'inquiry' } = {
    kind: 'inquiry',
    epoch: turn.configuration.epoch,
    height,
    view: row.view,
    asker: standing.self,
    proposal: proposal === null && !turn.state.carriage.parked.some((parked) => parked.view === row.view),
    batches: batches.slice(0, MAX_CUT_BATCHES),
  };
  turn.effects.push({ kind: 'send', to: [to], message });
}

/** Answers with proofs: the end of the height, else the proposal, the prepare certificate, the batches that are here. */
export function answerInquiry(turn: GroupedTurn, standing: Standing, inquiry: Inquiry): void {
  const { carriage, core } = turn.state;
  const given = carriage.answers.get(inquiry.asker) ?? 0;
  if (inquiry.asker === standing.self || given >= MAX_ANSWERS) return;
  turn.setCarriage({ answers: new Map(carriage.answers).set(inquiry.asker, given + 1) });
  const to = [inquiry.asker];
  if (core.last !== null && inquiry.height <= core.last.height) {
    turn.effects.push({ kind: 'send', to, message: core.last });
    return;
  }
  if (inquiry.height !== turn.open.height) return;
  const direct = turn.state.carriage.direct;
  if (!direct.includes(inquiry.asker)) turn.setCarriage({ direct: [...direct, inquiry.asker] });
  const round = turn.open.rounds.find((candidate) => candidate.view === inquiry.view);
  const proposal = round?.proposal ?? null;
  if (inquiry.proposal && proposal !== null) turn.effects.push({ kind: 'send', to, message: { kind: 'proposal', ...proposal } });
  if (round !== undefined) answerWithCertificate(turn, round, to);
  for (const digest of inquiry.batches.slice(0, MAX_BATCHES_IN_ANSWER)) {
    const stored = turn.lane.store.find((candidate) => candidate.reference.digest === digest);
    if (stored === undefined) continue;
    const { certificate, bytes } = stored;
    turn.effects.push({ kind: 'send', to, message: { kind: 'certified-batch', certificate, bytes } });
  }
}

function answerWithCertificate(turn: GroupedTurn, round: GroupedTurn['open']['rounds'][number], to: readonly PartyId[]): void {
  const { configuration, open } = turn;
  const digest = quorumDigest(round.prepares, configuration.quorum);
  if (digest === null) return;
  const certificate = certificateFrom(round.prepares, configuration, { phase: 'prepare', height: open.height, view: round.view, digest });
  turn.effects.push({ kind: 'send', to, message: { kind: 'certified', certificate } });
}
