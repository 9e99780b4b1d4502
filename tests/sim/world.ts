// What a simulated member sees of the world around it, and the packets that members exchange.
import type { PartyId } from '../../src/node/base/index.ts';
import type { Certificate, Configuration, ConsensusMessage, Evidence, Unsigned, VoteRow } from '../../src/node/consensus/index.ts';
import type { Clock } from './clock.ts';
import type { EngineName, Machine } from './engines.ts';
import type { History, Place } from './history.ts';
import type { Random } from './random.ts';

export type Decided = Extract<ConsensusMessage, { kind: 'decided' }>;

export type Packet =
  | { readonly kind: 'consensus'; readonly message: ConsensusMessage }
  | { readonly kind: 'requests'; readonly requests: readonly string[] }
  /** The sender's next height: whoever is above answers with what is missing. */
  | { readonly kind: 'pull'; readonly from: number }
  /** Final blocks with their batches. */
  | { readonly kind: 'finals'; readonly finals: readonly Decided[] };

/** What the checkers watch. `member` is an index; twins share one. */
export interface Watcher {
  said(member: number, message: Unsigned, durable: VoteRow | null): void;
  /** A verified message of another member. */
  heard(member: number, message: ConsensusMessage): void;
  final(member: number, decided: Decided, place: Place): void;
  lacked(member: number, message: Unsigned): void;
  accused(member: number, evidence: Evidence): void;
  refused(member: number, reason: string): void;
}

/** What bytes and signatures cost, where a run is charged for them. */
export interface Charge {
  readonly uplinkMbits: number;
  readonly signUs: number;
  readonly verifyUs: number;
  /** One request on the wire, its signature included. */
  readonly requestBytes: number;
}

/** How requests become batches and blocks. */
export interface Batching {
  /** Requests in one block of a flat engine, or in one batch of a lane. */
  readonly requests: number;
  /** How long a lane's author waits for more requests than it has. */
  readonly waitMs: number;
  /** Batches that one block orders. */
  readonly cut: number;
}

export type Verdict = { readonly message: ConsensusMessage } | { readonly refusal: string };

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly engine: EngineName;
  /** Members in all, voting or not. */
  readonly members: number;
  readonly history: History;
  readonly watcher: Watcher;
  readonly charge: Charge | null;
  /** Milliseconds that a strict write takes. */
  readonly persistMs: number;
  readonly batching: Batching;
  machine(): Machine;
  /** What the verify stage lets through of a message, or why it refuses it. */
  verified(message: ConsensusMessage, configuration: Configuration): Verdict;
  /** Whether a commit certificate proves a block final under the configuration of its height. */
  certificateHolds(certificate: Certificate, configuration: Configuration): boolean;
  sign(member: number, message: Unsigned, configuration: Configuration): ConsensusMessage;
  send(from: number, to: number, packet: Packet): void;
  indexOf(party: PartyId): number;
  partyOf(member: number): PartyId;
}
