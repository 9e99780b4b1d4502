// Past a bad carrier (R9): a member without progress sends its votes straight to the leader and asks, leader first and then
// others in turn, for what it misses; anybody answers with proofs.
import type { Digest, PartyId } from '../../base/index.ts';
import { authorOf } from '../circle.ts';
import type { Inquiry, ViewChange } from '../messages.ts';
import { leaderOf, voterIndex } from '../roster.ts';
import { viewChangeOf, voteOf } from '../speak.ts';
import { hasSaid } from '../state.ts';
import { certificateFrom, quorumDigest } from '../tally.ts';
import { byOtherWays, tellNews } from './batches.ts';
import { noteComplaint, noteLaneComplaint } from './doubts.ts';
import { askForBatches, inquire, isProposed } from './missing.ts';
import { bytesNamed } from './persist.ts';
import type { GroupedTurn, Standing } from './state.ts';

/** Answers to one member in one height. */
const MAX_ANSWERS = 32;
/** Members whose request for a view is answered with the own one, in one height and each once: two never answer each other for long. */
const MAX_ASK_ANSWERS = 8;
/** Batches in one answer. */
const MAX_BATCHES_IN_ANSWER = 16;

/** No progress for half of a view: votes go to the leader, questions to it and to others in turn. */
export function bypass(turn: GroupedTurn, standing: Standing): void {
  const { open } = turn;
  const { view } = open.row;
  turn.setCarriage({ bypassedView: view, bypasses: turn.state.carriage.bypasses + 1 });
  const leader = leaderOf(turn.configuration, open.height, view);
  if (open.row.askedView > view) askAgain(turn, standing);
  else if (leader !== standing.self) votesAgain(turn, leader);
  if (!isProposed(turn) || turn.state.carriage.bypasses > 1) tellNews(turn, standing, leader);
  inquire(turn, standing, whomToAsk(turn, standing, leader), []);
  if (!turn.state.carriage.comes) askForBatches(turn, standing);
}

/** The leader first, then one after another of all, so that nobody's silence matters for long. */
function whomToAsk(turn: GroupedTurn, { self, rank, group }: Standing, leader: PartyId): PartyId | undefined {
  const time = turn.state.carriage.bypasses - 1;
  const everybody = turn.configuration.voters.map((voter) => voter.party);
  const others = [...new Set([leader, ...everybody])].filter((party) => party !== self);
  return others[time === 0 ? 0 : (time + rank + group) % others.length];
}

/** Once another view was asked for, that alone (R2): to its leader, and by other ways through the groups than before. */
function askAgain(turn: GroupedTurn, standing: Standing): void {
  const { open } = turn;
  const leader = leaderOf(turn.configuration, open.height, open.row.askedView);
  turn.effects.push({ kind: 'say', message: viewChangeOf(open), to: byOtherWays(turn, standing, leader) });
}

/** The votes of the open view straight to its leader. */
function votesAgain(turn: GroupedTurn, leader: PartyId): void {
  const { open } = turn;
  const { view, said } = open.row;
  for (const { phase, view: at, digest } of said) {
    if (at !== view || digest === null || (phase !== 'prepare' && phase !== 'commit')) continue;
    turn.effects.push({ kind: 'say', message: voteOf(open, phase, digest), to: [leader] });
  }
}

/** Answers with proofs: the end of the height, else the proposal, the prepare certificate, the batches that are here. */
export function answerInquiry(turn: GroupedTurn, standing: Standing, inquiry: Inquiry): void {
  const { carriage, core } = turn.state;
  const given = carriage.answers.get(inquiry.asker) ?? 0;
  if (inquiry.asker === standing.self || given >= MAX_ANSWERS) return;
  turn.setCarriage({ answers: new Map(carriage.answers).set(inquiry.asker, given + 1) });
  noteComplaint(turn, standing, inquiry);
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
    if (stored === undefined) {
      owe(turn, digest, inquiry.asker);
      continue;
    }
    const { certificate, bytes, reference } = stored;
    if (authorOf(turn.configuration, reference.group, reference.localView) === standing.self)
      noteLaneComplaint(turn, standing, inquiry.asker);
    turn.effects.push({ kind: 'send', to, message: { kind: 'certified-batch', certificate, bytes } });
  }
}

/** Who asks again for a view that was entered here may lack the own request for it, which is not repeated by itself any more. */
export function answerAsk(turn: GroupedTurn, standing: Standing, { signer, view }: ViewChange): void {
  const { open } = turn;
  const { askedView, view: entered, lock } = open.row;
  const isAgain = (open.asked[voterIndex(open.configuration, signer)] ?? 0) >= view;
  // With a lock of the view itself it would be another statement (R2).
  const maySay = hasSaid(open, 'view-change', askedView) && (lock?.view ?? -1) < askedView;
  if (signer === standing.self || !isAgain || view > entered || !maySay) return;
  const { askAnswers } = turn.state.carriage;
  if (askAnswers.includes(signer) || askAnswers.length >= MAX_ASK_ANSWERS) return;
  turn.setCarriage({ askAnswers: [...askAnswers, signer] });
  turn.effects.push({ kind: 'say', message: viewChangeOf(open), to: [signer] });
}

/** A certifier has the bytes, and learns that the batch is certified with the proposal: it answers then. */
function owe(turn: GroupedTurn, digest: Digest, asker: PartyId): void {
  const { owed } = turn.state.carriage;
  if (bytesNamed(turn, digest) === null || owed.some((debt) => debt.digest === digest && debt.asker === asker)) return;
  turn.setCarriage({ owed: [...owed, { digest, asker }] });
}

function answerWithCertificate(turn: GroupedTurn, round: GroupedTurn['open']['rounds'][number], to: readonly PartyId[]): void {
  const { configuration, open } = turn;
  const digest = quorumDigest(round.prepares, configuration.quorum);
  if (digest === null) return;
  const certificate = certificateFrom(round.prepares, configuration, { phase: 'prepare', height: open.height, view: round.view, digest });
  turn.effects.push({ kind: 'send', to, message: { kind: 'certified', certificate } });
}
