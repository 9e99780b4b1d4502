// The schemes in the page's pool of workers. Nothing of them is loaded until the first call.
import { type Remote, proxy } from 'comlink';
import type { SchemeCalls } from '../../crypto/index.ts';
import type { SchemeWorker } from '../../ports/index.ts';
import { WorkerPool } from './pool.ts';
import type { SchemeProgram } from './scheme-program.ts';
import { started } from './started.ts';

export function createSchemeWorker(): SchemeWorker<SchemeCalls> {
  const pool = new WorkerPool<Remote<SchemeProgram>>({
    start: () => started<SchemeProgram>(new Worker(new URL('./scheme-program.ts', import.meta.url), { type: 'module' })),
  });
  return {
    // What a call answers is what its function returns: the table's types say so on both sides.
    call: (name, input, onProgress) =>
      pool.submit(async (api) => (await api.call(name, input, onProgress === undefined ? null : proxy(onProgress))) as never),
    close: () => pool.close(),
  };
}
