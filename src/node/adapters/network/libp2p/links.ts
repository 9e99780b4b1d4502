// The links of one node, at most one for each peer. Of two ends the opener (greeting.ts) chooses the connection: direct before
// relayed, and relayed only after a direct one had its chance. It closes what it did not choose. Ends what is dead or unwished.
import type { Connection, Libp2p } from '@libp2p/interface';
import type { Clock, Log, PeerId, Timers } from '../../../ports/index.ts';
import {
  DEAD_ON_ARRIVAL_MS,
  GREETING_TIMEOUT_MS,
  HEARTBEAT_MS,
  MAX_GREETINGS,
  RELAYED_GRACE_MS,
  SURPLUS_GRACE_MS,
  UNWISHED_MS,
} from '../limits.ts';
import { BULK_PROTOCOL, opens, VOTE_PROTOCOL } from './greeting.ts';
import { Link } from './link.ts';
import { openStreams, probe, Reception, type StreamPair } from './streams.ts';

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
  readonly #opening = new Set<Connection>();
  readonly #openedMs = new WeakMap<Connection, number>();
  /** Connections that a link has been up on. */
  readonly #bore = new WeakSet<Connection>();
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
    const { self, clock, timers, isRefused } = this.#init;
    const peer = connection.remotePeer.toString();
    if (isRefused(peer)) {
      connection.abort(new Error('this peer is refused'));
      return;
    }
    this.#openedMs.set(connection, clock.nowMs());
    if (connection.limits === undefined) {
      if (opens(self, peer)) void this.#open(connection);
      else void probe(connection);
      // One that bears no link by now is dead or was made twice.
      timers.after(2 * GREETING_TIMEOUT_MS, () => {
        if (this.#linkByPeer.get(peer)?.connection !== connection) connection.abort(new Error('no link in time'));
      });
    } else if (opens(self, peer)) {
      timers.after(RELAYED_GRACE_MS, () => {
        this.#ripe.add(connection);
        void this.#open(connection);
      });
    }
  }

  /**
   * A connection closed. A direct one that dies at once had its handshake fail, which the end that dials may not notice; closing
   * the relayed connection under it tells that end to begin again.
   */
  noteClosed(connection: Connection): void {
    const openedMs = this.#openedMs.get(connection);
    if (connection.limits !== undefined || openedMs === undefined || this.#bore.has(connection)) return;
    if (this.#init.clock.nowMs() - openedMs > DEAD_ON_ARRIVAL_MS) return;
    const peer = connection.remotePeer.toString();
    if (this.#linkByPeer.has(peer)) return;
    for (const other of this.#connectionsTo(peer)) if (other.limits !== undefined) other.abort(new Error('its direct connection failed'));
  }

  /** Ends link and connections of a peer. */
  drop(peer: PeerId, reason: string): void {
    this.#linkByPeer.get(peer)?.end(reason);
    for (const connection of this.#connectionsTo(peer)) connection.abort(new Error(reason));
  }

  #connectionsTo(peer: PeerId): readonly Connection[] {
    return this.#init.node.getConnections().filter((one) => one.remotePeer.toString() === peer && one.status === 'open');
  }

  /** Whether a link on this connection would be better than what there is. */
  #wants(connection: Connection): boolean {
    if (this.#stopped || connection.status !== 'open') return false;
    const link = this.#linkByPeer.get(connection.remotePeer.toString());
    return link === undefined || (link.path === 'relayed' && connection.limits === undefined);
  }

  async #open(connection: Connection): Promise<void> {
    if (this.#opening.has(connection)) return;
    this.#opening.add(connection);
    for (let tries = 0; tries < MAX_GREETINGS && this.#wants(connection); tries += 1) {
      try {
        this.#adopt(connection, await openStreams(connection, () => this.#wants(connection)));
      } catch (error) {
        const name = error instanceof Error ? error.name : 'unknown';
        // Not a node of ours; it may be a relay that is not ours either.
        if (name === 'UnsupportedProtocolError') break;
        this.#init.log.debug('link-not-opened', { reason: error instanceof Error ? error.message : name });
        if (tries === MAX_GREETINGS - 1) connection.abort(new Error('no link could be opened'));
      }
    }
    this.#opening.delete(connection);
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
    this.#bore.add(connection);
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
    if (reason === 'replaced' || !opens(this.#init.self, link.peer)) return;
    for (const other of this.#connectionsTo(link.peer)) if (other.limits === undefined || this.#ripe.has(other)) void this.#open(other);
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
