// Work that goes on in the background until it is done: one run at a time, again when something changed meanwhile, again
// after growing pauses while it cannot be finished. A node that is stopped runs none.
import { AppError, AssertionError } from '../base/index.ts';
import type { Log, Timers } from '../ports/index.ts';
import { RETRY_FIRST_MS, RETRY_LONGEST_MS } from './limits.ts';

/** `done`: nothing is left; `later`: to be tried again. A number is the pause until the next run, in ms. */
export type Progress = 'done' | 'later' | number;

export class Errand {
  private readonly name: string;
  private readonly timers: Timers;
  private readonly log: Log;
  private readonly work: () => Promise<Progress>;
  private running: Promise<void> | null = null;
  private active = false;
  private again = false;
  private stopped = false;
  private pauseMs = RETRY_FIRST_MS;
  private cancel: (() => void) | null = null;

  constructor(name: string, host: { readonly timers: Timers; readonly log: Log }, work: () => Promise<Progress>) {
    this.name = name;
    this.timers = host.timers;
    this.log = host.log;
    this.work = work;
  }

  /** Runs soon; a run that is under way is followed by another. */
  kick(): void {
    if (this.stopped) return;
    this.pauseMs = RETRY_FIRST_MS;
    this.start();
  }

  /** Resolves when no run is under way any more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel?.();
    await this.running;
  }

  private start(): void {
    this.again = true;
    this.cancel?.();
    this.cancel = null;
    if (this.active) return;
    this.active = true;
    this.running = this.run();
  }

  private async run(): Promise<void> {
    let progress: Progress = 'done';
    while (this.again && !this.stopped) {
      this.again = false;
      progress = await this.tryOnce();
    }
    // No wait between the last look at `again` and this, or a kick would be lost.
    this.active = false;
    if (this.stopped || progress === 'done') return;
    const pauseMs = progress === 'later' ? this.pauseMs : progress;
    if (progress === 'later') this.pauseMs = Math.min(2 * this.pauseMs, RETRY_LONGEST_MS);
    this.cancel = this.timers.after(pauseMs, () => {
      this.start();
    });
  }

  private async tryOnce(): Promise<Progress> {
    try {
      return await this.work();
    } catch (error) {
      if (error instanceof AssertionError) throw error;
      this.log.warn('errand-failed', { errand: this.name, code: error instanceof AppError ? error.code : 'unexpected' });
      return 'later';
    }
  }
}
