// Locks a tab that nobody touches. Only the person's keys are forgotten: the member key stays and voting goes on.
import { lockMinutes } from './preferences.ts';

const TOUCHES = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
const CHECK_MS = 5_000;
const MINUTE_MS = 60_000;

/** Calls `lock` once nobody has touched the page for the set time; the setting may change meanwhile. Returns how to end it. */
export function watchIdle(lock: () => void): () => void {
  let touchedMs = Date.now();
  const touch = (): void => {
    touchedMs = Date.now();
  };
  // Wall time, checked now and then: a computer that slept wakes up locked.
  const timer = setInterval(() => {
    if (Date.now() - touchedMs >= lockMinutes() * MINUTE_MS) lock();
  }, CHECK_MS);
  for (const kind of TOUCHES) addEventListener(kind, touch, { passive: true });
  return () => {
    clearInterval(timer);
    for (const kind of TOUCHES) removeEventListener(kind, touch);
  };
}
