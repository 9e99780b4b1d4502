// A bounded pool of workers: started when there is work, ended when there is none for a while. Work waits in turn, can be given up at any
// time, and fails with AppError `too-busy` where too much waits already. What runs synchronously in a worker cannot be interrupted, so giving
// it up ends its worker; the others go on.
import { AppError } from '../../base/index.ts';
import type { Job } from '../../ports/index.ts';
import { MAX_WAITING_JOBS, MAX_WORKERS, WORKER_IDLE_MS } from './limits.ts';

/** A worker as the pool needs it. */
export interface PooledWorker<Api> {
  readonly api: Api;
  /** Rejects when the worker cannot start or stops. */
  readonly failed: Promise<never>;
  end(): void;
}

export interface PoolInit<Api> {
  readonly start: () => PooledWorker<Api>;
  readonly size?: number;
  readonly maxWaiting?: number;
}

interface Task<Api> {
  readonly run: (api: Api) => Promise<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** As many workers as there are cores beside the page's own, within the limit. */
export function poolSize(cores = navigator.hardwareConcurrency): number {
  return Math.max(1, Math.min(MAX_WORKERS, cores - 1));
}

export class WorkerPool<Api> {
  readonly #init: PoolInit<Api>;
  readonly #size: number;
  readonly #waiting: Task<Api>[] = [];
  readonly #idle: PooledWorker<Api>[] = [];
  readonly #busy = new Map<Task<Api>, PooledWorker<Api>>();
  #rest: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  constructor(init: PoolInit<Api>) {
    this.#init = init;
    this.#size = init.size ?? poolSize();
  }

  /** Hands over a piece of work. `done` rejects with AppError `aborted`, `too-busy`, `worker-failed`, or what the work throws. */
  submit<Answer>(run: (api: Api) => Promise<Answer>): Job<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const task: Task<Api> = { run, resolve: (answer) => resolve(answer as Answer), reject };
    if (this.#closed) reject(aborted());
    else if (this.#waiting.length >= (this.#init.maxWaiting ?? MAX_WAITING_JOBS)) reject(tooBusy());
    else {
      this.#waiting.push(task);
      this.#next();
    }
    return { done: promise, abort: () => this.#abort(task) };
  }

  close(): void {
    this.#closed = true;
    this.#stopResting();
    for (const task of [...this.#waiting, ...this.#busy.keys()]) this.#abort(task);
    for (const worker of this.#idle.splice(0)) worker.end();
  }

  #abort(task: Task<Api>): void {
    const at = this.#waiting.indexOf(task);
    if (at >= 0) this.#waiting.splice(at, 1);
    const worker = this.#busy.get(task);
    this.#busy.delete(task);
    worker?.end();
    task.reject(aborted());
    this.#next();
  }

  #next(): void {
    this.#stopResting();
    while (this.#waiting.length > 0 && (this.#idle.length > 0 || this.#busy.size < this.#size)) {
      const task = this.#waiting.shift();
      if (task !== undefined) void this.#work(task);
    }
    if (this.#busy.size > 0 || this.#idle.length === 0) return;
    this.#rest = setTimeout(() => {
      for (const worker of this.#idle.splice(0)) worker.end();
    }, WORKER_IDLE_MS);
    // A Node.js process does not live on for an idle worker.
    (this.#rest as { unref?: () => void }).unref?.();
  }

  async #work(task: Task<Api>): Promise<void> {
    const worker = this.#idle.pop() ?? this.#init.start();
    this.#busy.set(task, worker);
    try {
      task.resolve(await Promise.race([task.run(worker.api), worker.failed]));
    } catch (error) {
      task.reject(error);
      // Whether it still works is not known after `worker-failed`; a new one costs milliseconds.
      if (error instanceof AppError && error.code === 'worker-failed') {
        worker.end();
        this.#busy.delete(task);
      }
    }
    // Given up meanwhile: its worker is gone.
    if (this.#busy.delete(task)) this.#idle.push(worker);
    this.#next();
  }

  #stopResting(): void {
    if (this.#rest !== null) clearTimeout(this.#rest);
    this.#rest = null;
  }
}

function aborted(): AppError {
  return new AppError({ code: 'aborted', message: 'This was stopped.', remedy: 'Begin it again when you want it.' });
}

function tooBusy(): AppError {
  return new AppError({
    code: 'too-busy',
    message: 'Too much work waits on this page.',
    remedy: 'Wait until what was begun is done, then try again.',
  });
}
