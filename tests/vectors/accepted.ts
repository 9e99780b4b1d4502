// Tests of what must be accepted: the value, or a failure that says why it was refused.
import { type Rejection, isRejection } from '../../src/node/base/index.ts';

export function accepted<T>(value: T): Exclude<T, Rejection> {
  if (isRejection(value)) throw new Error(`${value.reason}: ${value.detail}`);
  return value as Exclude<T, Rejection>;
}
