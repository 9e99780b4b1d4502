// Keeps a place at one relay: connects, learns its peer id, reserves a place there so that others reach us through it, notices when it
// is gone or deaf, and begins again after a pause. Links that are up do not depend on it.
import type { Connection, Libp2p, Listener } from '@libp2p/interface';
import type { Ping } from '@libp2p/ping';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { PeerId, Timers } from '../../../ports/index.ts';
import { DIAL_TIMEOUT_MS, FIRST_RELAY_RETRY_MS, LAST_RELAY_RETRY_MS, MAX_SILENT_RELAY_HEARTBEATS, RELAY_HEARTBEAT_MS } from '../limits.ts';
import { firing } from '../firing.ts';
import { pauseMs } from './pause.ts';

/** The part of libp2p's transport manager that listens while the node runs. */
export interface Listening {
  listen(addresses: Multiaddr[]): Promise<void>;
  getListeners(): Listener[];
}

export interface RelayPostInit {
  readonly address: Multiaddr;
  readonly node: Libp2p<{ ping: Ping }>;
  readonly listening: Listening;
  readonly timers: Timers;
  /** Even draws in [0, 1). */
  readonly draw: () => number;
  /** Whether another relay holds a place for us or is about to: closing listeners would give up its place as well. */
  readonly othersBusy: () => boolean;
  readonly onUp: () => void;
  /** Once for each outage. */
  readonly onDown: (detail: string) => void;
}

export class RelayPost {
  readonly #init: RelayPostInit;
  readonly #stop = new AbortController();
  #peer: PeerId | null;
  #connection: Connection | null = null;
  #listeners: Listener[] = [];
  #state: 'up' | 'trying' | 'waiting' = 'waiting';
  #told: 'up' | 'down' | null = null;
  #failures = 0;
  #silentBeats = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(init: RelayPostInit) {
    this.#init = init;
    this.#peer = init.address.getComponents().findLast(({ name }) => name === 'p2p')?.value ?? null;
  }

  get address(): string {
    return this.#init.address.toString();
  }

  get up(): boolean {
    return this.#state === 'up';
  }

  get busy(): boolean {
    return this.#state !== 'waiting';
  }

  /** The relay's address with its peer id, while it is up. */
  get reachedAt(): Multiaddr | null {
    return this.up ? (this.#connection?.remoteAddr ?? null) : null;
  }

  /** Whether a connection goes to this relay; known from its address even before the relay's peer id is. */
  owns(connection: Connection): boolean {
    const peer = connection.remotePeer.toString();
    // Addresses of nodes behind the relay begin with the relay's: only the whole counts.
    return peer === this.#peer || connection.remoteAddr.toString() === `${this.address}/p2p/${peer}`;
  }

  isPeer(peer: PeerId): boolean {
    return peer === this.#peer;
  }

  start(): void {
    void this.#try();
  }

  stop(): void {
    this.#stop.abort();
    this.#cancelTimer();
  }

  noteClosed(connection: Connection): void {
    if (connection !== this.#connection || this.#state !== 'up') return;
    this.#retry('the connection to the relay was lost');
  }

  async #try(): Promise<void> {
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]);
    this.#state = 'trying';
    try {
      const connection = await this.#init.node.dial(this.#init.address, { signal });
      this.#peer = connection.remotePeer.toString();
      this.#connection = connection;
      await Promise.race([this.#reserve(connection), firing(signal)]);
      if (connection.status !== 'open') throw new Error('closed while reserving a place');
      if (this.#stop.signal.aborted) return;
      this.#state = 'up';
      this.#failures = 0;
      this.#silentBeats = 0;
      this.#scheduleBeat();
      this.#told = 'up';
      this.#init.onUp();
    } catch (error) {
      this.#connection?.abort(new Error('no place at the relay'));
      this.#retry(error instanceof Error ? error.name : 'the relay cannot be reached');
    }
  }

  /** Asks the relay for a place. A listener for it from before the outage would announce the place twice: it goes first. */
  async #reserve(connection: Connection): Promise<void> {
    const { listening, othersBusy } = this.#init;
    if (!othersBusy()) for (const stale of this.#listeners.splice(0)) await stale.close();
    const before = new Set(listening.getListeners());
    try {
      await listening.listen([connection.remoteAddr.encapsulate('/p2p-circuit')]);
    } finally {
      this.#listeners.push(...listening.getListeners().filter((listener) => !before.has(listener)));
    }
  }

  #retry(detail: string): void {
    this.#state = 'waiting';
    this.#connection = null;
    this.#cancelTimer();
    if (this.#stop.signal.aborted) return;
    const delayMs = pauseMs(this.#failures, FIRST_RELAY_RETRY_MS, LAST_RELAY_RETRY_MS, this.#init.draw);
    this.#failures += 1;
    this.#cancelTimer = this.#init.timers.after(delayMs, () => {
      void this.#try();
    });
    if (this.#told === 'down') return;
    this.#told = 'down';
    this.#init.onDown(detail);
  }

  #scheduleBeat(): void {
    this.#cancelTimer = this.#init.timers.after(RELAY_HEARTBEAT_MS, () => {
      void this.#beat();
    });
  }

  /** A relay that hangs keeps its connection open; only asking shows it. */
  async #beat(): Promise<void> {
    const connection = this.#connection;
    if (connection === null || this.#state !== 'up') return;
    try {
      const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(RELAY_HEARTBEAT_MS)]);
      await this.#init.node.services.ping.ping(connection.remotePeer, { signal });
      this.#silentBeats = 0;
    } catch {
      this.#silentBeats += 1;
    }
    if (connection !== this.#connection || this.#stop.signal.aborted) return;
    if (this.#silentBeats >= MAX_SILENT_RELAY_HEARTBEATS) connection.abort(new Error('the relay is deaf'));
    else this.#scheduleBeat();
  }
}
