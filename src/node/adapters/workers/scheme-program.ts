// A worker's whole program: the schemes of crypto/, one call after another. Secrets that come in are gone with the call.
import { expose } from 'comlink';
import { SCHEME_CALLS, type SchemeCalls } from '../../crypto/index.ts';
import type { WorkProgress } from '../../ports/index.ts';
import { PROGRESS_EVERY_MS } from './limits.ts';

type AnyCall = (input: unknown, progress: WorkProgress) => unknown;

/** Tells at most so often, and always the end. */
function seldom(progress: WorkProgress): WorkProgress {
  let toldMs = 0;
  return (done, of) => {
    if (done < of && Date.now() - toldMs < PROGRESS_EVERY_MS) return;
    toldMs = Date.now();
    progress(done, of);
  };
}

const schemeProgram = {
  call: (name: keyof SchemeCalls, input: unknown, progress: WorkProgress | null): unknown =>
    (SCHEME_CALLS[name] as AnyCall)(input, progress === null ? () => undefined : seldom(progress)),
};
export type SchemeProgram = typeof schemeProgram;

expose(schemeProgram);
