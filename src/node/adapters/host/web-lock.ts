// R16: one live tab per profile, by an exclusive Web Lock that lasts as long as the tab. The browser frees it when the tab
// dies. Somebody else may steal a Web Lock; then the tab is told at once and stops. Source: W3C Web Locks API.
import type { InstanceLock } from '../../ports/index.ts';

export function createWebLock(name: string): InstanceLock {
  let letGo: (() => void) | null = null;
  let ended: Promise<unknown> = Promise.resolve();

  return {
    async acquire(onLost) {
      if (letGo !== null) return true;
      return new Promise<boolean>((answer, refuse) => {
        ended = navigator.locks
          .request(name, { mode: 'exclusive', ifAvailable: true }, (lock) => {
            if (lock === null) {
              answer(false);
              return undefined;
            }
            return new Promise<void>((release) => {
              letGo = release;
              answer(true);
            });
          })
          .catch((error: unknown) => {
            // Rejects with AbortError when the lock was stolen, with others when locks cannot be had at all.
            if (letGo === null) {
              refuse(error instanceof Error ? error : new Error(String(error)));
              return;
            }
            letGo = null;
            onLost();
          });
      });
    },
    async release() {
      letGo?.();
      letGo = null;
      await ended;
    },
  };
}
