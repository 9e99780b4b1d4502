// Finds the linked peer that has a block, and gets it from there. One after another is asked, so that one copy comes and not one from
// every archive; whoever is slow to answer does not hold up the next. Goes on until the block is here or the signal fires.
import type { CID } from 'multiformats/cid';
import type { PeerId, Timers } from '../../../ports/index.ts';
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
  return new Promise((resolve, reject) => {
    const asking = new Map<PeerId, AbortController>();
    const asked = new Set<PeerId>();
    let cancelTimer: () => void = () => undefined;
    let done = false;

    const finish = (settle: () => void): void => {
      if (done) return;
      done = true;
      cancelTimer();
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
      for (const controller of asking.values()) controller.abort();
      settle();
    };
    const onAbort = (): void => {
      finish(() => {
        reject(signal.reason instanceof Error ? signal.reason : new Error('given up'));
      });
    };
    const ask = (peer: PeerId): void => {
      const controller = new AbortController();
      asked.add(peer);
      asking.set(peer, controller);
      const limit = AbortSignal.any([controller.signal, AbortSignal.timeout(BLOCK_TIMEOUT_MS)]);
      init.fetch(peer, cid, limit).then(
        () => {
          good.note(peer);
          finish(() => {
            resolve(peer);
          });
        },
        (error: unknown) => {
          asking.delete(peer);
          const fatal = init.isFatal(error);
          if (fatal === null) step();
          else
            finish(() => {
              reject(fatal);
            });
        },
      );
    };
    /** Asks the next peer that was not asked in this round, and comes again in a while. */
    const step = (): void => {
      if (done) return;
      cancelTimer();
      const linked = init.linked();
      for (const [peer, controller] of asking) if (!linked.includes(peer)) controller.abort();
      const next = good.sort(linked).find((peer) => !asked.has(peer));
      if (next !== undefined) ask(next);
      // Everybody was asked: a new round begins after a pause.
      else if (asking.size === 0) asked.clear();
      cancelTimer = init.timers.after(next === undefined ? ASK_AGAIN_MS : ASK_NEXT_MS, look);
    };
    const look = (): void => {
      void init.has(cid).then((here) => {
        if (here)
          finish(() => {
            resolve(null);
          });
        else step();
      }, onAbort);
    };

    const unsubscribe = init.onChange(step);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    else step();
  });
}
