// What the page sees of a record that its patient had erased (T16): when it was ordered, and who has said on the ledger that it has destroyed
// what it had.
import type { PartyId } from './base/index.ts';

export interface ErasureView {
  /** Block time of the order. */
  readonly orderedMs: number;
  readonly height: number;
  readonly holders: readonly {
    readonly party: PartyId;
    readonly name: string;
    /** Keeps copies for others; the rest is the clinic that wrote it, and readers that had something. */
    readonly keeper: boolean;
    /** Block time of its receipt; null while it has left none. */
    readonly destroyedMs: number | null;
  }[];
}
