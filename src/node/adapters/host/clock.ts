// The machine's clock and timers. Nothing below the adapters reads either.
import type { Clock, Timers } from '../../ports/index.ts';

/** The longest delay that the platform's timers hold; longer ones are cut to it. */
const MAX_DELAY_MS = 2 ** 31 - 1;

export function createClock(): Clock {
  return { nowMs: () => Date.now() };
}

export function createTimers(): Timers {
  return {
    after(delayMs, callback) {
      const timer = setTimeout(callback, Math.min(Math.max(0, delayMs), MAX_DELAY_MS));
      return () => {
        clearTimeout(timer);
      };
    },
  };
}
