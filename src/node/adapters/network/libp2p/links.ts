// The links of one node, at most one for each peer. Of two ends the opener (greeting.ts) chooses the connection: direct before
// relayed, and relayed only after a direct one had its chance. It closes what it did not choose. Ends what is dead or unwished.
import type { Connection, Libp2p } from '@libp2p/interface';
import type { Clock, Log, PeerId, Timers } from '../../../ports/index.ts';
import { HEARTBEAT_MS, MAX_GREETINGS, RELAYED_GRACE_MS, SURPLUS_GRACE_MS, UNWISHED_MS } from '../limits.ts';
import { BULK_PROTOCOL, opens, VOTE_PROTOCOL } from './greeting.ts';
import { Link } from './link.ts';
import { openStreams, Reception, type StreamPair } from './streams.ts';

export interface LinksInit {
  readonly self: PeerId;
  readonly node: Libp2p;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly isWished: (peer: PeerId) => boolean;
  readonly isRefused: (peer: PeerId) => boolean;
  readonly onUp: (peer: PeerId) => void;
  readonly onDown: (peer: PeerId, reason: string) => void;
  readonly onFrame: (peer: PeerId, frame: Uint8Array) => void;
  readonly onRequest: (peer: PeerId, request: Uint8Array) => Promise<Uint8Array>;
}

export class Links {
  readonly #init: LinksInit;
  readonly #reception: Reception;
  readonly #linkByPeer = new Map<PeerId, Link>();
  readonly #opening = new Set<PeerId>();
  readonly #failures = new WeakMap<Connection, number>();
  /** Relayed connections that have waited long enough for a direct one. */
  readonly #ripe = new WeakSet<Connection>();
  #cancelBeat: () => void = () => undefined;
  #stopped = false;

