// Time that runs faster than the wall's, for rules that wait for seconds.
import type { Clock, Timers } from '../../../src/node/ports/index.ts';

const FACTOR = 40;

export function fastTime(): { readonly clock: Clock; readonly timers: Timers } {
  const beganMs = Date.now();
  return {
    clock: { nowMs: () => beganMs + (Date.now() - beganMs) * FACTOR },
    timers: {
      after: (delayMs, callback) => {
        const timer = setTimeout(callback, delayMs / FACTOR);
        return () => {
          clearTimeout(timer);
        };
      },
    },
  };
}
