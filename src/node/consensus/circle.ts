// Who stands where among the groups of a configuration: group, rank, and the quorum inside a group. Everything follows from the
// configuration alone; looked up once per configuration and remembered beside it.
import { type PartyId, assert, present } from '../base/index.ts';
import type { Configuration } from './engine.ts';
import { quorum, toleratedFaults } from './quorum.ts';

export interface Place {
  readonly group: number;
  readonly rank: number;
}

const places = new WeakMap<Configuration, ReadonlyMap<PartyId, Place>>();

function placesIn(configuration: Configuration): ReadonlyMap<PartyId, Place> {
  const known = places.get(configuration);
  if (known !== undefined) return known;
  const { groups, voters, seats } = configuration;
  const found = new Map<PartyId, Place>();
  for (const [group, members] of groups.entries()) for (const [rank, party] of members.entries()) found.set(party, { group, rank });
  assert(groups.length === 0 || (found.size === voters.length && groups.flat().length === voters.length), 'every voter is in one group');
  assert(seats.length === groups.length, 'every group has a seat');
  places.set(configuration, found);
  return found;
}

/** Null for a stranger, and where there are no groups. */
export function placeOf(configuration: Configuration, party: PartyId | null): Place | null {
  return party === null ? null : (placesIn(configuration).get(party) ?? null);
}

/** The members of a group, in rank order. */
export function membersOf(configuration: Configuration, group: number): readonly PartyId[] {
  return present(configuration.groups[group], 'a group');
}

/** f_g: members of the group that may be faulty while its lane still admits nothing false. Global safety never rests on it. */
export function groupTolerates(configuration: Configuration, group: number): number {
  return toleratedFaults(membersOf(configuration, group).length);
}

/** q_g = ceil((m_g+f_g+1)/2). */
export function groupQuorum(configuration: Configuration, group: number): number {
  return quorum(membersOf(configuration, group).length, groupTolerates(configuration, group));
}

/**
 * R8: the author of a group's lane in a local view: by rank, without the convicted (P0-27). One more than the lane can do without
 * has to be left, or nobody is left out.
 */
export function authorOf(configuration: Configuration, group: number, localView: number): PartyId {
  const members = membersOf(configuration, group);
  const barred = configuration.barred ?? [];
  const left = barred.length === 0 ? members : members.filter((party) => !barred.includes(party));
  const authors = left.length > members.length - groupQuorum(configuration, group) ? left : members;
  return present(authors[localView % authors.length], 'an author');
}

/** The member of rank `rank` mod m. */
export function memberOfRank(configuration: Configuration, group: number, rank: number): PartyId {
  const members = membersOf(configuration, group);
  return present(members[rank % members.length], 'a member');
}
