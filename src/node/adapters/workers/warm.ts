// Brings the programs of all workers into the browser's cache once a page is open: it goes on where the server that brought it is gone, and
// a program that was never needed before could not be loaded then. The server sends them as immutable.
import { wrap } from 'comlink';
import { failure } from './failure.ts';

/** What every program answers, because none has it. */
interface Any {
  readonly loaded?: undefined;
}

const PROGRAMS: readonly (() => Worker)[] = [
  () => new Worker(new URL('./fhir-worker.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./scheme-program.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./search-program.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./file-program.ts', import.meta.url), { type: 'module' }),
  () => new Worker(new URL('./argon2-worker.ts', import.meta.url), { type: 'module' }),
];

/** One after another, so that the page's own work comes first. Never rejects: what is missing is told when it is needed. */
export async function warmWorkers(): Promise<void> {
  for (const start of PROGRAMS) {
    const worker = start();
    const failed = failure(worker);
    await Promise.race([wrap<Any>(worker).loaded, failed]).catch(() => undefined);
    worker.terminate();
  }
}
