// The one interface of all engines: step(state, input) -> { state, effects }. A value is a digest and opaque bytes.
// An engine never sees a clock, a key or a network; it is told and it asks.
import type { Brand, ChannelId, Digest, PartyId } from '../base/index.ts';
import type { Certificate, ConsensusMessage, Decided, Phase, Proposal, ViewChange, Vote } from './messages.ts';

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
}

/** Opaque to the engine. */
export interface Value {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
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
}

/** A message of our own that still lacks its signature. */
export type Unsigned =
  | ({ readonly kind: 'proposal' } & Omit<Proposal, 'signature'>)
  | ({ readonly kind: 'vote' } & Omit<Vote, 'signature'>)
  | ({ readonly kind: 'view-change' } & Omit<ViewChange, 'signature'>);

/**
 * The participant's judgement of the bytes that a message carries (R4); irrelevant for those without. Bytes that do not
 * hash to the message's digest never come here: the verify stage refuses them, for the signature does not cover them.
 * `invalid` convicts whoever voted for them (R15), so it must follow from the bytes, the configuration and the parent that
 * they name, and only a member that holds that parent as final may say so. What depends on the view, the justification or the
 * own clock, and what builds on another parent, is `unacceptable`: no vote, no evidence.
 */
export type Validity = 'valid' | 'unacceptable' | 'invalid';

export type EngineInput =
  /**
   * Begins a height. `row` is what the journal holds for this epoch and height, else null. `last` is the final value
   * below it, where the engine does not know it itself (after a restart or a catch-up), so that it can answer (R9).
   */
  | {
      readonly kind: 'begin';
      readonly configuration: Configuration;
      readonly self: PartyId | null;
      readonly height: number;
      readonly row: VoteRow | null;
      readonly last?: Decided;
    }
  /** Only of the open height and below: whoever holds one that came early feeds it in after `begin`. */
  | { readonly kind: 'message'; readonly message: Verified<ConsensusMessage>; readonly validity: Validity }
  /** The participant's answer to `request-value`. */
  | { readonly kind: 'value'; readonly height: number; readonly view: number; readonly value: Value }
  /** Whether something waits to be ordered: timers run only then (R7). */
  | { readonly kind: 'pending'; readonly pending: boolean }
  | { readonly kind: 'timer'; readonly height: number; readonly view: number };

export type EngineEffect =
  | { readonly kind: 'persist'; readonly row: VoteRow }
  /** Sign, send to every voter, and feed back as an own verified message. Always after the `persist` that covers it. */
  | { readonly kind: 'say'; readonly message: Unsigned }
  | { readonly kind: 'send'; readonly to: PartyId; readonly message: ConsensusMessage }
  /** Replaces the running timer. `delayMs` null stops it. */
  | { readonly kind: 'timer'; readonly height: number; readonly view: number; readonly delayMs: number | null }
  | { readonly kind: 'request-value'; readonly height: number; readonly view: number }
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
