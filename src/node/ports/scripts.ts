// The machine that runs contracts which a consortium wrote itself: a pure function of what is asked, the same on every member
// to the last step, in a box without clock, chance, network or anything of the host. It is a big piece of code that most
// pages never need, so it is loaded late; whoever executes slips waits for it first (decision 0053).
import type { Digest } from '../base/index.ts';

/** Everything that one call can depend on. */
export interface ScriptCall {
  readonly source: string;
  readonly method: string;
  /** JSON text. */
  readonly argument: string;
  /** JSON text: who calls, in which block. */
  readonly context: string;
  /** How many steps it may take, at most MAX_SCRIPT_STEPS. */
  readonly steps: number;
  /** The contract's own state: JSON text under a key, or null. */
  read(key: string): string | null;
}

export type ScriptFailure = 'out-of-steps' | 'too-deep' | 'refused' | 'no-method' | 'bad-output' | 'crashed';

export type ScriptRun =
  | {
      readonly kind: 'done';
      /** Key and JSON text, or null where the key is removed; each key once. Not yet bounded. */
      readonly writes: readonly (readonly [key: string, value: string | null])[];
      /** JSON text. */
      readonly answer: string;
      readonly steps: number;
    }
  | { readonly kind: 'failed'; readonly failure: ScriptFailure; readonly detail: string; readonly steps: number };

/** Steps that one call may take, reading its source included: some tens of milliseconds. */
export const MAX_SCRIPT_STEPS = 2_000_000;

/** Digest of the machine: its code, its meter and its limits. A contract is approved for one machine and runs on no other. */
export const SCRIPT_RUNTIME = '709b69ebcc5a07d418403cabd2937b2e33d21830f360b324f82917121234dc00' as Digest;

export interface ScriptMachine {
  /** Once it is done, `run` works. Throws AppError `no-script-machine`; asked again after a failure it tries again. */
  load(): Promise<void>;
  /** Asserts that `load` is done. Throws AppError `script-machine-stopped` where the host itself gave out: nobody may go on from there. */
  run(call: ScriptCall): ScriptRun;
}
