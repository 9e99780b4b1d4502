// Who is dialled when. A wished peer is dialled until it is linked directly: at most a few at once, in turn, with pauses that double
// and are never in step. While no relay is there nothing is tried, because dials go through a relay. Opens no link itself.
import type { Clock, PeerId, Timers } from '../../../ports/index.ts';
import {
  DIAL_TIMEOUT_MS,
  DIALS_AT_ONCE,
  FIRST_RETRY_MS,
  GREETING_TIMEOUT_MS,
  INCOMING_DIAL_MS,
  LAST_RETRY_MS,
  MAX_QUICK_RETRIES,
  QUICK_RETRY_MS,
  UPGRADE_RETRY_MS,
} from '../limits.ts';
import { pauseMs } from './pause.ts';

export interface DiallerInit {
  readonly clock: Clock;
  readonly timers: Timers;
  /** Even draws in [0, 1). */
  readonly draw: () => number;
  /** Makes a connection; rejects where there is none to be had. The link follows by itself. */
  readonly dial: (peer: PeerId, tries: number, signal: AbortSignal) => Promise<void>;
  readonly canDial: () => boolean;
  readonly pathTo: (peer: PeerId) => 'direct' | 'relayed' | null;
}

interface Wish {
  failures: number;
  linkedSinceMs: number | null;
  cancelTimer: () => void;
  /** Set while a dial is under way. */
  abort: AbortController | null;
}

/** Why a dial is ended that shall be tried again. */
const LOST = new Error('the connection under the dial was lost');

export class Dialler {
  readonly #init: DiallerInit;
  readonly #wishByPeer = new Map<PeerId, Wish>();
  readonly #queue = new Set<PeerId>();
  #underWay = 0;
  #hadRelay = false;

  constructor(init: DiallerInit) {
    this.#init = init;
  }

  isWished(peer: PeerId): boolean {
    return this.#wishByPeer.has(peer);
  }

  isDialling(peer: PeerId): boolean {
    return (this.#wishByPeer.get(peer)?.abort ?? null) !== null;
  }

  wish(peer: PeerId): void {
    if (this.#wishByPeer.has(peer)) return;
    this.#wishByPeer.set(peer, { failures: 0, linkedSinceMs: null, cancelTimer: () => undefined, abort: null });
    this.#enqueue(peer);
  }

  unwish(peer: PeerId): void {
    const wish = this.#wishByPeer.get(peer);
    if (wish === undefined) return;
    this.#wishByPeer.delete(peer);
    this.#queue.delete(peer);
    wish.cancelTimer();
    wish.abort?.abort();
  }

  stop(): void {
    for (const wish of this.#wishByPeer.values()) {
      wish.cancelTimer();
      wish.abort?.abort();
    }
    this.#queue.clear();
  }

  noteLinkUp(peer: PeerId): void {
    const wish = this.#wishByPeer.get(peer);
    if (wish === undefined) return;
    wish.linkedSinceMs = this.#init.clock.nowMs();
    wish.cancelTimer();
    this.#queue.delete(peer);
    if (this.#init.pathTo(peer) === 'relayed') this.#later(peer, UPGRADE_RETRY_MS * (0.5 + this.#init.draw()));
  }

  noteLinkDown(peer: PeerId): void {
    const wish = this.#wishByPeer.get(peer);
    if (wish === undefined) return;
    // A link that did not last is a failure as well; else a peer that ends every link at once would be dialled without a pause.
    const lasted = wish.linkedSinceMs !== null && this.#init.clock.nowMs() - wish.linkedSinceMs > LAST_RETRY_MS;
    wish.failures = lasted ? 0 : wish.failures + 1;
    wish.linkedSinceMs = null;
    this.#retry(peer, wish);
  }

  /** The peer is dialling us: its dial has the first turn. */
  noteIncoming(peer: PeerId): void {
    const wish = this.#wishByPeer.get(peer);
    if (wish === undefined || wish.abort !== null || this.#init.pathTo(peer) === 'direct') return;
    this.#queue.delete(peer);
    this.#later(peer, INCOMING_DIAL_MS);
  }

  /** A connection closed before it bore a link. */
  noteConnectionLost(peer: PeerId): void {
    const wish = this.#wishByPeer.get(peer);
    if (wish === undefined || wish.abort !== null || this.#init.pathTo(peer) !== null) return;
    this.#retry(peer, wish);
  }

  /** What a dial ran over is gone: it would only wait for its time-out. */
  noteDialLost(peer: PeerId): void {
    this.#wishByPeer.get(peer)?.abort?.abort(LOST);
  }

  /** A relay is there: what was held back or has failed meanwhile is tried again, not all at once. */
  noteRelayUp(): void {
    for (const [peer, wish] of this.#wishByPeer) {
      if (wish.abort !== null || this.#init.pathTo(peer) === 'direct') continue;
      wish.failures = 0;
      // After an outage everybody comes at once; a node that has just started comes alone.
      this.#later(peer, this.#hadRelay ? FIRST_RETRY_MS * this.#init.draw() : 0);
    }
    this.#hadRelay = true;
  }

  #retry(peer: PeerId, wish: Wish): void {
    this.#later(peer, pauseMs(wish.failures, FIRST_RETRY_MS, LAST_RETRY_MS, this.#init.draw));
  }

  #later(peer: PeerId, delayMs: number): void {
    const wish = this.#wishByPeer.get(peer);
    if (wish === undefined) return;
    wish.cancelTimer();
    wish.cancelTimer = this.#init.timers.after(delayMs, () => {
      this.#enqueue(peer);
    });
  }

  #enqueue(peer: PeerId): void {
    this.#queue.add(peer);
    this.#next();
  }

  #next(): void {
    for (const peer of [...this.#queue]) {
      if (this.#underWay >= DIALS_AT_ONCE || !this.#init.canDial()) return;
      this.#queue.delete(peer);
      const wish = this.#wishByPeer.get(peer);
      if (wish !== undefined && wish.abort === null && this.#init.pathTo(peer) !== 'direct') void this.#dial(peer, wish);
    }
  }

  async #dial(peer: PeerId, wish: Wish): Promise<void> {
    this.#underWay += 1;
    const abort = new AbortController();
    wish.abort = abort;
    wish.cancelTimer();
    let done = false;
    try {
      await this.#init.dial(peer, wish.failures, AbortSignal.any([abort.signal, AbortSignal.timeout(DIAL_TIMEOUT_MS)]));
      done = true;
    } catch {
      wish.failures += 1;
    }
    wish.abort = null;
    this.#underWay -= 1;
    const lost = abort.signal.reason === LOST;
    if ((lost || !abort.signal.aborted) && this.#init.pathTo(peer) !== 'direct') {
      // A link should follow; where it does not, we begin again.
      if (lost && wish.failures <= MAX_QUICK_RETRIES) this.#later(peer, QUICK_RETRY_MS * (0.5 + this.#init.draw()));
      else if (done) this.#later(peer, GREETING_TIMEOUT_MS);
      else if (this.#init.pathTo(peer) === 'relayed') this.#later(peer, UPGRADE_RETRY_MS * (0.5 + this.#init.draw()));
      else this.#retry(peer, wish);
    }
    this.#next();
  }
}
