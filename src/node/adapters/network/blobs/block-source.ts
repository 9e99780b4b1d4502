// Finds the linked peer that has a block, and gets it from there. One after another is asked, so that one copy comes and not one from
// every archive; whoever is slow to answer does not hold up the next. Goes on until the block is here or the signal fires.
import type { CID } from 'multiformats/cid';
import type { PeerId, Timers } from '../../../ports/index.ts';
import { firing } from '../firing.ts';
import { ASK_AGAIN_MS, ASK_NEXT_MS, BLOCK_TIMEOUT_MS } from '../limits.ts';

export interface BlockSourceInit {
  readonly timers: Timers;
  readonly linked: () => readonly PeerId[];
  /** Tells of links that came or went. */
  readonly onChange: (listener: () => void) => () => void;
  /** Gets one block from one peer and stores it; rejects where the peer does not give it. */
  readonly fetch: (peer: PeerId, cid: CID, signal: AbortSignal) => Promise<void>;
  /** Whether the block came some other way. */
  readonly has: (cid: CID) => Promise<boolean>;
  /** An error that asking others does not cure, or null. */
  readonly isFatal: (error: unknown) => Error | null;
}

/**
 * Asks until one try succeeds, one is refused, or the signal fires. The exchange forgets that it sent a block only when it hears of it
 * again, and a question may be lost with a link; so what stays unanswered is asked again while the earlier tries still listen.
 */
export async function askAgain(timers: Timers, signal: AbortSignal, attempt: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController();
  const limit = AbortSignal.any([signal, controller.signal]);
  let cancelTimer: () => void = () => undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const ask = (waitMs: number): void => {
        attempt(limit).then(resolve, reject);
        cancelTimer = timers.after(waitMs, () => {
          ask(ASK_AGAIN_MS);
        });
      };
      ask(ASK_NEXT_MS);
    });
  } finally {
    cancelTimer();
    controller.abort();
  }
}

/** Peers that gave blocks lately, best first. */
export class GoodPeers {
  #order: readonly PeerId[] = [];

  note(peer: PeerId): void {
    this.#order = [peer, ...this.#order.filter((other) => other !== peer)].slice(0, 16);
  }

  sort(peers: readonly PeerId[]): readonly PeerId[] {
    const rank = (peer: PeerId): number => {
      const at = this.#order.indexOf(peer);
      return at < 0 ? this.#order.length : at;
    };
    return [...peers].sort((a, b) => rank(a) - rank(b));
  }
}

/** Resolves with the peer that gave the block, or null where it came another way. Rejects when the signal fires. */
export function findBlock(init: BlockSourceInit, good: GoodPeers, cid: CID, signal: AbortSignal): Promise<PeerId | null> {
  return new Search(init, good, cid).run(signal);
}

/** One search for one block. */
class Search {
  readonly #init: BlockSourceInit;
  readonly #good: GoodPeers;
  readonly #cid: CID;
  readonly #found = Promise.withResolvers<PeerId | null>();
  readonly #asking = new Map<PeerId, AbortController>();
  readonly #askedThisRound = new Set<PeerId>();
  #cancelTimer: () => void = () => undefined;
  #done = false;

  constructor(init: BlockSourceInit, good: GoodPeers, cid: CID) {
    this.#init = init;
    this.#good = good;
    this.#cid = cid;
  }

  async run(signal: AbortSignal): Promise<PeerId | null> {
    const unsubscribe = this.#init.onChange(() => {
      this.#step();
    });
    try {
      if (!signal.aborted) this.#step();
      return await Promise.race([this.#found.promise, firing(signal)]);
    } finally {
      this.#done = true;
      this.#cancelTimer();
      unsubscribe();
      for (const controller of this.#asking.values()) controller.abort();
    }
  }

  /** Asks the next peer that was not asked in this round, and comes again in a while. */
  #step(): void {
    if (this.#done) return;
    this.#cancelTimer();
    const linked = this.#init.linked();
    for (const [peer, controller] of this.#asking) if (!linked.includes(peer)) controller.abort();
    const next = this.#good.sort(linked).find((peer) => !this.#askedThisRound.has(peer));
    if (next !== undefined) void this.#ask(next);
    // Everybody was asked: a new round begins after a pause.
    else if (this.#asking.size === 0) this.#askedThisRound.clear();
    this.#cancelTimer = this.#init.timers.after(next === undefined ? ASK_AGAIN_MS : ASK_NEXT_MS, () => {
      void this.#look();
    });
  }

  async #ask(peer: PeerId): Promise<void> {
    const controller = new AbortController();
    this.#askedThisRound.add(peer);
    this.#asking.set(peer, controller);
    try {
      await this.#init.fetch(peer, this.#cid, AbortSignal.any([controller.signal, AbortSignal.timeout(BLOCK_TIMEOUT_MS)]));
      this.#good.note(peer);
      this.#found.resolve(peer);
    } catch (error) {
      this.#asking.delete(peer);
      const fatal = this.#init.isFatal(error);
      if (fatal === null) this.#step();
      else this.#found.reject(fatal);
    }
  }

  /** The block may have come another way. */
  async #look(): Promise<void> {
    if (await this.#init.has(this.#cid)) this.#found.resolve(null);
    else this.#step();
  }
}
