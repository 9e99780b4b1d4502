// The one queue: jobs run one after another, each to its end, so that no two steps ever overlap.
import { AssertionError } from '../base/index.ts';

export interface Queue {
  /** Runs after all jobs that are waiting. */
  push(job: () => Promise<void>): void;
  /** Runs before all jobs that are waiting: for what a running job produced. */
  pushFirst(job: () => Promise<void>): void;
  /** Resolves when nothing waits. */
  idle(): Promise<void>;
  /** Drops what waits; what runs ends. */
  close(): void;
  readonly length: number;
}

/** Jobs that may wait before new ones from peers are dropped; senders repeat what matters. */
export const MAX_WAITING_JOBS = 4096;

/** `onFailure` gets what a job threw: our own bug (then nothing runs any more) or trouble with the environment. */
export function createQueue(onFailure: (error: unknown) => void): Queue {
  const waiting: (() => Promise<void>)[] = [];
  let running = false;
  let closed = false;
  let idlers: (() => void)[] = [];

  async function run(): Promise<void> {
    running = true;
    for (let job = waiting.shift(); job !== undefined && !closed; job = waiting.shift()) {
      try {
        await job();
      } catch (error) {
        if (error instanceof AssertionError) closed = true;
        onFailure(error);
      }
    }
    running = false;
    for (const resolve of idlers) resolve();
    idlers = [];
  }

  function add(job: () => Promise<void>, first: boolean): void {
    if (closed) return;
    if (first) waiting.unshift(job);
    else waiting.push(job);
    if (!running) void run();
  }

  return {
    push: (job) => add(job, false),
    pushFirst: (job) => add(job, true),
    idle: () => (running ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
    close: () => {
      closed = true;
      waiting.length = 0;
    },
    get length() {
      return waiting.length;
    },
  };
}
