// The page's validator: a worker that starts with the first bundle and ends when none has come for a while, which gives
// back the memory of the definitions.
import { type Remote, releaseProxy, wrap } from 'comlink';
import { AppError } from '../../base/index.ts';
import type { BundleValidator } from '../../ports/index.ts';
import type { FhirWorker, WorkerVerdict } from './fhir-worker.ts';
import { failure } from './failure.ts';

const IDLE_MS = 60_000;

interface Running {
  readonly worker: Worker;
  readonly proxy: Remote<FhirWorker>;
  readonly failed: Promise<never>;
}

export function createBundleValidator(): BundleValidator {
  let running: Running | null = null;
  let inUse = 0;
  let idle: ReturnType<typeof setTimeout> | null = null;

  function start(): Running {
    const worker = new Worker(new URL('./fhir-worker.ts', import.meta.url), { type: 'module' });
    const failed = failure(worker);
    failed.catch(() => undefined);
    return { worker, proxy: wrap<FhirWorker>(worker), failed };
  }

  function stop(): void {
    running?.proxy[releaseProxy]();
    running?.worker.terminate();
    running = null;
  }

  async function ask<Answer>(question: (proxy: Remote<FhirWorker>) => Promise<Answer>): Promise<Answer> {
    if (idle !== null) clearTimeout(idle);
    running ??= start();
    inUse += 1;
    try {
      return await Promise.race([question(running.proxy), running.failed]);
    } catch (error) {
      if (error instanceof AppError && error.code === 'worker-failed') stop();
      throw error;
    } finally {
      inUse -= 1;
      if (inUse === 0) idle = setTimeout(stop, IDLE_MS);
    }
  }

  return {
    prepare: async () => {
      const answer = await ask((proxy) => proxy.prepare());
      if (answer !== null) throw new AppError(answer.failed);
    },
    validate: async (json) => {
      const answer = await ask<WorkerVerdict>(async (proxy) => proxy.validate(json));
      if ('failed' in answer) throw new AppError(answer.failed);
      return answer.verdict;
    },
  };
}
