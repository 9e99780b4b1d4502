// Ranks by a score (P1-16, P3-20): the highest first, equal scores by id, with what put each before the next, so that anybody
// can recompute a ranking from the ledger. Whole numbers alone: no JavaScript engine finds another order.
import { type PartyId, assert } from '../base/index.ts';

/** What put an entry before the next one; null for the last. */
export type AheadBy = 'score' | 'id';

export interface Place {
  /** 1 for the first. */
  readonly rank: number;
  readonly aheadBy: AheadBy | null;
}

/** In rank order. Parties are distinct; in which order they are listed changes nothing. */
export function inRankOrder<T extends { readonly party: PartyId; readonly score: number }>(entries: readonly T[]): readonly (T & Place)[] {
  const ordered = entries.toSorted((a, b) => b.score - a.score || (a.party < b.party ? -1 : 1));
  assert(new Set(ordered.map(({ party }) => party)).size === ordered.length, 'the ranked are distinct');
  assert(
    ordered.every(({ score }) => Number.isSafeInteger(score)),
    'a score is a whole number',
  );
  return ordered.map((entry, i) => {
    const next = ordered[i + 1];
    return { ...entry, rank: i + 1, aheadBy: next === undefined ? null : next.score < entry.score ? 'score' : 'id' };
  });
}

/** The whole part of value * share / whole, towards zero. Exact for every safe integer: the product is a BigInt. */
export function shareOf(value: number, share: number, whole: number): number {
  assert(
    Number.isSafeInteger(value) && Number.isSafeInteger(share) && Number.isSafeInteger(whole) && whole > 0,
    'shares are whole numbers',
  );
  return Number((BigInt(value) * BigInt(share)) / BigInt(whole));
}

export function clamped(value: number, least: number, most: number): number {
  return Math.min(Math.max(value, least), most);
}
