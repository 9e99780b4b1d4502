// What the state holds about groups (docs/data.md): the grouping with the inputs of its elections, so that anybody recomputes
// them; who sits in each group's primary seat; how far each lane is ordered.
import { MAX_VOTERS } from '../base/index.ts';
import { type Decoded, list, nullable, oneOf, struct, uint, union } from '../codec/index.ts';
import type { ONLY } from './entries.ts';
import { digest, partyId, rating, site } from './slip.ts';
import { table } from './table.ts';

/** Groups of at least four among the voters. */
export const MAX_GROUPS = MAX_VOTERS / 4;

const tie = oneOf('none', 'deviation', 'id');
const metres = uint();
const reason = union({
  centre: struct({}),
  radius: struct({ centre: partyId, distanceMetres: metres, radiusMetres: metres }),
  average: struct({ averageMetres: metres, tie }),
  joined: struct({ averageMetres: metres, tie }),
});

/** Who is grouped with whom, why, and what the elections looked at. */
const grouping = struct({
  /** State root after the block before the one that began the epoch (T1). */
  seed: digest,
  /** Time of the block since whose epoch the groups stand (P0-23). */
  formedMs: uint(),
  /** In rank order. */
  groups: list(list(struct({ party: partyId, reason }), MAX_VOTERS), MAX_GROUPS),
  /** Every voter, ordered by party. */
  electors: list(
    struct({
      party: partyId,
      place: nullable(site),
      rating: nullable(rating),
      eligibility: oneOf('eligible', 'replaced', 'barred'),
    }),
    MAX_VOTERS,
  ),
});
export type GroupingEntry = Decoded<typeof grouping>;

const seat = struct({ rank: uint(MAX_VOTERS), failures: uint(), restUntilHeight: uint() });
const seats = struct({
  /** By group: under which the next block is led. */
  now: list(seat, MAX_GROUPS),
  /** Under which the block before was led, where that is not the same: its end is known one block later. */
  before: nullable(list(seat, MAX_GROUPS)),
});
export type SeatsEntry = Decoded<typeof seats>;

/** The last ordered position of a lane in this epoch (R4, R8). */
const lane = struct({ localView: uint(), sequence: uint() });

export const groupingTable = table<typeof ONLY, GroupingEntry>('grouping', grouping);
export const seatsTable = table<typeof ONLY, SeatsEntry>('seats', seats);
export const laneTable = table<string, Decoded<typeof lane>>('lane', lane);
