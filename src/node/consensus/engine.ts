// The one interface of all engines: step(state, input) -> { state, effects }. A value is a digest and opaque bytes.
// An engine never sees a clock, a key or a network; it is told and it asks.
import type { Brand, ChannelId, Digest, PartyId } from '../base/index.ts';
import type {
  Audit,
  Batch,
  BatchReference,
  Certificate,
  ConsensusMessage,
  Decided,
  LaneCertificate,
  LaneMove,
  LanePhase,
  LanePosition,
  LaneVote,
  PaperProposal,
  PaperReplace,
  PaperRound,
  PaperVote,
  Phase,
  Proposal,
  ViewChange,
  Vote,
} from './messages.ts';
import type { Seat } from './seats.ts';

/** Only the verify stage makes these: every signature inside, nested certificates included, has been checked (rule 3 of the style). */
export type Verified<M> = Brand<M & object, 'Verified'>;

export interface Voter {
  readonly party: PartyId;
  readonly memberKey: Uint8Array;
}

/** What an epoch fixes. `voters` are ordered by party; F comes from the members, Q from voters and F (R0). */
export interface Configuration {
  readonly channel: ChannelId;
  readonly epoch: number;
  readonly digest: Digest;
  readonly voters: readonly Voter[];
  readonly tolerated: number;
  readonly quorum: number;
  readonly baseTimeoutMs: number;
  /** Voters by group and, in it, by rank (P0-24); each in one group. Empty: everybody to everybody. */
  readonly groups: readonly (readonly PartyId[])[];
  /** Who sits where, by group (R7). Follows from final state below the open height. */
  readonly seats: readonly Seat[];
  /** Voters that are convicted (P0-27): they lead and author nothing while enough others are there. Fixed for the epoch. */
  readonly barred?: readonly PartyId[];
  /** All voters in the order in which they lead; absent: the permutation that the digest seeds (R7). With `dpos` and `dmdl` by rank. */
  readonly order?: readonly PartyId[];
  /** Members without a vote to whom what becomes final is sent, in the order of their turns: auditors with `dpos`, committers with `dmdl`. */
  readonly observers?: readonly Voter[];
}

/** Opaque to the engine but for the batches that it refers to. */
export interface Value {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
  /** In the order of the bytes; empty where they are whole. */
  readonly cut: readonly BatchReference[];
}

/** A batch that a member must be able to serve. */
export interface HeldBatch {
  readonly reference: BatchReference;
  readonly bytes: Uint8Array;
  /** Null while the group has not certified it. */
  readonly certificate: LaneCertificate | null;
}

/** What a member has said in its group's lane in this epoch (R2, R8). */
export interface LaneRow {
  /** It follows no author of a lower local view. */
  readonly localView: number;
  /** Above the last ordered position. */
  readonly said: readonly { readonly phase: Exclude<LanePhase, 'move'>; readonly reference: BatchReference }[];
}

/** What a member has said at the open height, with its lock: persisted before anything of it is signed (R3). */
export interface VoteRow {
  readonly channel: ChannelId;
  readonly epoch: number;
  readonly height: number;
  /** The view it is in. */
  readonly view: number;
  /** The highest view it asked for; it never votes below it (R2). */
  readonly askedView: number;
  readonly said: readonly { readonly phase: Phase; readonly view: number; readonly digest: Digest | null }[];
  readonly lock: { readonly view: number; readonly digest: Digest; readonly certificate: Certificate } | null;
  /** Bytes that it voted for, so that it can serve them after a restart. */
  readonly values: readonly Value[];
  /** Of the epoch, not of the height: it outlives the height. */
  readonly lane: LaneRow;
  /** Batches of `values` and of `lane`. */
  readonly batches: readonly HeldBatch[];
  /** What was said in `grouped-paper`; absent in every other engine. */
  readonly paper?: readonly PaperSaid[];
}

export interface PaperSaid {
  readonly round: PaperRound;
  readonly phase: PaperVote['phase'];
  readonly view: number;
  readonly digest: Digest;
}

/** A message of our own that still lacks its signature. */
export type Unsigned = UnsignedGlobal | UnsignedLane | UnsignedAudit | UnsignedPaper;

/** About one height, to count in the global quorum. */
export type UnsignedGlobal =
  | ({ readonly kind: 'proposal' } & Omit<Proposal, 'signature'>)
  | ({ readonly kind: 'vote' } & Omit<Vote, 'signature'>)
  | ({ readonly kind: 'view-change' } & Omit<ViewChange, 'signature'>);

/** About a batch, inside a group. */
export type UnsignedLane =
  | ({ readonly kind: 'batch' } & Omit<Batch, 'signature'>)
  | ({ readonly kind: 'lane-vote' } & Omit<LaneVote, 'signature'>)
  | ({ readonly kind: 'lane-move' } & Omit<LaneMove, 'signature'>);

/** What an auditor says of a block: counted in no quorum. */
export type UnsignedAudit = { readonly kind: 'audit' } & Omit<Audit, 'signature'>;

