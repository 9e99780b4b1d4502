// What the parts of the in-memory network know of each other: interfaces only. The hub implements the exchange in the middle.
import type { Clock, Link, NetworkEvent, PeerId, Timers } from '../../../ports/index.ts';
import type { AnswerError } from '../answer-error.ts';
import type { Terrain, Weather } from './weather.ts';

/** A link as its ends see it. */
export interface Passage {
  readonly ends: readonly [PeerId, PeerId];
  joins(peer: PeerId): boolean;
  other(peer: PeerId): PeerId;
  /** Delivers after the weather's delay, behind what the same end sent before. A lossy delivery may never happen. */
  carry(sender: PeerId, sizeBytes: number, lossy: boolean, deliver: () => void): void;
  view(peer: PeerId): Link;
}

export type Answer = { readonly bytes: Uint8Array } | { readonly error: AnswerError };

/** A request that waits for its answer. */
export interface Pending {
  readonly peer: PeerId;
  readonly settle: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

/** A node's network as others reach it. */
export interface NetworkEnd {
  readonly started: boolean;
  readonly wishes: ReadonlySet<PeerId>;
  /** Whether this node is up and takes links from a peer. */
  admits(peer: PeerId): boolean;
  tell(event: NetworkEvent): void;
  receive(peer: PeerId, frame: Uint8Array): void;
  /** Answers a request that arrived from `peer`, back over the link that is there by then. */
  answer(peer: PeerId, request: Uint8Array, pending: Pending): Promise<void>;
}

/** A node's blobs as others reach them. */
export interface BlobEnd {
  /** Something changed that a waiting `get` may have waited for. */
  lookAgain(): void;
  /** What is held here, without asking anybody. */
  peek(cid: string): Uint8Array | null;
}

/** What the nodes of a hub ask of it. */
export interface Exchange {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly terrain: Terrain;
  readonly weather: Weather;
  readonly relayUp: boolean;
  /** Even draws in [0, 1). */
  draw(): number;
  delayMs(): number;
  network(peer: PeerId): NetworkEnd | undefined;
  blobs(peer: PeerId): BlobEnd | undefined;
  link(a: PeerId, b: PeerId): Passage | null;
  linksOf(peer: PeerId): readonly Passage[];
  /** Brings up the link between two peers where one wishes for it and nothing is in the way. */
  consider(a: PeerId, b: PeerId): void;
  considerAll(): void;
  drop(a: PeerId, b: PeerId): void;
  /** Something that a blob store may be waiting for has come. */
  blobsChanged(): void;
}
