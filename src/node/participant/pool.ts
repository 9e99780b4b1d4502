// Slips that wait to be ordered: verified, bounded per author and in all, oldest first. Immutable; changed in batches, so
// that a burst of slips costs one copy.
import { MAX_POOL_SLIPS, type PartyId, type SlipId } from '../base/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';
import { type Block, type Ledger, slipIsSpent } from '../ledger/index.ts';

export type Pool = ReadonlyMap<SlipId, Slip>;

/** Slips of one author that may wait: one busy author cannot crowd out the others. */
export const MAX_WAITING_PER_AUTHOR = 512;

export const emptyPool: Pool = new Map();

/** The pool with those slips that are new and for which there is room; the same pool where there are none. */
export function withSlips(pool: Pool, slips: readonly Slip[]): Pool {
  const next = new Map(pool);
  const waiting = waitingByAuthor(pool);
  for (const slip of slips) {
    const id = slipIdOf(slip);
    const count = waiting.get(slip.body.author) ?? 0;
    if (next.has(id) || next.size >= MAX_POOL_SLIPS || count >= MAX_WAITING_PER_AUTHOR) continue;
    next.set(id, slip);
    waiting.set(slip.body.author, count + 1);
  }
  return next.size === pool.size ? pool : next;
}

/** The pool without slips that are final or can never be. */
export function withoutSlips(pool: Pool, gone: Iterable<SlipId>): Pool {
  const rest = new Map(pool);
  for (const id of gone) rest.delete(id);
  return rest.size === pool.size ? pool : rest;
}

function waitingByAuthor(pool: Pool): Map<PartyId, number> {
  const counts = new Map<PartyId, number>();
  for (const slip of pool.values()) counts.set(slip.body.author, (counts.get(slip.body.author) ?? 0) + 1);
  return counts;
}

/** The order of arrival, but each author's slips among themselves by counter: a later one may build on an earlier. */
export function inCounterOrder(slips: readonly Slip[]): readonly Slip[] {
  const byAuthor = Map.groupBy(slips, (slip) => slip.body.author);
  for (const own of byAuthor.values()) own.sort((a, b) => b.body.counter - a.body.counter);
  return slips.flatMap((slip) => byAuthor.get(slip.body.author)?.pop() ?? []);
}

/** Without what the block holds, and what can never have an effect after it. */
export function poolAfter(pool: Pool, block: Block, ledger: Ledger): Pool {
  const gone: SlipId[] = block.slips.map(slipIdOf);
  for (const [id, slip] of pool) if (slipIsSpent(ledger, slip)) gone.push(id);
  return withoutSlips(pool, gone);
}
