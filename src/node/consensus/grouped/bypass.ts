// Past a bad carrier (R9): a member without progress sends its votes straight to the leader and asks, leader first and then
// others in turn, for what it misses; anybody answers with proofs. Parked proposals wait here for their batches.
import { type Digest, type PartyId, MAX_CUT_BATCHES } from '../../base/index.ts';
import type { Verified } from '../engine.ts';
import type { ConsensusMessage, Inquiry } from '../messages.ts';
import { leaderOf } from '../roster.ts';
import { voteOf } from '../speak.ts';
import { certificateFrom, quorumDigest } from '../tally.ts';
import { takeCarried, tellNews } from './batches.ts';
import { startPatience } from './carriage.ts';
import { heldBatch } from './persist.ts';
import type { GroupedTurn, Standing } from './state.ts';

type ProposalMessage = ConsensusMessage & { readonly kind: 'proposal' };

/** Proposals that wait for batches (R18): one for each of a few views. */
const MAX_PARKED = 4;
/** Answers to one member in one height. */
const MAX_ANSWERS = 32;
/** Batches in one answer. */
const MAX_BATCHES_IN_ANSWER = 16;

/** Keeps a proposal whose batches are missing, and becomes impatient for them. */
export function park(turn: GroupedTurn, proposal: Verified<ProposalMessage>): void {
  const { parked } = turn.state.carriage;
  const others = parked.filter((other) => other.view !== proposal.view || other.digest !== proposal.digest);
  turn.setCarriage({ parked: [...others, proposal].slice(-MAX_PARKED) });
  startPatience(turn);
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
    turn.setCarriage({ parked: parked.filter((other) => other !== proposal), rejudged: [...rejudged, keyOf(proposal)] });
    turn.effects.push({ kind: 'judge', message: proposal });
  }
}

/** Batches of parked proposals are asked for: of the proposal's leader, then of whoever certified them. Others only of these. */
export function askForBatches(turn: GroupedTurn, standing: Standing): void {
  for (const { reference, votes } of turn.lane.wanted) {
    inquire(
      turn,
      standing,
      votes.map((vote) => vote.signer),
      [reference.digest],
    );
  }
  for (const proposal of turn.state.carriage.parked) {
    const missing = missingIn(turn, proposal);
    const certifiers = proposal.carried
      .filter(({ certificate }) => missing.includes(certificate.reference.digest))
      .flatMap(({ certificate }) => certificate.votes.map((vote) => vote.signer));
    inquire(turn, standing, [proposal.signer, ...certifiers], missing);
  }
}

/** No progress for half of a view: votes go to the leader, questions to it and to others in turn. */
export function bypass(turn: GroupedTurn, standing: Standing): void {
  const { open } = turn;
  const { view } = open.row;
  turn.setCarriage({ bypassedView: view, bypasses: turn.state.carriage.bypasses + 1 });
  const leader = leaderOf(turn.configuration, open.height, view);
  for (const { phase, view: at, digest } of open.row.said) {
    if (at !== view || digest === null || (phase !== 'prepare' && phase !== 'commit') || leader === standing.self) continue;
    turn.effects.push({ kind: 'say', message: voteOf(open, phase, digest), to: [leader] });
  }
  tellNews(turn, standing, leader);
  inquire(turn, standing, [leader, ...turn.configuration.voters.map((voter) => voter.party)], []);
  askForBatches(turn, standing);
}

/** Asks the first of `whom` the first time, then the others in turn. */
function inquire(turn: GroupedTurn, standing: Standing, whom: readonly PartyId[], batches: readonly Digest[]): void {
  const others = [...new Set(whom)].filter((party) => party !== standing.self);
  const { inquiries } = turn.state.carriage;
  const to = others[inquiries === 0 ? 0 : (inquiries * (standing.rank + 1) + standing.group) % others.length];
  if (to === undefined) return;
  turn.setCarriage({ inquiries: inquiries + 1 });
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
