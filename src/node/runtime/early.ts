// Consensus messages for the height after the open one: others may be a step ahead. Kept unverified, bounded, and looked at
// again when the open height is final (R18).
import type { HeightMessage } from '../consensus/index.ts';
import type { PeerId } from '../ports/index.ts';

export interface Early {
  keep(height: number, from: PeerId, message: HeightMessage): void;
  /** What was kept for `height`; everything else is forgotten. */
  take(height: number): readonly { readonly from: PeerId; readonly message: HeightMessage }[];
}

/** Enough for every voter's proposal, votes and view changes of a few views. */
const MAX_EARLY = 1024;
/** From one peer, so that none crowds out the others. */
const MAX_EARLY_PER_PEER = 32;

export function createEarly(): Early {
  let kept: { readonly height: number; readonly from: PeerId; readonly message: HeightMessage }[] = [];
  return {
    keep: (height, from, message) => {
      const fromPeer = kept.reduce((count, entry) => count + (entry.from === from ? 1 : 0), 0);
      if (kept.length < MAX_EARLY && fromPeer < MAX_EARLY_PER_PEER) kept.push({ height, from, message });
    },
    take: (height) => {
      const ready = kept.filter((entry) => entry.height === height);
      kept = [];
      return ready;
    },
  };
}
