// What a test does to the in-memory network: delay, loss, one-way silence, partitions. Random draws come from a seed, so that a
// run can be repeated. Holds no traffic itself.
import type { PeerId } from '../../../ports/index.ts';

export interface Weather {
  /** One way, drawn evenly between the two. */
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** Share of vote frames that get lost, 0 to 1. Requests are never lost: bulk traffic is a reliable stream. */
  readonly loss: number;
}

export const FAIR: Weather = { minDelayMs: 0, maxDelayMs: 0, loss: 0 };

/** Even draws in [0, 1) from a 32-bit seed (mulberry32). */
export function createDraw(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Who can reach whom. */
export class Terrain {
  readonly #groupByPeer = new Map<PeerId, number>();
  readonly #silenced = new Set<string>();

  /** Peers in different groups cannot link; peers in no group reach everybody. */
  partition(groups: readonly (readonly PeerId[])[]): void {
    this.#groupByPeer.clear();
    for (const [group, peers] of groups.entries()) {
      for (const peer of peers) this.#groupByPeer.set(peer, group);
    }
  }

  /** What `from` sends to `to` disappears while the link stays up: a one-way link. */
  silence(from: PeerId, to: PeerId): void {
    this.#silenced.add(`${from}>${to}`);
  }

  heal(): void {
    this.#groupByPeer.clear();
    this.#silenced.clear();
  }

  canLink(a: PeerId, b: PeerId): boolean {
    const groupA = this.#groupByPeer.get(a);
    const groupB = this.#groupByPeer.get(b);
    return groupA === undefined || groupB === undefined || groupA === groupB;
  }

  isSilent(from: PeerId, to: PeerId): boolean {
    return this.#silenced.has(`${from}>${to}`);
  }
}
