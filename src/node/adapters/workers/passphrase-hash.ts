// Argon2id in a worker of its own: the page stays alive while a passphrase is tried.
import { releaseProxy, wrap } from 'comlink';
import type { PassphraseHash } from '../../ports/index.ts';
import type { Argon2Worker } from './argon2-worker.ts';
import { failure } from './failure.ts';

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
