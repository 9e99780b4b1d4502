// Argon2id in a worker of its own: the page stays alive while a passphrase is tried.
import { releaseProxy, wrap } from 'comlink';
import { AppError } from '../../base/index.ts';
import type { PassphraseHash } from '../../ports/index.ts';
import type { Argon2Worker } from './argon2-worker.ts';

export function createPassphraseHash(): PassphraseHash {
  return {
    async derive(passphrase, salt) {
      const worker = new Worker(new URL('./argon2-worker.ts', import.meta.url), { type: 'module' });
      const proxy = wrap<Argon2Worker>(worker);
      try {
        return await Promise.race([proxy.derive(passphrase, salt), failure(worker)]);
      } finally {
        proxy[releaseProxy]();
        worker.terminate();
      }
    },
  };
}

/** Rejects when the worker cannot start or stops: without this a call would wait for ever. */
export function failure(worker: Worker): Promise<never> {
  return new Promise((_, refuse) => {
    worker.addEventListener('error', (event) => {
      refuse(
        new AppError({
          code: 'worker-failed',
          message: 'A background task of this page stopped.',
          remedy: 'Reload the page. If it happens again, close other tabs to free memory.',
          cause: event.message,
        }),
      );
    });
  });
}
