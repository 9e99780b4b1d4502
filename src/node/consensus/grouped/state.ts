// The state of the grouped engine: the agreement of the flat one, unchanged, and around it what safety never trusts: the lanes
// of batches and the carriage of messages. Plain data; every change makes a new object.
import { type Digest, type PartyId, present } from '../../base/index.ts';
import { type Place, membersOf, placeOf } from '../circle.ts';
import type { Configuration, EngineEffect, HeldBatch, LaneRow, Verified } from '../engine.ts';
import type { Batch, BatchReference, ConsensusMessage, LaneCertificate, LaneMove, LanePosition } from '../messages.ts';
import { type PbftState, pbft } from '../pbft.ts';
import { type Open, emptyLane } from '../state.ts';
import type { Tally } from '../tally.ts';

/** One position of the own group's lane. Tallies are by rank. */
export interface Slot {
  readonly localView: number;
  readonly sequence: number;
  /** Judged valid. */
  readonly batch: Batch | null;
  readonly prepares: Tally;
  readonly commits: Tally;
  /** Times that the batch came again and the own votes were repeated for it. */
  readonly repeats: number;
}

/** A certified batch that waits to be ordered. */
export interface StoredBatch extends HeldBatch {
  readonly certificate: LaneCertificate;
  /** Whether it is on its way to the other groups, as far as that is this member's task. */
  readonly spread: boolean;
}

export interface Lane {
  readonly row: LaneRow;
  readonly slots: readonly Slot[];
  /** By rank: the newest local view that each member of the group moved to. */
  readonly moves: readonly (LaneMove | null)[];
  /** Of all lanes, in order of arrival. */
  readonly store: readonly StoredBatch[];
  /** From before a restart: not certified, but promised to be served. */
  readonly recalled: readonly HeldBatch[];
  /** Certified, but their bytes are not here. */
  readonly wanted: readonly LaneCertificate[];
  /** Who contradicted itself in a lane of this epoch: each is reported once (R15, R18). */
  readonly accused: readonly PartyId[];
  /** In final state. */
  readonly ordered: readonly LanePosition[];
  /** Requests wait for a batch. */
  readonly unbatched: boolean;
  /** The participant was asked for a batch and has none yet. */
  readonly requested: boolean;
}

/** What a member knows and did for others at the open height. None of it is durable: it is a service (R9). */
export interface Carriage {
  /** Votes of the own group that were sent on, by phase. */
  readonly bundled: { readonly prepare: readonly PartyId[]; readonly commit: readonly PartyId[] };
  /** Certificates that were handed on, as `phase view`. */
  readonly delivered: readonly string[];
  /** Proposals of view 0 that were passed on to the group. */
  readonly passedOn: readonly Digest[];
  /** The patience of this height has run out. */
  readonly impatient: boolean;
  readonly patienceRuns: boolean;
  /** Times that patience ran out since a batch came that was asked for, and whether one came since then. */
  readonly waits: number;
  readonly comes: boolean;
  /** The view in which this member went past its carrier. */
  readonly bypassedView: number | null;
  /** Members that ask this one directly: they get certificates directly. */
  readonly direct: readonly PartyId[];
  /** Answers given, by asker. */
  readonly answers: ReadonlyMap<PartyId, number>;
  /** Lanes whose relay was doubted in this height: once each. */
  readonly blamed: readonly number[];
  /** Whose requests for a view were answered. */
  readonly askAnswers: readonly PartyId[];
  /** Batches that were asked for before they were certified here: answered then. */
  readonly owed: readonly { readonly digest: Digest; readonly asker: PartyId }[];
  /** Times that batches were asked for, and which. */
  readonly inquiries: number;
  readonly asked: ReadonlySet<Digest>;
  /** Times that this member went past others in this height. */
  readonly bypasses: number;
  /** The highest view that was asked for through relays; asked again, it goes to everybody. */
  readonly relayedAsk: number;
  /** Whether the own proposal of view 0 was sent. */
  readonly proposed: boolean;
  /** Proposals that were handed back to be judged, as `view digest`: once they lack nothing, each is judged once more (R18). */
  readonly rejudged: readonly string[];
  /** Groups whose votes came in bundles of view 0, by phase. */
  readonly brought: { readonly prepare: readonly number[]; readonly commit: readonly number[] };
  /** A proposal of view 0 had to be asked for. */
  readonly askedForProposal: boolean;
  /** Half of view 0 passed: with its proposal or without. */
  readonly stalled: 'proposed' | 'unproposed' | null;
  /** Who asked this member for what carriers should have handed on. */
  readonly complaints: readonly PartyId[];
  /** Proposals that lack batches. */
  readonly parked: readonly Verified<ConsensusMessage & { kind: 'proposal' }>[];
}

/** Somebody passed nothing on that it should have (R9). */
export interface Doubt {
  readonly untilHeight: number;
  readonly times: number;
}

