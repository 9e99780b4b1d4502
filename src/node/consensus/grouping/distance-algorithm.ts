// Algorithm 1 of paper 000, the Distance algorithm (P0-12 to P0-21): random centres, who is within R of them, and what remains
// by the smallest average distance. Sizes are planned first (T25), the randomness is a seed from the ledger (T1), all of it is
// integers. Circles need not be disjoint (P0-21): a centre's neighbours may already belong to an earlier one.
import { type Digest, type PartyId, assert, present } from '../../base/index.ts';
import { permutation } from '../roster.ts';
import {
  type Placed,
  type Spread,
  averageMetres,
  byParty,
  compareAverages,
  compareDeviations,
  distanceMetres,
  divided,
  noSpread,
  spreadOf,
  withDistance,
} from './exact.ts';
import { groupSizes } from './group-sizes.ts';

/** Which mean R is (P0-15, T2): over the other nodes, as line 5 of the pseudo-code has it, or over all, as formula (1) has it. */
export type RadiusRule = 'pseudo-code' | 'formula-1';

/** What decided between groups that are equally near. */
export type Tie = 'none' | 'deviation' | 'id';

/** Why a member is in its group. */
export type Reason =
  /** Drawn as a centre (P0-14). */
  | { readonly kind: 'centre' }
  /** Nearer to this centre than the mean of those who were left (P0-17). */
  | { readonly kind: 'radius'; readonly centre: PartyId; readonly distanceMetres: number; readonly radiusMetres: number }
  /** The smallest average distance to a group with room (P0-18). */
  | { readonly kind: 'average'; readonly averageMetres: number; readonly tie: Tie }
  /** It came later, to the nearest group (P0-40). */
  | { readonly kind: 'joined'; readonly averageMetres: number; readonly tie: Tie };

export interface Grouped {
  readonly party: PartyId;
  readonly reason: Reason;
}

export interface GroupingInput {
  readonly members: readonly Placed[];
  readonly seed: Digest;
  /** Null: as many as suit the number of members. */
  readonly groupCount: number | null;
  readonly radius: RadiusRule;
}

/** A group while it is filled. */
export interface Filling {
  readonly members: readonly (Grouped & Placed)[];
  /** As many as it takes: `enough` (P0-20). */
  readonly size: number;
}

/** Groups with their members in the order in which they came; none where there are fewer than eight members. */
export function formGroups({ members, seed, groupCount, radius }: GroupingInput): readonly (readonly Grouped[])[] {
  const nodes = byParty(members);
  const drawn = permutation(nodes.length, seed).map((index) => present(nodes[index], 'a node'));
  const taken = new Set<PartyId>();
  const isLeft = ({ party }: Placed): boolean => !taken.has(party);
  const sizes = groupSizes(nodes.length, groupCount);
  if (sizes.length === 0) return [];
  const circles = sizes.map((size): Filling => {
    // The first of a random order among those who are left is a random one of them.
    const centre = present(drawn.find(isLeft), 'a node that is left');
    const circle = circleAround(centre, nodes.filter(isLeft), { size, radius });
    for (const { party } of circle) taken.add(party);
    return { members: circle, size };
  });
  const filled = drawn.filter(isLeft).reduce<readonly Filling[]>((groups, node) => withRemaining(groups, node), circles);
  return filled.map((group) => {
    assert(group.members.length === group.size, 'every group is as large as planned');
    return group.members.map(({ party, reason }) => ({ party, reason }));
  });
}

/** P0-17: the centre, and those within R of it, nearest first, until they are enough. */
function circleAround(
  centre: Placed,
  left: readonly Placed[],
  { size, radius }: { readonly size: number; readonly radius: RadiusRule },
): readonly (Grouped & Placed)[] {
  const others = left
    .filter((node) => node.party !== centre.party)
    .map((node) => ({ node, metres: distanceMetres(centre, node) }))
    .toSorted((a, b) => a.metres - b.metres || (a.node.party < b.node.party ? -1 : 1));
  const sumMetres = others.reduce((sum, { metres }) => sum + metres, 0);
  const divisor = radius === 'formula-1' ? left.length : left.length - 1;
  const radiusMetres = divisor === 0 ? 0 : divided(sumMetres, divisor);
  const within = others.filter(({ metres }) => metres * divisor < sumMetres).slice(0, size - 1);
  const first = { ...siteOf(centre), reason: { kind: 'centre' as const } };
  const near = within.map(({ node, metres }) => {
    const reason: Reason = { kind: 'radius', centre: centre.party, distanceMetres: metres, radiusMetres };
    return { ...siteOf(node), reason };
  });
  return [first, ...near];
}

function withRemaining(groups: readonly Filling[], node: Placed): readonly Filling[] {
  const { index, spread, tie } = nearestGroup(groups, node);
  const group = present(groups[index], 'the nearest group');
  const reason: Reason = { kind: 'average', averageMetres: averageMetres(spread), tie };
  return groups.with(index, { ...group, members: [...group.members, { ...siteOf(node), reason }] });
}

/**
 * P0-18, P0-19: the group with room whose members are nearest on average; among equals the one with the smallest deviation,
 * then the one whose first member has the lowest id.
 */
export function nearestGroup(
  groups: readonly Filling[],
  node: Placed,
): { readonly index: number; readonly spread: Spread; readonly tie: Tie } {
  const open = groups
    .map(({ members, size }, index) => ({ index, members, size, spread: spreadOf(node, members) }))
    .filter(({ members, size }) => members.length < size);
  const [best, second] = open.toSorted(
    (a, b) =>
      compareAverages(a.spread, b.spread) || compareDeviations(a.spread, b.spread) || (lowestId(a.members) < lowestId(b.members) ? -1 : 1),
  );
  const { index, spread } = present(best, 'a group with room');
  const apart = second === undefined || compareAverages(spread, second.spread) !== 0;
  return { index, spread, tie: apart ? 'none' : compareDeviations(spread, second.spread) === 0 ? 'id' : 'deviation' };
}

function lowestId(members: readonly Placed[]): PartyId {
  return members.map(({ party }) => party).reduce((lowest, party) => (party < lowest ? party : lowest));
}

export function siteOf({ party, xMetres, yMetres }: Placed): Placed {
  return { party, xMetres, yMetres };
}

/** Distances of a node to a group, itself left out. */
export function spreadIn(node: Placed, group: readonly Placed[]): Spread {
  return group.reduce(
    (spread, other) => (other.party === node.party ? spread : withDistance(spread, distanceMetres(node, other))),
    noSpread,
  );
}
