// How long a view may take (R7). Delays double from view to view up to a cap, and differ a little from voter to voter, so
// that timers do not run in step. Deterministic: from the configuration and the voter alone.
import { fromHex } from '../base/index.ts';
import type { Configuration } from './engine.ts';

/** The longest delay is this many doublings above the base: 16 times it. */
export const MAX_DOUBLINGS = 4;
/** The largest jitter is one eighth of the delay. */
const JITTER_STEPS = 256;

/** Milliseconds until the voter gives up on `view`. */
export function viewDelayMs(configuration: Configuration, voter: number, view: number): number {
  const delayMs = configuration.baseTimeoutMs * 2 ** Math.min(view, MAX_DOUBLINGS);
  const seed = fromHex(configuration.digest);
  const mixed =
    Math.imul((seed[voter % seed.length] ?? 0) + 1, 0x9e3779b1) ^ Math.imul(voter + 1, 0x85ebca6b) ^ Math.imul(view + 1, 0xc2b2ae35);
  const jitter = (mixed >>> 16) % JITTER_STEPS;
  return delayMs + Math.floor((delayMs * jitter) / (8 * JITTER_STEPS));
}

/** The `rank`-th highest view that voters asked for, counted from 1; 0 where fewer asked for any. */
export function rankedAsk(asked: readonly number[], rank: number): number {
  return asked.toSorted((a, b) => b - a)[rank - 1] ?? 0;
}

/** R7: nobody asks for a view more than one above a view that Q have asked for. */
export function highestAllowedAsk(configuration: Configuration, asked: readonly number[], view: number): number {
  return Math.max(view, rankedAsk(asked, configuration.quorum)) + 1;
}

/** R7: the (F+1)-th highest view asked for: at least one correct voter asked for it or for more. */
export function viewToJoin(configuration: Configuration, asked: readonly number[]): number {
  return rankedAsk(asked, configuration.tolerated + 1);
}
