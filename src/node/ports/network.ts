// How a node reaches other nodes: two classes of traffic, votes and bulk, over authenticated links.

/** A libp2p peer id in text form: names the other end of a link, and only that. */
export type PeerId = string;

export interface Link {
  readonly peer: PeerId;
  /** Direct (WebRTC, or a test's memory) or through the relay. */
  readonly path: 'direct' | 'relayed';
  readonly sinceMs: number;
  readonly roundTripMs: number | null;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

export type NetworkEvent =
  | { readonly kind: 'link-up'; readonly peer: PeerId }
  | { readonly kind: 'link-down'; readonly peer: PeerId }
  | { readonly kind: 'relay-up' }
  | { readonly kind: 'relay-down'; readonly detail: string };

/** Answers one bulk request; throwing an AppError sends its code and message to the asker. */
export type RequestHandler = (peer: PeerId, request: Uint8Array) => Promise<Uint8Array>;

/**
 * Frames and requests between peers. Delivery is best effort and in order per link; whoever needs more asks again.
 * Peers are authenticated: `peer` is proved by the transport. Frames over the limits of base/ are refused and end the link.
 */
export interface Network {
  readonly self: PeerId;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Wishes for a link; the network dials in turns, with retries, until `release`. Idempotent. */
  connect(peer: PeerId): void;
  release(peer: PeerId): void;
  /** Ends the link at once and refuses new ones from this peer until `connect` asks for it again. */
  disconnect(peer: PeerId): void;
  /** Sends one frame on the long-lived vote stream; drops it silently where there is no link. */
  send(peer: PeerId, frame: Uint8Array): void;
  /** One request and its answer on the bulk stream. Throws AppError `unreachable`, `timeout`, `refused`. */
  request(peer: PeerId, request: Uint8Array, options?: { readonly timeoutMs?: number }): Promise<Uint8Array>;
  onFrame(listener: (peer: PeerId, frame: Uint8Array) => void): void;
  onRequest(handler: RequestHandler): void;
  onEvent(listener: (event: NetworkEvent) => void): () => void;
  links(): readonly Link[];
  relay(): { readonly address: string; readonly connected: boolean };
}
