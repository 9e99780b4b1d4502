// How many evaluations one party may ask of an authority in a window of time: what is left to somebody who guesses serials is asking for
// each guess, so the asking is counted (T13). Pure: time comes in, the new state goes out; each spending is also an audit entry.
import { type Rejection, reject } from '../../base/index.ts';

export interface AllowanceRule {
  readonly evaluations: number;
  readonly windowMs: number;
}

/** What an authority remembers of one party. */
export interface Allowance {
  readonly windowStartMs: number;
  readonly spent: number;
}

/** One more evaluation, or why not yet. A clock that goes back opens no new window. */
export function spendEvaluation(rule: AllowanceRule, before: Allowance | null, nowMs: number): Allowance | Rejection {
  if (before === null || nowMs - before.windowStartMs >= rule.windowMs) return { windowStartMs: nowMs, spent: 1 };
  if (before.spent >= rule.evaluations) {
    return reject(
      'rate-limited',
      `${rule.evaluations} serial numbers were asked for; more from ${before.windowStartMs + rule.windowMs} on`,
    );
  }
  return { windowStartMs: before.windowStartMs, spent: before.spent + 1 };
}
