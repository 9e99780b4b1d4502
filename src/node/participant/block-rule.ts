// When a block is made (P3-17): at so many slips, or so long after the block before. Kept by whoever leads; a block that comes early
// is valid all the same. What changes who takes part never waits, nor does anything that somebody must learn at once.
import type { ActionKind, Slip } from '../contracts/index.ts';
import type { Ledger } from '../ledger/index.ts';

/** Kinds that wait for company. */
const PATIENT: ReadonlySet<ActionKind> = new Set(['record', 'verdict', 'withdraw', 'read']);

/** Whether a block of these slips may be made at `nowMs`. */
export function isTimely({ settings, head }: Ledger, slips: Iterable<Slip>, nowMs: number): boolean {
  const { blockSlips, blockMs } = settings;
  // The head may be dated a little ahead of this clock.
  if (blockMs === 0 || nowMs - head.timestampMs >= blockMs) return true;
  let waiting = 0;
  for (const slip of slips) {
    waiting += 1;
    if (waiting >= blockSlips || !PATIENT.has(slip.body.action.kind)) return true;
  }
  return false;
}
