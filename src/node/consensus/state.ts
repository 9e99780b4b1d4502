// The state of the flat engine: one open height, the votes of its views, and the last final value. Plain data; every change
// makes a new object, so that a state that was handed out never changes.
import { type ChannelId, type Digest, type PartyId, MAX_VIEWS_AHEAD, assert, present } from '../base/index.ts';
import type { Configuration, EngineEffect, LaneRow, Value, VoteRow } from './engine.ts';
import type { Certificate, ConsensusMessage, Decided, Phase, Proposal, ViewChange } from './messages.ts';
import { voterIndex } from './roster.ts';
import { type Tally, emptyTally } from './tally.ts';

/** Views below the own one whose votes are kept: a late commit still decides, an old vote still convicts. */
export const MAX_VIEWS_BEHIND = 16;
/** Values kept per view: the proposal and, where the leader made two, the other one. */
export const MAX_VALUES_PER_VIEW = 2;

/** What was heard about one view of the open height. */
export interface Round {
  readonly view: number;
  readonly prepares: Tally;
  readonly commits: Tally;
  /** View changes to this view by voter's index, without their certificates. */
  readonly asks: readonly (ViewChange | null)[];
  /** All signed requests for this view, also those that new views carried without proof: for evidence alone (R15). */
  readonly stated: readonly (ViewChange | null)[];
  /** Proves the highest lock that any of `asks` states. */
  readonly lockCertificate: Certificate | null;
  /** Valid, and justified where it must be. */
  readonly proposal: Proposal | null;
  /** Bytes that no correct voter votes for. */
  readonly invalid: Proposal | null;
}

export interface HeldValue extends Value {
  /** The view whose proposal brought it. */
  readonly view: number;
}

export interface Open {
  readonly configuration: Configuration;
  readonly self: PartyId | null;
  /** Index among the voters; -1 for an observer, which follows and never says anything. */
  readonly index: number;
  readonly height: number;
  readonly row: VoteRow;
  readonly rounds: readonly Round[];
  /** Judged valid (R4). */
  readonly values: readonly HeldValue[];
  /** The highest view that each voter asked for. */
  readonly asked: readonly number[];
  readonly pending: boolean;
  /** The view whose timer runs. */
  readonly timerView: number | null;
  /** The view for which a value was requested. */
  readonly requestedView: number | null;
  /** Ends the height as soon as the bytes are here. */
  readonly commit: Certificate | null;
  readonly done: boolean;
  /** The highest height above this one that was reported, or this one. */
  readonly reported: number;
  /** Something of the next height came: on a time-out that is worth a look. */
  readonly overtaken: boolean;
  /** `fault culprit`, so that each is reported once per height. */
  readonly accused: readonly string[];
}

export interface PbftState {
  readonly open: Open | null;
  readonly pending: boolean;
  /** Answers whoever is still below (R9). */
  readonly last: Extract<ConsensusMessage, { kind: 'decided' }> | null;
}

/** One step in the making: the state so far and the effects so far. */
export class Turn {
  open: Open;
  readonly effects: EngineEffect[] = [];
  constructor(open: Open) {
    this.open = open;
  }
  set(change: Partial<Open>): void {
    this.open = { ...this.open, ...change };
  }
}

export const emptyLane: LaneRow = { localView: 0, said: [] };

function emptyRow(channel: ChannelId, epoch: number, height: number): VoteRow {
  return { channel, epoch, height, view: 0, askedView: 0, said: [], lock: null, values: [], lane: emptyLane, batches: [] };
}

/** A height at its beginning; `row` is what was said before a restart. */
export function openHeight(configuration: Configuration, self: PartyId | null, height: number, row: VoteRow | null): Open {
  const index = voterIndex(configuration, self);
  const { channel, epoch } = configuration;
  const known = index < 0 || row === null ? emptyRow(channel, epoch, height) : row;
  assert(known.channel === channel && known.epoch === epoch && known.height === height, 'the row belongs to the height that begins (R13)');
  return {
    configuration,
    self,
    index,
    height,
    row: known,
    rounds: [],
    values: known.values.map((value) => ({ ...value, view: known.view })),
    asked: configuration.voters.map((_, voter) => (voter === index ? known.askedView : 0)),
    pending: false,
    timerView: null,
    requestedView: null,
    commit: null,
    done: false,
    reported: height,
    overtaken: false,
    accused: [],
  };
}

/** The round of a view, made where there is none; null where the view lies outside what is kept (R18). */
export function roundOf(turn: Turn, view: number): Round | null {
  const { rounds, row, configuration } = turn.open;
  const known = rounds.find((round) => round.view === view);
  if (known !== undefined) return known;
  if (view < row.view - MAX_VIEWS_BEHIND || view > row.askedView + MAX_VIEWS_AHEAD) return null;
  const voters = configuration.voters.length;
  const round: Round = {
    view,
    prepares: emptyTally(voters),
    commits: emptyTally(voters),
    asks: new Array<null>(voters).fill(null),
    stated: new Array<null>(voters).fill(null),
    lockCertificate: null,
    proposal: null,
    invalid: null,
  };
  turn.set({ rounds: [...rounds, round] });
  return round;
}

export function setRound(turn: Turn, view: number, change: Partial<Round>): void {
  turn.set({ rounds: turn.open.rounds.map((round) => (round.view === view ? { ...round, ...change } : round)) });
}

/** Forgets rounds and values far below the view that was entered, but for those of the lock. */
export function prune(turn: Turn): void {
  const { row, rounds, values } = turn.open;
  const kept = (view: number) => view >= row.view - MAX_VIEWS_BEHIND || view === row.lock?.view;
  turn.set({
    rounds: rounds.filter((round) => kept(round.view)),
    values: values.filter((value) => kept(value.view) || value.digest === row.lock?.digest),
  });
}

/** Keeps bytes, as of the highest view that brought them. Returns whether they are kept (R18). */
export function holdValue(turn: Turn, value: HeldValue): boolean {
  const others = turn.open.values.filter((held) => held.digest !== value.digest);
  const known = turn.open.values.find((held) => held.digest === value.digest);
  if (known === undefined && others.filter((held) => held.view === value.view).length >= MAX_VALUES_PER_VIEW) return false;
  turn.set({ values: [...others, { ...value, view: Math.max(value.view, known?.view ?? 0) }] });
  return true;
}

export function valueOf(open: Open, digest: Digest): Value | null {
  const held = open.values.find((value) => value.digest === digest);
  return held === undefined ? null : { digest: held.digest, bytes: held.bytes, cut: held.cut };
}

export function hasSaid(open: Open, phase: Phase, view: number): boolean {
  return open.row.said.some((entry) => entry.phase === phase && entry.view === view);
}

/** The own party, for what only voters do. */
export function selfOf(open: Open): PartyId {
  assert(open.index >= 0, 'an observer never speaks');
  return present(open.self, 'the own party');
}

export function finalMessage(value: Value, certificate: Certificate): { readonly kind: 'decided' } & Decided {
  return { kind: 'decided', height: certificate.height, certificate, value: value.bytes };
}
