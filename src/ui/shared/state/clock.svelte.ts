// A clock that the screen can follow: whatever reads it is drawn again every second while it is on the screen.
import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 1000;

const follow = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => {
    clearInterval(timer);
  };
});

/** Now, in milliseconds of this computer's clock; reactive. */
export function nowMs(): number {
  follow();
  return Date.now();
}
