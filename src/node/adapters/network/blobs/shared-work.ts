// Work that several callers wait for and that is done once: it goes on as long as one of them still waits.
import { firing } from '../firing.ts';

interface Job {
  readonly done: Promise<void>;
  readonly abort: AbortController;
  waiting: number;
}

export class SharedWork {
  readonly #jobByName = new Map<string, Job>();

  /** Joins the work under this name or begins it; rejects when the caller's own signal fires first. */
  async join(name: string, signal: AbortSignal, begin: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const job = this.#jobByName.get(name) ?? this.#begin(name, begin);
    job.waiting += 1;
    try {
      await Promise.race([job.done, firing(signal)]);
    } finally {
      job.waiting -= 1;
      if (job.waiting === 0) this.#end(name, job, 'nobody waits any more');
    }
  }

  /** Ends the work under this name for everybody. */
  cancel(name: string): void {
    const job = this.#jobByName.get(name);
    if (job !== undefined) this.#end(name, job, 'cancelled');
  }

  /** Whoever comes after this begins anew instead of joining what is dying. */
  #end(name: string, job: Job, reason: string): void {
    if (this.#jobByName.get(name) === job) this.#jobByName.delete(name);
    job.abort.abort(new Error(reason));
  }

  #begin(name: string, begin: (signal: AbortSignal) => Promise<void>): Job {
    const abort = new AbortController();
    const done = begin(abort.signal).finally(() => {
      if (this.#jobByName.get(name) === job) this.#jobByName.delete(name);
    });
    // Whoever waits hears of it through the race; after the last has left nobody does.
    done.catch(() => undefined);
    const job: Job = { done, abort, waiting: 0 };
    this.#jobByName.set(name, job);
    return job;
  }
}
