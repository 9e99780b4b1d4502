// Who sits in each group's primary seat (R7, P0-36, P0-37): a function of how earlier heights ended, so of final state alone.
// A group whose seat led a height that needed another view moves its seat one rank down and rests for some turns, more
// with every failure in a row. The seat is lost, never the vote (T27).
import { type PartyId, assert, present } from '../base/index.ts';

export interface Seat {
  /** Rank of the member that sits in it. */
  readonly rank: number;
  /** Heights in a row that the group led and that needed another view. */
  readonly failures: number;
  /** The group leads no height below this one, unless all rest. */
  readonly restUntilHeight: number;
}

export type Groups = readonly (readonly PartyId[])[];

/** Turns that a group rests at most. */
export const MAX_REST_TURNS = 15;

/** At the beginning of an epoch. */
export function initialSeats(groups: Groups): readonly Seat[] {
  return groups.map(() => ({ rank: 0, failures: 0, restUntilHeight: 0 }));
}

/** Index of the group whose seat leads view 0 of `height`: they take turns (P0-36); those that rest are passed over. */
export function leadingGroup(seats: readonly Seat[], height: number): number {
  assert(seats.length > 0, 'there are groups');
  for (let step = 0; step < seats.length; step += 1) {
    const group = (height + step) % seats.length;
    if (present(seats[group], 'a seat').restUntilHeight <= height) return group;
  }
  return height % seats.length;
}

/** The member in a group's seat. */
export function seated(groups: Groups, seats: readonly Seat[], group: number): PartyId {
  const members = present(groups[group], 'a group');
  return present(members[present(seats[group], 'a seat').rank % members.length], 'a seated member');
}

/**
 * The seats after it is final that `height` ended in `view`, by its commit certificate in the next header. The same array
 * where nothing changes. `ledUnder` are those under which the height was led, where others have changed since.
 */
export function seatsAfter(
  groups: Groups,
  seats: readonly Seat[],
  ended: { readonly height: number; readonly view: number },
  ledUnder: readonly Seat[] = seats,
): readonly Seat[] {
  if (groups.length === 0) return seats;
  const led = leadingGroup(ledUnder, ended.height);
  const seat = present(seats[led], 'a seat');
  if (ended.view === 0) return seat.failures === 0 ? seats : seats.with(led, { ...seat, failures: 0 });
  const failures = seat.failures + 1;
  const turns = Math.min(2 ** Math.min(failures, MAX_REST_TURNS) - 1, MAX_REST_TURNS);
  const size = present(groups[led], 'a group').length;
  return seats.with(led, {
    rank: (seat.rank + 1) % size,
    failures,
    restUntilHeight: ended.height + 1 + turns * groups.length,
  });
}
