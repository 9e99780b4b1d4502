// What the page sees of groups, elections and who leads: the ledger's inputs and what follows from them, so that "why does this
// clinic lead" has an answer that anybody can recompute (P0-12 to P0-27). Sentences are for people; the data beside them for pictures.
import type { Digest, PartyId } from './base/index.ts';
import type { Ranked, Reason } from './consensus/index.ts';
import type { ChannelSettings } from './contracts/index.ts';

/** What a supervision centre says of a party on the ledger; null: not known. */
export interface Attested {
  /** On a plane, in whole metres (P0-13). */
  readonly place: { readonly xMetres: number; readonly yMetres: number } | null;
  /** From 0 to 1,000,000; higher is better. */
  readonly rating: number | null;
}

export interface GroupMemberView extends Attested {
  readonly party: PartyId;
  readonly name: string;
  readonly self: boolean;
  /** It sits in its group's primary seat: it leads when its group's turn comes, and carries its group's votes. */
  readonly sits: boolean;
  /** Why it is in this group, as data and in words. */
  readonly grouped: Reason;
  readonly groupedWords: string;
  /** Every term of its election score (formulas 4 and 5), and by what it is ahead of the next. */
  readonly ranked: Ranked;
  readonly rankedWords: string;
}

export interface GroupView {
  /** In rank order: the first was elected first. */
  readonly members: readonly GroupMemberView[];
  /** Heights in a row that it led and that needed another view (R7). */
  readonly failures: number;
  /** It leads no height below this one, unless all rest. */
  readonly restUntilHeight: number;
}

export interface GroupsView {
  /** Since when, in block time; all are made anew `settings.epochLengthMs` later (P0-23). */
  readonly formedMs: number;
  /** An older state root: what the centres were drawn from (T1). */
  readonly seed: Digest;
  /** Weights of distance and rank, of 1,000,000. */
  readonly alphaMillionths: number;
  readonly betaMillionths: number;
  readonly radius: ChannelSettings['radius'];
  readonly groups: readonly GroupView[];
  /** Index of the group that leads the next height, and why in words. */
  readonly leading: number;
  readonly leadingWords: string;
}
