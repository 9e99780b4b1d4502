// What this engine is for and what it does not give, in words that the command line and the page show beside its name; and the
// messages that one request costs, by the paper's formulas, for groups of any sizes (P0-46 assumes equal ones).
import { toleratedPrimaries } from './primaries.ts';

/** Shown wherever this engine can be chosen. */
export const PAPER_LABEL =
  'Paper 000 to the letter, for comparison: primaries vote for their groups. It survives floor((k-1)/3) bad primaries of k, no more, ' +
  'however many members are correct. Primaries are replaced without proof of what was agreed before, so that one that was ' +
  'replaced counts as a bad one at its height. It runs in the simulator only: the ledger takes no certificate that members did not sign.';

/** The same with the number. */
export function paperLabel(groups: number): string {
  return `${PAPER_LABEL} Here: ${toleratedPrimaries(groups)} of ${groups} primaries.`;
}

export interface PaperCount {
  /** First PBFT, in the group of the request, of m members: (1+2m)(m-1). */
  readonly first: number;
  /** Second PBFT, among k primaries: (k-1)(2k+1). */
  readonly second: number;
  /** What the paper prints (P0-46). */
  readonly total: number;
  /** With the packages to n-k members, which it leaves out (T8). */
  readonly withDeliveries: number;
}

/** Messages for one request without faults; requests and replies are not counted. `group` is that of the request. */
export function paperMessages(sizes: readonly number[], group: number): PaperCount {
  const m = sizes[group] ?? 0;
  const k = sizes.length;
  const n = sizes.reduce((sum, size) => sum + size, 0);
  const first = (1 + 2 * m) * (m - 1);
  const second = (k - 1) * (2 * k + 1);
  return { first, second, total: first + second, withDeliveries: first + second + n - k };
}
