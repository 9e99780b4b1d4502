// How tests of the care workflow wait for what must come, and look at what must fail.
import { AppError } from '../../src/node/base/index.ts';

const LIMIT_MS = 10_000;

/** Resolves when something holds; rejects, saying what, when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (!(await holds())) {
    if (performance.now() > limit) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** What an action that must fail fails with. */
export async function codeOf(action: Promise<unknown>): Promise<string> {
  try {
    await action;
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  return 'no error';
}
