// The two formulas that everything else stands on (R0). F comes from the members and changes only with them; Q comes from
// those of them who vote now. Never 2F+1: two sets of 3 of 6 need not share a correct voter.
import { assert } from '../base/index.ts';

/** F: members that may be arbitrarily faulty, of `members` in the configuration. */
export function toleratedFaults(members: number): number {
  assert(Number.isSafeInteger(members) && members >= 1, 'a configuration has at least one member');
  return Math.floor((members - 1) / 3);
}

/** Q = ceil((v+F+1)/2): any two sets of Q among `voters` share at least F+1 of them. */
export function quorum(voters: number, tolerated: number): number {
  assert(Number.isSafeInteger(voters) && voters >= 1 && tolerated >= 0, 'a quorum is of at least one voter');
  return Math.ceil((voters + tolerated + 1) / 2);
}

/** v - Q: voters that may still fall silent before nothing becomes final (R17). Negative where Q cannot be reached at all. */
export function mayStillFail(voters: number, tolerated: number): number {
  return voters - quorum(voters, tolerated);
}
