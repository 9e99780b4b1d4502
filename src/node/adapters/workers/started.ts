// A worker of the page with what it offers (comlink), as the pool takes it.
import { type Remote, releaseProxy, wrap } from 'comlink';
import { failure } from './failure.ts';
import type { PooledWorker } from './pool.ts';

export function started<Api>(worker: Worker): PooledWorker<Remote<Api>> {
  const api = wrap<Api>(worker);
  const failed = failure(worker);
  // Whoever waits hears of it through the race; an idle worker's end concerns nobody.
  failed.catch(() => undefined);
  return {
    api,
    failed,
    end: () => {
      api[releaseProxy]();
      worker.terminate();
    },
  };
}
