// Waiting for something to become true, told by a subscription, with a limit. Never polls.

/** Resolves with true once `condition` holds, or with false after `limitMs`. A condition that throws ends the wait with its error. */
export function until(condition: () => boolean, subscribe: (listener: () => void) => () => void, limitMs: number): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  const limit = setTimeout(() => resolve(false), limitMs);
  const look = (): void => {
    try {
      if (condition()) resolve(true);
    } catch (error) {
      reject(error);
    }
  };
  const unsubscribe = subscribe(look);
  look();
  return promise.finally(() => {
    clearTimeout(limit);
    unsubscribe();
  });
}
