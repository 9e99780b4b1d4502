// The three kinds of failure, never mixed: a Rejection is bad input from outside and is returned; an AppError is
// trouble with the environment or a request that cannot be met and tells a person what to do; a failed assert is our
// own bug and stops the node.

/** Why something from a peer, a file, a form or a disk was refused. `reason` is stable and machine-readable. */
export interface Rejection {
  readonly rejected: true;
  /** kebab-case, for example `bad-signature`. */
  readonly reason: string;
  /** One sentence for a person or a log; never holds content of records. */
  readonly detail: string;
}

export function reject(reason: string, detail: string): Rejection {
  return { rejected: true, reason, detail };
}

export function isRejection(value: unknown): value is Rejection {
  return typeof value === 'object' && value !== null && (value as { rejected?: unknown }).rejected === true;
}

/** What an AppError is about; the interface shows `message` and `remedy`, tests look at `code`. */
export interface AppErrorInit {
  readonly code: string;
  readonly message: string;
  /** What the person can do now. */
  readonly remedy: string;
  readonly cause?: unknown;
}

/** Trouble that a person must know about, with what to do. */
export class AppError extends Error {
  readonly code: string;
  readonly remedy: string;
  constructor(init: AppErrorInit) {
    super(init.message, { cause: init.cause });
    this.name = 'AppError';
    this.code = init.code;
    this.remedy = init.remedy;
  }
}

/** Our own bug. Never caught except to stop the node and say so. */
export class AssertionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AssertionError';
  }
}

/** Stops the node where an invariant is broken; stays on in production. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** The value, which our own code guarantees to be there. */
export function present<T>(value: T | null | undefined, what: string): T {
  assert(value !== null && value !== undefined, `${what} is missing`);
  return value;
}
