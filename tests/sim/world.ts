// What a simulated member sees of the world around it, and the packets that members exchange.
import type { PartyId } from '../../src/node/base/index.ts';
import type { Configuration, ConsensusMessage, Evidence, Unsigned, VoteRow } from '../../src/node/consensus/index.ts';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

export type Decided = Extract<ConsensusMessage, { kind: 'decided' }>;

export type Packet =
  | { readonly kind: 'consensus'; readonly message: ConsensusMessage }
  | { readonly kind: 'request'; readonly request: string }
  /** The sender's next height: whoever is above answers with what is missing. */
  | { readonly kind: 'pull'; readonly from: number }
  | { readonly kind: 'finals'; readonly finals: readonly Decided[] };

/** What the checkers watch. `member` is an index; twins share one. */
export interface Watcher {
  said(member: number, message: Unsigned, durable: VoteRow | null): void;
  /** A verified message of another member. */
  heard(member: number, message: ConsensusMessage): void;
  final(member: number, decided: Decided): void;
  accused(member: number, evidence: Evidence): void;
  refused(member: number, reason: string): void;
}

export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly configuration: Configuration;
  readonly watcher: Watcher;
  /** Milliseconds that a strict write takes. */
  readonly persistMs: number;
  /** Requests in one block. */
  readonly batch: number;
  readonly verified: (message: ConsensusMessage) => string | null;
  sign(member: number, message: Unsigned): ConsensusMessage;
  send(from: number, to: number, packet: Packet): void;
  indexOf(party: PartyId): number;
}
