// Who hears what from whom: a star around the producer in turn. It gathers its fellows' votes and hands certificates on, so that a
// block costs a multiple of n messages. All of it is a service: everybody counts votes itself, and whoever sees no progress for half
// of a view sends its votes to everybody and asks others (R9). Requests for another view always go to everybody.
import { type PartyId } from '../../base/index.ts';
import type { Audience, EngineEffect, UnsignedGlobal } from '../engine.ts';
import type { Certificate, Inquiry } from '../messages.ts';
import { leaderOf, voterIndex } from '../roster.ts';
import { voteOf } from '../speak.ts';
import type { Round } from '../state.ts';
import { certificateFrom, quorumDigest } from '../tally.ts';
import { viewDelayMs } from '../timing.ts';
import { auditorOf } from './audit.ts';
import type { DposTurn } from './state.ts';

/** A member goes past the producer in turn after this part of a view. */
const BYPASS_PARTS = 2;
/** Answers to one member in one height (R18). */
const MAX_ANSWERS = 16;

type VotePhase = Certificate['phase'];

/** The auditor in charge first, because the others wait for it. */
function proposalAudience({ open, configuration }: DposTurn, view: number): readonly PartyId[] {
  const auditor = auditorOf(configuration, open.height, view);
  const producers = configuration.voters.map(({ party }) => party).filter((party) => party !== open.self);
  return auditor === null ? producers : [auditor, ...producers];
}

/** To whom a statement goes first. Repeated, or past a silent producer, votes go to everybody. */
export function audienceFor(turn: DposTurn, message: UnsignedGlobal): Audience {
  if (message.kind === 'proposal') return proposalAudience(turn, message.view);
  if (message.kind === 'view-change') return 'voters';
  const { told, bypassedView } = turn.hall;
  const key = `${message.phase} ${message.view}`;
  if (told.includes(key) || bypassedView === message.view) return 'voters';
  turn.setHall({ told: [...told, key] });
  const leader = leaderOf(turn.configuration, message.height, message.view);
  return leader === message.signer ? [] : [leader];
}

/** The producer in turn hands on what has become complete, also when the height has just ended. */
export function deliver(turn: DposTurn): void {
  const { open, configuration } = turn;
  const { view } = open.row;
  const round = open.rounds.find((candidate) => candidate.view === view);
  if (round === undefined || open.index < 0 || leaderOf(configuration, open.height, view) !== open.self) return;
  for (const phase of ['prepare', 'commit'] as const) {
    const certificate = certificateIn(turn, round, phase);
    const key = `${phase} ${view}`;
    if (certificate === null || turn.hall.delivered.includes(key)) continue;
    turn.setHall({ delivered: [...turn.hall.delivered, key] });
    turn.effects.push({ kind: 'send', to: 'voters', message: { kind: 'certified', certificate } });
  }
}

function certificateIn(turn: DposTurn, round: Round, phase: VotePhase): Certificate | null {
  const tally = phase === 'prepare' ? round.prepares : round.commits;
  const digest = quorumDigest(tally, turn.configuration.quorum);
  if (digest === null) return null;
  return certificateFrom(tally, turn.configuration, { phase, height: turn.open.height, view: round.view, digest });
}

export function startBypass(turn: DposTurn): void {
  const { open } = turn;
  if (open.done || open.index < 0) return;
  const { view } = open.row;
  const delayMs = Math.ceil(viewDelayMs(open.configuration, open.index, view) / BYPASS_PARTS);
  turn.effects.push({ kind: 'timer', name: 'bypass', height: open.height, view, delayMs });
}

/** No progress for half of a view: the own votes to everybody, a question to others in turn. */
export function bypass(turn: DposTurn): void {
  const { open, configuration } = turn;
  const { view } = open.row;
  // What the producer in turn handed on may have been lost.
  turn.setHall({ bypassedView: view, delivered: [] });
  for (const { phase, view: at, digest } of open.row.said) {
    // Who has asked for another view says nothing in this one any more (R2).
    if (open.row.askedView > view || at !== view || digest === null || (phase !== 'prepare' && phase !== 'commit')) continue;
    turn.effects.push({ kind: 'say', message: voteOf(open, phase, digest), to: 'voters' });
  }
  inquire(turn, leaderOf(configuration, open.height, view));
}

/** Of the producer in turn the first time, then of the others one after another. */
function inquire(turn: DposTurn, leader: PartyId): void {
  const { open, configuration, hall } = turn;
  const { self, index } = open;
  const others = configuration.voters.map(({ party }) => party).filter((party) => party !== self);
  const to = hall.inquiries === 0 && leader !== self ? leader : others[(index + hall.inquiries) % others.length];
  if (self === null || to === undefined) return;
  turn.setHall({ inquiries: hall.inquiries + 1 });
  const { height, row, rounds } = open;
  const proposal = rounds.every((round) => round.view !== row.view || round.proposal === null);
  const message: Inquiry & { kind: 'inquiry' } = {
    kind: 'inquiry',
    epoch: configuration.epoch,
    height,
    view: row.view,
    asker: self,
    proposal,
    batches: [],
  };
  turn.effects.push({ kind: 'send', to: [to], message });
}

/** Answers with proofs: the end of the height, else the proposal and the prepare certificate that are here. */
export function answerInquiry(turn: DposTurn, inquiry: Inquiry): void {
  const { hall, open } = turn;
  const { last } = turn.state.core;
  const given = hall.answers.get(inquiry.asker) ?? 0;
  if (inquiry.asker === open.self || given >= MAX_ANSWERS) return;
  turn.setHall({ answers: new Map(hall.answers).set(inquiry.asker, given + 1) });
  const to = [inquiry.asker];
  const tell = (message: Extract<EngineEffect, { kind: 'send' }>['message']) => turn.effects.push({ kind: 'send', to, message });
  if (last !== null && inquiry.height <= last.height) {
    tell(last);
    return;
  }
  if (inquiry.height !== open.height || inquiry.epoch !== turn.configuration.epoch) return;
  const round = open.rounds.find((candidate) => candidate.view === inquiry.view);
  const proposal = round?.proposal ?? null;
  if (inquiry.proposal && proposal !== null) tell({ kind: 'proposal', ...proposal });
  const certificate = round === undefined ? null : certificateIn(turn, round, 'prepare');
  if (certificate !== null) tell({ kind: 'certified', certificate });
}

/**
 * A straggler asks everybody; the F+1 voters behind it answer. One of these is correct; where it is behind as well, it is answered
 * by the F+1 behind it, and so on around the circle until somebody correct knows the end of the height.
 */
export function answers(turn: DposTurn, to: Audience): boolean {
  const { open, configuration } = turn;
  const asker = to === 'voters' ? -1 : voterIndex(configuration, to[0] ?? null);
  if (asker < 0 || open.index < 0) return true;
  const { length } = configuration.voters;
  const behind = (open.index - asker + length) % length;
  return behind <= configuration.tolerated + 1;
}
