// How many evaluations one party may ask of a holder of the key: what is left to somebody who guesses serials is asking for each guess, so
// the asking is counted (T13). A token bucket as one number: the time at which it will be full again. Pure: time comes in, the new state
// goes out; each spending is also an audit entry. Source: ITU-T I.371 (generic cell rate algorithm).
import { type Rejection, reject } from '../../base/index.ts';

export interface AllowanceRule {
  /** Evaluations of a full bucket. */
  readonly burst: number;
  /** One more after each such time. */
  readonly refillMs: number;
}

/** What a holder remembers of one party. */
export interface Allowance {
  readonly fullAtMs: number;
}

/** One more evaluation, or why not yet. A clock that goes back gives nothing. */
export function spendEvaluation(rule: AllowanceRule, before: Allowance | null, nowMs: number): Allowance | Rejection {
  const fullAtMs = Math.max(before?.fullAtMs ?? nowMs, nowMs) + rule.refillMs;
  const waitMs = fullAtMs - nowMs - rule.burst * rule.refillMs;
  if (waitMs > 0) return reject('rate-limited', `too many serial numbers were asked for; the next one in ${Math.ceil(waitMs / 1_000)} s`);
  return { fullAtMs };
}
