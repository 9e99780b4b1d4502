// The Network port over libp2p: wishes, frames, requests and events. Frames and requests go over links only; other protocols (the
// exchange of blocks) may open streams on links and nowhere else.
import type { Connection, Stream, StreamHandlerOptions } from '@libp2p/interface';
import type { Link, Network, NetworkEvent, PeerId, RequestHandler } from '../../../ports/index.ts';
import { unreachable } from '../failures.ts';
import { MAX_RELAYS, REQUEST_TIMEOUT_MS } from '../limits.ts';
import { isPeerId, parseRelay } from './addresses.ts';
import type { Libp2pNetworkInit } from './libp2p-network-init.ts';
import { buildRunning, type Running } from './running.ts';

/** Streams of other protocols between linked peers. */
export interface LinkedStreams {
  /** Peers that a link is up to, those linked directly first. */
  linked(): readonly PeerId[];
  /** Rejects where there is no link. */
  open(peer: PeerId, protocol: string, signal: AbortSignal): Promise<Stream>;
  /** Streams from peers without a link are closed before the handler sees them. */
  handle(protocol: string, handler: LinkedStreamHandler, options: StreamHandlerOptions): Promise<void>;
  /** Called when a link came up or went down. */
  onChange(listener: (peer: PeerId, up: boolean) => void): () => void;
  connection(peer: PeerId): Connection | undefined;
}

export type LinkedStreamHandler = (stream: Stream, connection: Connection) => void | Promise<void>;

export class Libp2pNetwork implements Network, LinkedStreams {
  readonly self: PeerId;
  readonly #init: Libp2pNetworkInit;
  readonly #relayAddresses: readonly ReturnType<typeof parseRelay>[];
  readonly #wishes = new Set<PeerId>();
  readonly #refused = new Set<PeerId>();
  readonly #handlers = new Map<string, { readonly handler: LinkedStreamHandler; readonly options: StreamHandlerOptions }>();
  readonly #frameListeners: ((peer: PeerId, frame: Uint8Array) => void)[] = [];
  readonly #eventListeners = new Set<(event: NetworkEvent) => void>();
  readonly #changeListeners = new Set<(peer: PeerId, up: boolean) => void>();
  #requestHandler: RequestHandler | null = null;
  #running: Running | null = null;

  /** Throws AppError `bad-relay-address`. */
  constructor(init: Libp2pNetworkInit) {
    this.self = init.self;
    this.#init = init;
    this.#relayAddresses = init.relays.slice(0, MAX_RELAYS).map(parseRelay);
  }

  async start(): Promise<void> {
    if (this.#running !== null) return;
    const running = await this.#build();
    this.#running = running;
    await running.node.start();
    await running.links.start();
    for (const [protocol, { handler, options }] of this.#handlers) await this.#register(running, protocol, handler, options);
    for (const peer of this.#wishes) running.dialler.wish(peer);
    for (const post of running.posts) post.start();
  }

  async stop(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.dialler.stop();
    for (const post of running.posts) post.stop();
    running.links.stop();
    await running.node.stop();
  }

  connect(peer: PeerId): void {
    if (peer === this.self || !isPeerId(peer)) {
      this.#init.log.warn('not-a-peer', {});
      return;
    }
    this.#refused.delete(peer);
    this.#wishes.add(peer);
    this.#running?.dialler.wish(peer);
    this.#running?.links.get(peer)?.tellWish(true);
  }

  release(peer: PeerId): void {
    this.#wishes.delete(peer);
    this.#running?.dialler.unwish(peer);
    this.#running?.links.get(peer)?.tellWish(false);
  }

  disconnect(peer: PeerId): void {
    this.#wishes.delete(peer);
    this.#refused.add(peer);
    this.#running?.dialler.unwish(peer);
    this.#running?.links.drop(peer, 'refused');
  }

  send(peer: PeerId, frame: Uint8Array): void {
    this.#running?.links.get(peer)?.send(frame);
  }

  async request(peer: PeerId, request: Uint8Array, options: { readonly timeoutMs?: number } = {}): Promise<Uint8Array> {
    const link = this.#running?.links.get(peer);
    if (link === undefined) throw unreachable();
    return link.request(request, options.timeoutMs ?? REQUEST_TIMEOUT_MS);
  }

  onFrame(listener: (peer: PeerId, frame: Uint8Array) => void): void {
    this.#frameListeners.push(listener);
  }

  onRequest(handler: RequestHandler): void {
    this.#requestHandler = handler;
  }

  onEvent(listener: (event: NetworkEvent) => void): () => void {
    this.#eventListeners.add(listener);
    return () => this.#eventListeners.delete(listener);
  }

  links(): readonly Link[] {
    return (this.#running?.links.all() ?? []).map((link) => link.view());
  }

  relay(): { readonly address: string; readonly connected: boolean } {
    const posts = this.#running?.posts ?? [];
    const post = posts.find(({ up }) => up) ?? posts[0];
    return { address: post?.address ?? this.#init.relays[0] ?? '', connected: post?.up ?? false };
  }

  linked(): readonly PeerId[] {
    const links = [...(this.#running?.links.all() ?? [])];
    return links.sort((a, b) => Number(a.path === 'relayed') - Number(b.path === 'relayed')).map(({ peer }) => peer);
  }

  connection(peer: PeerId): Connection | undefined {
    return this.#running?.links.get(peer)?.connection;
  }

  async open(peer: PeerId, protocol: string, signal: AbortSignal): Promise<Stream> {
    const connection = this.connection(peer);
    if (connection === undefined) throw unreachable();
    return connection.newStream(protocol, { signal, runOnLimitedConnection: true });
  }

  async handle(protocol: string, handler: LinkedStreamHandler, options: StreamHandlerOptions): Promise<void> {
    this.#handlers.set(protocol, { handler, options });
    if (this.#running !== null) await this.#register(this.#running, protocol, handler, options);
  }

  onChange(listener: (peer: PeerId, up: boolean) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  async #register(running: Running, protocol: string, handler: LinkedStreamHandler, options: StreamHandlerOptions): Promise<void> {
    const onlyLinked: LinkedStreamHandler = (stream, connection) => {
      if (running.links.get(connection.remotePeer.toString()) === undefined) stream.abort(new Error('no link'));
      else return handler(stream, connection);
    };
    await running.node.handle(protocol, onlyLinked, { ...options, runOnLimitedConnection: true });
  }

  #build(): Promise<Running> {
    return buildRunning(this.#init, this.#relayAddresses, {
      isWished: (peer) => this.#wishes.has(peer),
      isRefused: (peer) => this.#refused.has(peer),
      onEvent: (event) => {
        this.#tell(event);
      },
      onFrame: (peer, frame) => {
        for (const listener of this.#frameListeners) listener(peer, frame);
      },
      onRequest: async (peer, request) => {
        if (this.#requestHandler === null) throw unreachable();
        return this.#requestHandler(peer, request);
      },
    });
  }

  #tell(event: NetworkEvent): void {
    if (event.kind === 'link-up' || event.kind === 'link-down') {
      for (const listener of [...this.#changeListeners]) listener(event.peer, event.kind === 'link-up');
    }
    for (const listener of [...this.#eventListeners]) listener(event);
  }
}
