// Who is a primary, and how many of them agree (P0-28 to P0-37). Everything follows from the configuration, the height and the view:
// the groups are polled in turn (P0-36), and a primary that fails is followed by the next in its group's ranking.
import { type PartyId, assert, present } from '../../base/index.ts';
import { memberOfRank, membersOf, placeOf } from '../circle.ts';
import type { Configuration } from '../engine.ts';
import { quorum, toleratedFaults } from '../quorum.ts';
import { leadingGroup } from '../seats.ts';

interface Poll {
  /** Whose primary has the request. */
  readonly group: number;
  /** How far its ranking has been followed down. */
  readonly down: number;
  /** Groups whose rankings were followed to their end before. */
  readonly passed: number;
}

/** Down the ranking of the group whose turn it is, and when nobody in it gets through, the next group's (P0-36, P0-37). */
function pollOf(configuration: Configuration, height: number, view: number): Poll {
  const { groups, seats, voters } = configuration;
  assert(groups.length > 0, 'primaries exist only where there are groups (R0)');
  const first = leadingGroup(seats, height);
  let down = view % voters.length;
  for (let step = 0; ; step += 1) {
    const group = (first + step) % groups.length;
    const size = membersOf(configuration, group).length;
    const passed = Math.floor(view / voters.length) * groups.length + step;
    if (down < size) return { group, down, passed };
    down -= size;
  }
}

/** The group whose primary has the request in this view. */
export function groupOfRequest(configuration: Configuration, height: number, view: number): number {
  return pollOf(configuration, height, view).group;
}

/** The primary of a group. Those of the other groups stay until a whole ranking has been polled in vain. */
export function primaryOf(configuration: Configuration, height: number, view: number, group: number): PartyId {
  const poll = pollOf(configuration, height, view);
  const { rank } = present(configuration.seats[group], 'a seat');
  return memberOfRank(configuration, group, rank + (group === poll.group ? poll.down : poll.passed));
}

/** The primary that has the request. */
export function paperLeaderOf(configuration: Configuration, height: number, view: number): PartyId {
  return primaryOf(configuration, height, view, groupOfRequest(configuration, height, view));
}

/** All primaries of a view, by group. */
export function primariesOf(configuration: Configuration, height: number, view: number): readonly PartyId[] {
  return configuration.groups.map((_, group) => primaryOf(configuration, height, view, group));
}

export function isPrimary(configuration: Configuration, height: number, view: number, party: PartyId): boolean {
  const place = placeOf(configuration, party);
  return place !== null && primaryOf(configuration, height, view, place.group) === party;
}

/** Primaries that may be bad: floor((k-1)/3), whatever the number of members. */
export function toleratedPrimaries(groups: number): number {
  return toleratedFaults(groups);
}

/** Primaries whose signatures make a value final: at least two thirds of them (P0-35), any two such sets sharing one that is not bad (R0). */
export function primariesQuorum(groups: number): number {
  return quorum(groups, toleratedPrimaries(groups));
}
