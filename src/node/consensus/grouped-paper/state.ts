// The state of the paper's engine: one open height, and what was heard about each of its views. Plain data; every change makes a
// new object.
import { type Digest, type PartyId, MAX_VIEWS_AHEAD, assert, present } from '../../base/index.ts';
import { type Place, membersOf, placeOf } from '../circle.ts';
import type { Configuration, EngineEffect, PaperSaid, Value, VoteRow } from '../engine.ts';
import type { Certificate, ConsensusMessage, PaperProposal, PaperRound } from '../messages.ts';
import { voterIndex } from '../roster.ts';
import { MAX_VIEWS_BEHIND, emptyLane } from '../state.ts';
import { type Tally, emptyTally } from '../tally.ts';

/** One PBFT of one view. Tallies are by rank in the group of the request, or by group. */
export interface Ballot {
  /** The first that came. */
  readonly proposal: PaperProposal | null;
  /** Whether it was judged valid. */
  readonly valid: boolean;
  readonly prepares: Tally;
  readonly commits: Tally;
}

export interface PaperView {
  readonly view: number;
  readonly ballots: Readonly<Record<PaperRound, Ballot>>;
}

export interface PaperOpen {
  readonly configuration: Configuration;
  readonly self: PartyId | null;
  /** Index among the voters; -1 for an observer, which only hears packages. */
  readonly index: number;
  /** Null for an observer. */
  readonly place: Place | null;
  readonly height: number;
  readonly row: VoteRow;
  readonly views: readonly PaperView[];
  /** Judged valid. */
  readonly values: readonly Value[];
  /** The highest view that each voter waits for. */
  readonly asked: readonly number[];
  readonly pending: boolean;
  readonly timerView: number | null;
  readonly requestedView: number | null;
  /** The primaries' signatures: ends the height as soon as the bytes are here. */
  readonly collected: Certificate | null;
  readonly done: boolean;
  readonly reported: number;
  readonly overtaken: boolean;
}

type PackageMessage = Extract<ConsensusMessage, { kind: 'paper-package' }>;

export interface PaperState {
  readonly open: PaperOpen | null;
  readonly pending: boolean;
  /** Answers whoever still waits below. */
  readonly last: PackageMessage | null;
}

/** One step in the making. */
export class PaperTurn {
  open: PaperOpen;
  readonly effects: EngineEffect[] = [];
  constructor(open: PaperOpen) {
    this.open = open;
  }
  set(change: Partial<PaperOpen>): void {
    this.open = { ...this.open, ...change };
  }
}

export function openPaperHeight(configuration: Configuration, self: PartyId | null, height: number, row: VoteRow | null): PaperOpen {
  const { channel, epoch } = configuration;
  const fresh: VoteRow = { channel, epoch, height, view: 0, askedView: 0, said: [], lock: null, values: [], lane: emptyLane, batches: [] };
  const known = row ?? fresh;
  assert(known.channel === channel && known.epoch === epoch && known.height === height, 'the row belongs to the height that begins (R13)');
  const index = voterIndex(configuration, self);
  return {
    configuration,
    self,
    index,
    place: index < 0 ? null : placeOf(configuration, self),
    height,
    row: known,
    views: [],
    values: known.values,
    asked: configuration.voters.map((_, voter) => (voter === index ? known.askedView : 0)),
    pending: false,
    timerView: null,
    requestedView: null,
    collected: null,
    done: false,
    reported: height,
    overtaken: false,
  };
}

/** What is known of a view; null outside what is kept (R18). */
export function viewAt(turn: PaperTurn, view: number): PaperView | null {
  const { views, row, configuration } = turn.open;
  const known = views.find((candidate) => candidate.view === view);
  if (known !== undefined) return known;
  if (view < row.view - MAX_VIEWS_BEHIND || view > row.askedView + MAX_VIEWS_AHEAD) return null;
  const largest = Math.max(...configuration.groups.map((group) => group.length));
  const fresh: PaperView = { view, ballots: { group: emptyBallot(largest), primaries: emptyBallot(configuration.groups.length) } };
  turn.set({ views: [...views, fresh] });
  return fresh;
}

function emptyBallot(voters: number): Ballot {
  return { proposal: null, valid: false, prepares: emptyTally(voters), commits: emptyTally(voters) };
}

export function setBallot(turn: PaperTurn, view: number, round: PaperRound, change: Partial<Ballot>): void {
  const views = turn.open.views.map((known) =>
    known.view === view ? { ...known, ballots: { ...known.ballots, [round]: { ...known.ballots[round], ...change } } } : known,
  );
  turn.set({ views });
}

/** Forgets views far below the one that was entered. */
export function prune(turn: PaperTurn): void {
  const { row, views } = turn.open;
  turn.set({ views: views.filter((known) => known.view >= row.view - MAX_VIEWS_BEHIND) });
}

export function ballotOf(turn: PaperTurn, round: PaperRound): Ballot | null {
  const { row, views } = turn.open;
  return views.find((known) => known.view === row.view)?.ballots[round] ?? null;
}

export function valueOf(open: PaperOpen, digest: Digest): Value | null {
  return open.values.find((value) => value.digest === digest) ?? null;
}

/** Values kept in one height: what one view brings, and what was committed before (R18). */
const MAX_VALUES = 4;

/** Keeps bytes; the oldest go that nothing was said for. */
export function holdValue(turn: PaperTurn, value: Value): void {
  const { values } = turn.open;
  if (valueOf(turn.open, value.digest) !== null) return;
  const kept = values.filter(
    (held, i) => i >= values.length - MAX_VALUES + 1 || saidOf(turn.open).some(({ digest }) => digest === held.digest),
  );
  turn.set({ values: [...kept, value] });
}

export function saidOf(open: PaperOpen): readonly PaperSaid[] {
  return open.row.paper ?? [];
}

export function hasSaid(open: PaperOpen, round: PaperRound, phase: PaperSaid['phase']): boolean {
  return saidOf(open).some((said) => said.round === round && said.phase === phase && said.view === open.row.view);
}

/** What this member committed to at this height, in the latest view: it votes for nothing else as a primary. */
export function committedDigest(open: PaperOpen, round: PaperRound): Digest | null {
  return saidOf(open).findLast((said) => said.round === round && said.phase === 'commit')?.digest ?? null;
}

/** The others of the own group. */
export function fellowsOf(open: PaperOpen): readonly PartyId[] {
  const { group } = present(open.place, 'a place');
  return membersOf(open.configuration, group).filter((party) => party !== open.self);
}