export interface GroupedState {
  readonly core: PbftState;
  /** Null where the configuration has no groups, or this node does not vote. */
  readonly lane: Lane | null;
  readonly carriage: Carriage;
  /** Members of the own group that voted at the last height: whom a carrier waits for. */
  readonly expected: readonly PartyId[] | null;
  /** Of this epoch, as everything below. */
  readonly doubts: ReadonlyMap<PartyId, Doubt>;
  /** Heights in a row that stalled in view 0 and ended there. */
  readonly stalls: number;
  /** Foreign lanes whose batches had to be asked for, with the height at which that was so last. */
  readonly missed: ReadonlyMap<number, number>;
  /** Who asked this member for batches of which it is the author. */
  readonly laneComplaints: readonly PartyId[];
}

export const freshCarriage: Carriage = {
  bundled: { prepare: [], commit: [] },
  delivered: [],
  passedOn: [],
  impatient: false,
  patienceRuns: false,
  waits: 0,
  comes: false,
  bypassedView: null,
  direct: [],
  answers: new Map(),
  inquiries: 0,
  asked: new Set(),
  owed: [],
  askAnswers: [],
  blamed: [],
  bypasses: 0,
  relayedAsk: 0,
  proposed: false,
  rejudged: [],
  brought: { prepare: [], commit: [] },
  askedForProposal: false,
  stalled: null,
  complaints: [],
  parked: [],
};

/** What a member learned of others' service in this epoch: nothing yet. */
export const freshService = { expected: null, doubts: new Map(), stalls: 0, missed: new Map(), laneComplaints: [] } as const;

export const initialGrouped: GroupedState = { core: pbft.initial, lane: null, carriage: freshCarriage, ...freshService };

export function emptyLaneState(size: number): Lane {
  const moves = new Array<null>(size).fill(null);
  return {
    row: emptyLane,
    slots: [],
    moves,
    store: [],
    recalled: [],
    wanted: [],
    accused: [],
    ordered: [],
    unbatched: false,
    requested: false,
  };
}

/** One step in the making. */
export class GroupedTurn {
  state: GroupedState;
  readonly effects: EngineEffect[] = [];

  constructor(state: GroupedState) {
    this.state = state;
  }

  get open(): Open {
    return present(this.state.core.open, 'an open height');
  }

  get configuration(): Configuration {
    return this.open.configuration;
  }

  get lane(): Lane {
    return present(this.state.lane, 'a lane');
  }

  setLane(change: Partial<Lane>): void {
    this.state = { ...this.state, lane: { ...this.lane, ...change } };
  }

  setCarriage(change: Partial<Carriage>): void {
    this.state = { ...this.state, carriage: { ...this.state.carriage, ...change } };
  }
}

/** Reports a contradiction in a lane. */
export function accuseInLane(turn: GroupedTurn, culprit: PartyId, messages: readonly ConsensusMessage[]): void {
  const { accused } = turn.lane;
  if (accused.includes(culprit)) return;
  turn.setLane({ accused: [...accused, culprit] });
  turn.effects.push({ kind: 'evidence', evidence: { culprit, fault: 'two-digests', messages } });
}

/** A voter among groups: everything in this folder is done by these alone. */
export interface Standing extends Place {
  readonly self: PartyId;
  /** The others of the own group, in rank order. */
  readonly fellows: readonly PartyId[];
}

/** Null for observers, and where there are no groups. */
export function standingOf(open: Open | null): Standing | null {
  if (open === null || open.index < 0) return null;
  const place = placeOf(open.configuration, open.self);
  if (place === null) return null;
  const self = present(open.self, 'the own party');
  return { ...place, self, fellows: membersOf(open.configuration, place.group).filter((party) => party !== self) };
}

/** Whether `position` lies above `floor` in its lane: first by local view. */
export function isAbove(position: LanePosition, floor: LanePosition | undefined): boolean {
  if (floor === undefined) return true;
  if (position.localView !== floor.localView) return position.localView > floor.localView;
  return position.sequence > floor.sequence;
}

export function floorOf(lane: Lane, group: number): LanePosition | undefined {
  return lane.ordered.find((position) => position.group === group);
}

export function sameReference(a: BatchReference, b: BatchReference): boolean {
  return a.digest === b.digest && samePosition(a, b);
}

/** The certified batches that a leader may list, in order by lane: at most one for each position (R4). */
export function certifiedBatches(state: GroupedState): readonly StoredBatch[] {
  const sorted = (state.lane?.store ?? []).toSorted(
    ({ reference: a }, { reference: b }) => a.group - b.group || a.localView - b.localView || a.sequence - b.sequence,
  );
  return sorted.filter((stored, index) => index === 0 || !samePosition(present(sorted[index - 1], 'a batch').reference, stored.reference));
}

/** Every batch on its way as far as this member knows: certified, or proposed by the present author of the own lane. */
export function batchesUnderWay(state: GroupedState): readonly HeldBatch[] {
  const { lane } = state;
  if (lane === null) return [];
  const proposed = lane.slots.flatMap(({ batch, localView }) =>
    batch === null || localView !== lane.row.localView ? [] : [{ reference: batch.reference, bytes: batch.bytes, certificate: null }],
  );
  const certified = (candidate: HeldBatch) => lane.store.some((stored) => sameReference(stored.reference, candidate.reference));
  return [...lane.store, ...proposed.filter((candidate) => !certified(candidate))];
}

export function samePosition(a: LanePosition, b: LanePosition): boolean {
  return a.group === b.group && a.localView === b.localView && a.sequence === b.sequence;
}
