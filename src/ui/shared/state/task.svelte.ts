// One thing that a person started and that takes a while: whether it runs and how it failed. A second start while it runs is
// ignored, so that a double click does nothing twice.
import { type Problem, toProblem } from './problem.ts';

export class Task {
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  /** Runs `deed`; then `done` with its result. Failures stay here until the next start. */
  start<T>(deed: () => Promise<T>, done?: (result: T) => void): void {
    void this.run(deed, done);
  }

  /** As `start`, for those who wait for the end. */
  async run<T>(deed: () => Promise<T>, done?: (result: T) => void): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      const result = await deed();
      this.busy = false;
      done?.(result);
    } catch (cause) {
      this.busy = false;
      this.problem = toProblem(cause);
    }
  }

  /** Something that the form itself found, before anything was started. */
  refuse(message: string, remedy: string): void {
    this.problem = { message, remedy };
  }

  clear(): void {
    this.problem = null;
  }
}
