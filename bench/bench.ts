// What a benchmark is: something that measures and says what it found, twice: for programs and for people.

export interface BenchOptions {
  /** Arguments after the name that the dispatcher does not know. */
  readonly args: readonly string[];
  /** Progress, on standard error. */
  say(line: string): void;
}

export interface BenchResult {
  /** What `--json` prints, a plain object. */
  readonly document: Readonly<Record<string, unknown>>;
  /** The same for people. */
  readonly lines: readonly string[];
}

export interface Bench {
  readonly about: string;
  run(options: BenchOptions): Promise<BenchResult>;
}
