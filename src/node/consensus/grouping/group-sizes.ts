// How many groups, and how large: planned before anybody is placed, because Algorithm 1 can run out of nodes before m groups
// exist and never ends once every group has enough (T25). Every node is placed, no group has fewer than four (P0-20), and
// fewer than eight voters make none (R0).
import { assert } from '../../base/index.ts';
import { divided } from './exact.ts';

/** n > 3f with f = 1. */
export const MIN_GROUP_SIZE = 4;
/** From this many voters on there are groups. */
export const MIN_GROUPED_VOTERS = 2 * MIN_GROUP_SIZE;
/** The largest size that a plan aims at where nobody says how many groups: what a primary sends grows with it. */
const MAX_AIMED_SIZE = 10;
/** A size of 6 survives no more than a size of 4: each member above 3f+1 weighs as many messages as it costs votes. */
const STRAY_MEMBER_WEIGHT = 3;

/** Sizes of the groups, larger ones first; none below eight members. `groupCount` null: as many as cost the fewest messages. */
export function groupSizes(members: number, groupCount: number | null): readonly number[] {
  if (members < MIN_GROUPED_VOTERS) return [];
  const most = divided(members, MIN_GROUP_SIZE);
  if (groupCount !== null) return evenly(members, Math.min(Math.max(groupCount, 2), most));
  let best = evenly(members, most);
  for (let groups = most - 1; groups >= 2; groups -= 1) {
    const sizes = evenly(members, groups);
    if (largest(sizes) > MAX_AIMED_SIZE) break;
    if (weight(members, sizes) <= weight(members, best)) best = sizes;
  }
  return best;
}

function evenly(members: number, groups: number): readonly number[] {
  const size = divided(members, groups);
  const larger = members % groups;
  const sizes = Array.from({ length: groups }, (_, i) => (i < larger ? size + 1 : size));
  assert(
    sizes.every((each) => each >= MIN_GROUP_SIZE),
    'no group has fewer than four members',
  );
  return sizes;
}

/** Messages of one request whose own group leads, as docs/protocol.md counts them, and what stray members weigh. */
function weight(members: number, sizes: readonly number[]): number {
  const size = largest(sizes);
  const groups = sizes.length;
  const stray = sizes.reduce((sum, each) => sum + ((each - 1) % 3), 0);
  return size * size - 1 + (groups - 1) * (2 * groups + 1) + 5 * (members - groups) + STRAY_MEMBER_WEIGHT * stray;
}

function largest(sizes: readonly number[]): number {
  return sizes.reduce((size, each) => Math.max(size, each), 0);
}
