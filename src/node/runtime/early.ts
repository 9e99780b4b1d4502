// Consensus messages that come before their time: for the height after the open one, or about lanes of the next epoch. Others may be
// a step ahead. Kept unverified, bounded, and looked at again when their time has come (R18).
import type { PeerId } from '../ports/index.ts';

export interface Early<Message> {
  /** `time`: the height, or the epoch. */
  keep(time: number, from: PeerId, message: Message): void;
  /** What was kept for `time`; everything else is forgotten. */
  take(time: number): readonly { readonly from: PeerId; readonly message: Message }[];
}

/** Enough for every voter's proposal, votes and view changes of a few views. */
const MAX_EARLY = 1024;
/** From one peer, so that none crowds out the others. */
const MAX_EARLY_PER_PEER = 32;

export function createEarly<Message>(): Early<Message> {
  let kept: { readonly time: number; readonly from: PeerId; readonly message: Message }[] = [];
  return {
    keep: (time, from, message) => {
      const fromPeer = kept.reduce((count, entry) => count + (entry.from === from ? 1 : 0), 0);
      if (kept.length < MAX_EARLY && fromPeer < MAX_EARLY_PER_PEER) kept.push({ time, from, message });
    },
    take: (time) => {
      const ready = kept.filter((entry) => entry.time === time);
      kept = [];
      return ready;
    },
  };
}