  constructor(init: LinksInit) {
    this.#init = init;
    this.#reception = new Reception(init.timers, (connection, streams) => {
      this.#adopt(connection, streams);
    });
  }

  async start(): Promise<void> {
    const options = { runOnLimitedConnection: true, maxInboundStreams: 2 * MAX_GREETINGS };
    for (const [kind, protocol] of [['vote', VOTE_PROTOCOL] as const, ['bulk', BULK_PROTOCOL] as const]) {
      await this.#init.node.handle(
        protocol,
        (stream, connection) => {
          const peer = connection.remotePeer.toString();
          if (opens(this.#init.self, peer) || this.#init.isRefused(peer)) stream.abort(new Error('not yours to open'));
          else void this.#reception.receive(kind, stream, connection);
        },
        options,
      );
    }
    this.#scheduleBeat();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelBeat();
    for (const link of this.all()) link.end('this node stops');
  }

  get(peer: PeerId): Link | undefined {
    return this.#linkByPeer.get(peer);
  }

  all(): readonly Link[] {
    return [...this.#linkByPeer.values()];
  }

  /** A connection to a peer (not to a relay) came up. */
  noteConnection(connection: Connection): void {
    const peer = connection.remotePeer.toString();
    if (this.#init.isRefused(peer)) {
      connection.abort(new Error('this peer is refused'));
      return;
    }
    if (!opens(this.#init.self, peer)) return;
    if (connection.limits === undefined) {
      void this.#open(peer);
      return;
    }
    this.#init.timers.after(RELAYED_GRACE_MS, () => {
      this.#ripe.add(connection);
      void this.#open(peer);
    });
  }

  /** Ends link and connections of a peer. */
  drop(peer: PeerId, reason: string): void {
    this.#linkByPeer.get(peer)?.end(reason);
    for (const connection of this.#connectionsTo(peer)) connection.abort(new Error(reason));
  }

  #connectionsTo(peer: PeerId): readonly Connection[] {
    return this.#init.node.getConnections().filter((one) => one.remotePeer.toString() === peer && one.status === 'open');
  }

  /** The connection that a link should be opened on now, or null where there is none or the link has the best already. */
  #choose(peer: PeerId): Connection | null {
    const usable = this.#connectionsTo(peer).filter((one) => (this.#failures.get(one) ?? 0) < MAX_GREETINGS);
    const link = this.#linkByPeer.get(peer);
    if (link?.path === 'direct') return null;
    const direct = usable.find((one) => one.limits === undefined);
    if (direct !== undefined) return direct;
    return link === undefined ? (usable.find((one) => this.#ripe.has(one)) ?? null) : null;
  }

  async #open(peer: PeerId): Promise<void> {
    if (this.#opening.has(peer)) return;
    this.#opening.add(peer);
    for (let choice = this.#choose(peer); choice !== null && !this.#stopped; choice = this.#choose(peer)) {
      try {
        this.#adopt(choice, await openStreams(choice));
      } catch (error) {
        this.#noteFailure(choice, error);
      }
    }
    this.#opening.delete(peer);
  }

  #noteFailure(connection: Connection, error: unknown): void {
    const name = error instanceof Error ? error.name : 'unknown';
    const stranger = name === 'UnsupportedProtocolError';
    const failures = stranger ? MAX_GREETINGS : (this.#failures.get(connection) ?? 0) + 1;
    this.#failures.set(connection, failures);
    if (!stranger) this.#init.log.debug('link-not-opened', { reason: error instanceof Error ? error.message : name, failures });
    // Not a node of ours keeps its connection (it may be a relay); one that cannot be linked to starts again with a new one.
    if (!stranger && failures >= MAX_GREETINGS) connection.abort(new Error('no link could be opened'));
  }

  #adopt(connection: Connection, streams: StreamPair): void {
    const { init, peer } = { init: this.#init, peer: connection.remotePeer.toString() };
    if (this.#stopped || init.isRefused(peer)) {
      streams.vote.end('refused');
      streams.bulk.end('refused');
      return;
    }
    this.#linkByPeer.get(peer)?.end('replaced');
    const link: Link = new Link(
      { peer, connection, ...streams, wished: init.isWished(peer), clock: init.clock, timers: init.timers },
      {
        onFrame: (frame) => {
          init.onFrame(peer, frame);
        },
        onRequest: (request) => init.onRequest(peer, request),
        onEnd: (reason) => {
          this.#noteEnd(link, reason);
        },
      },
    );
    this.#linkByPeer.set(peer, link);
    init.log.debug('link-up', { path: link.path });
    init.onUp(peer);
    link.open();
    if (opens(init.self, peer))
      init.timers.after(SURPLUS_GRACE_MS, () => {
        this.#closeSurplus(link);
      });
  }

  #noteEnd(link: Link, reason: string): void {
    if (this.#linkByPeer.get(link.peer) !== link) return;
    this.#linkByPeer.delete(link.peer);
    this.#init.log.debug('link-down', { reason, path: link.path });
    // Only its own connection: the other end may be moving the link to another one.
    if (reason !== 'replaced') link.connection.abort(new Error(reason));
    this.#init.onDown(link.peer, reason);
    if (reason !== 'replaced' && opens(this.#init.self, link.peer)) void this.#open(link.peer);
  }

  /** Closes the connections that do not bear the link: those of a dial from the other end, and the relayed one that made it. */
  #closeSurplus(link: Link): void {
    if (this.#linkByPeer.get(link.peer) !== link || link.path === 'relayed') return;
    for (const connection of this.#connectionsTo(link.peer)) {
      if (connection !== link.connection) void connection.close().catch(() => undefined);
    }
  }

  #scheduleBeat(): void {
    this.#cancelBeat = this.#init.timers.after(HEARTBEAT_MS, () => {
      const nowMs = this.#init.clock.nowMs();
      for (const link of this.all()) {
        if (link.unwishedSinceMs !== null && nowMs - link.unwishedSinceMs > UNWISHED_MS) link.end('unwished');
        else link.beat();
        if (opens(this.#init.self, link.peer)) this.#closeSurplus(link);
      }
      this.#scheduleBeat();
    });
  }
}