/** In `grouped-paper`, where primaries vote for their groups. */
export type UnsignedPaper =
  | ({ readonly kind: 'paper-proposal' } & Omit<PaperProposal, 'signature'>)
  | ({ readonly kind: 'paper-vote' } & Omit<PaperVote, 'signature'>)
  | ({ readonly kind: 'paper-replace' } & Omit<PaperReplace, 'signature'>);

export function isGlobal(message: Unsigned): message is UnsignedGlobal {
  return message.kind === 'proposal' || message.kind === 'vote' || message.kind === 'view-change';
}

/** Who is told: every other voter, or these. */
export type Audience = 'voters' | readonly PartyId[];

/** `bypass`: how long a member waits for its carrier (R9). `patience`: how long a carrier waits for votes, a member for batches. */
export type TimerName = 'view' | 'bypass' | 'patience';

/**
 * The participant's judgement of the bytes that a message carries (R4); irrelevant for those without. Bytes that do not
 * hash to the message's digest never come here: the verify stage refuses them, for the signature does not cover them.
 * `invalid` convicts whoever voted for them (R15), so it must follow from the bytes, the configuration and the parent that
 * they name, and only a member that holds that parent as final may say so. What depends on the view, the justification or the
 * own clock, and what builds on another parent, is `unacceptable`: no vote, no evidence.
 * `incomplete`: batches that the bytes refer to are missing, so nothing can be said yet.
 */
export type Validity = 'valid' | 'unacceptable' | 'invalid' | 'incomplete';

export type EngineInput =
  /**
   * Begins a height. `row` is what the journal holds for this epoch and height, else null. `last` is the final value
   * below it, where the engine does not know it itself (after a restart or a catch-up), so that it can answer (R9).
   * `lane` and `batches` are what the journal holds for this epoch, whatever height its row is of. `ordered` holds the last
   * ordered position of each lane that has one, in final state.
   */
  | {
      readonly kind: 'begin';
      readonly configuration: Configuration;
      readonly self: PartyId | null;
      readonly height: number;
      readonly row: VoteRow | null;
      readonly last?: Decided;
      readonly lane?: LaneRow;
      readonly batches?: readonly HeldBatch[];
      readonly ordered?: readonly LanePosition[];
    }
  /** Only of the open height and below, and of the open epoch: whoever holds one that came early feeds it in after `begin`. */
  | { readonly kind: 'message'; readonly message: Verified<ConsensusMessage>; readonly validity: Validity }
  /** The participant's answer to `request-value`. */
  | { readonly kind: 'value'; readonly height: number; readonly view: number; readonly value: Value }
  /**
   * `pending`: something waits that a block could order now; timers run only then (R7). On a channel with groups that is a
   * certified batch or a change of the configuration. `unbatched`: requests wait for a batch of the own group.
   */
  | { readonly kind: 'pending'; readonly pending: boolean; readonly unbatched?: boolean }
  /** The participant's answer to `request-batch`. */
  | { readonly kind: 'batch'; readonly digest: Digest; readonly bytes: Uint8Array }
  /** A request that was handed to the lane's author has waited too long for a batch (R8). */
  | { readonly kind: 'overdue' }
  | { readonly kind: 'timer'; readonly name: TimerName; readonly height: number; readonly view: number };

export type EngineEffect =
  | { readonly kind: 'persist'; readonly row: VoteRow }
  /** Sign, send, and feed back as an own verified message. Always after the `persist` that covers it. */
  | { readonly kind: 'say'; readonly message: Unsigned; readonly to: Audience }
  | { readonly kind: 'send'; readonly to: Audience; readonly message: ConsensusMessage }
  /** Replaces the running timer of that name. `delayMs` null stops it. */
  | { readonly kind: 'timer'; readonly name: TimerName; readonly height: number; readonly view: number; readonly delayMs: number | null }
  | { readonly kind: 'request-value'; readonly height: number; readonly view: number }
  /** The author of a lane has room for a batch. */
  | { readonly kind: 'request-batch' }
  /** A batch that came or was certified: its requests are batched now, and a certified one can be ordered. */
  | { readonly kind: 'batch'; readonly batch: HeldBatch }
  /** Judge this again and put it in again: batches that it lacked have come. */
  | { readonly kind: 'judge'; readonly message: Verified<ConsensusMessage> }
  /** Fires once per height. */
  | { readonly kind: 'decide'; readonly height: number; readonly value: Value; readonly certificate: Certificate }
  /** A valid certificate or message shows that others are at `height`, above the open one: pull what is below it. */
  | { readonly kind: 'behind'; readonly height: number }
  | { readonly kind: 'evidence'; readonly evidence: Evidence };

/** R15: two signed statements that no correct member makes. */
export interface Evidence {
  readonly culprit: PartyId;
  readonly fault: 'two-digests' | 'two-proposals' | 'commit-below-lock' | 'invalid-value';
  readonly messages: readonly ConsensusMessage[];
}

export interface Step<State> {
  readonly state: State;
  readonly effects: readonly EngineEffect[];
}

export interface Engine<State> {
  readonly initial: State;
  step(state: State, input: EngineInput): Step<State>;
}
