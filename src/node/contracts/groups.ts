// Groups and seats as the state carries them from block to block (P0-22, R7): grouped and elected anew where an epoch begins,
// seats moved by how heights ended, lanes by what was ordered. Channels that agree flat have none of it.
import { type Digest, type PartyId, present } from '../base/index.ts';
import {
  type BatchReference,
  type Elector,
  type LanePosition,
  type Seat,
  initialSeats,
  nextGroups,
  seatsAfter,
} from '../consensus/index.ts';
import { type Member, type Roster, ONLY, foundedTable, markTable, partyTable } from './entries.ts';
import { type GroupingEntry, groupingTable, laneTable, seatsTable } from './group-entries.ts';
import type { State } from './state.ts';

/** How the block before ended: what its commit certificate, inside the next header, says. */
export interface Ended {
  readonly epoch: number;
  readonly height: number;
  readonly view: number;
}

/** Null where the epoch's voters agree without groups. */
export function groupingOf(state: State): GroupingEntry | null {
  return groupingTable.get(state, ONLY);
}

/** By group, in rank order; empty without groups. */
export function groupsOf(state: State): readonly (readonly PartyId[])[] {
  return groupingOf(state)?.groups.map((group) => group.map(({ party }) => party)) ?? [];
}

/** Under which the next block is led (R7). */
export function seatsOf(state: State): readonly Seat[] {
  return seatsTable.get(state, ONLY)?.now ?? [];
}

/** The last ordered position of each lane that has one. */
export function lanesOf(state: State): readonly LanePosition[] {
  return (groupingOf(state)?.groups ?? []).flatMap((_, group) => {
    const last = laneTable.get(state, String(group));
    return last === null ? [] : [{ group, ...last }];
  });
}

/** The state in which the batches of a cut, in their order, are ordered. */
export function withCut(state: State, cut: readonly BatchReference[]): State {
  return cut.reduce((next, { group, localView, sequence }) => laneTable.put(next, String(group), { localView, sequence }), state);
}

/** The state in which it is known how the block before ended; that of an epoch before this one moves no seat. */
export function withEnd(state: State, roster: Roster, ended: Ended | null): State {
  const seats = seatsTable.get(state, ONLY);
  const grouping = groupingOf(state);
  if (seats === null || grouping === null || ended === null || ended.epoch !== roster.epoch) return state;
  const groups = groupsOf(state);
  const moved = seatsAfter(groups, seats.now, ended, seats.before ?? seats.now);
  if (moved === seats.now) return seats.before === null ? state : seatsTable.put(state, ONLY, { now: seats.now, before: null });
  const now = moved.map((seat, group) => (seat.rank < eligibleIn(grouping, group) ? seat : { ...seat, rank: 0 }));
  return seatsTable.put(state, ONLY, { now, before: seats.now });
}

/** The state in which the voters of a new epoch are grouped, their seats elected and their lanes empty. */
export function withGroups(state: State, members: readonly Member[], at: { readonly timestampMs: number; readonly seed: Digest }): State {
  const { settings } = present(foundedTable.get(state, ONLY), "the channel's founding");
  const before = groupingOf(state);
  const electors = members.flatMap(({ voting, party }) => (voting ? [electorOf(state, party, before, at.timestampMs)] : []));
  const input = { electors, seed: at.seed, atMs: at.timestampMs, rules: settings };
  const next = settings.engine === 'pbft' ? null : nextGroups(before, input);
  const emptied = (before?.groups ?? []).reduce((left, _, group) => laneTable.remove(left, String(group)), state);
  if (next === null || next.groups.length === 0) return seatsTable.remove(groupingTable.remove(emptied, ONLY), ONLY);
  const grouped = groupingTable.put(emptied, ONLY, { ...next, seed: at.seed, electors });
  return seatsTable.put(grouped, ONLY, { now: initialSeats(groupsOf(grouped)), before: null });
}

function electorOf(state: State, party: PartyId, before: GroupingEntry | null, timestampMs: number): Elector {
  const entry = present(partyTable.get(state, party), 'the voter');
  return { party, place: entry.place, rating: entry.rating, eligibility: eligibilityOf(state, party, before, timestampMs) };
}

/** P0-27, P0-39: convicted; or without the seat that it had, in the epoch that ends or, while the groups stand, in an earlier one. */
function eligibilityOf(state: State, party: PartyId, before: GroupingEntry | null, timestampMs: number): Elector['eligibility'] {
  if (markTable.get(state, party) !== null) return 'barred';
  if (before === null) return 'eligible';
  const lost = seatsOf(state).some(({ rank }, group) => before.groups[group]?.slice(0, rank).some((member) => member.party === party));
  if (lost) return 'replaced';
  const earlier = before.electors.find((elector) => elector.party === party)?.eligibility;
  const { settings } = present(foundedTable.get(state, ONLY), "the channel's founding");
  return earlier === 'replaced' && timestampMs - before.formedMs < settings.epochLengthMs ? 'replaced' : 'eligible';
}

/** Members of a group that may take its seat: those who are not barred, unless all are. They come first in rank. */
function eligibleIn({ groups, electors }: GroupingEntry, group: number): number {
  const members = present(groups[group], 'a group');
  const barred = new Set(electors.flatMap(({ party, eligibility }) => (eligibility === 'barred' ? [party] : [])));
  const eligible = members.filter(({ party }) => !barred.has(party)).length;
  return eligible === 0 ? members.length : eligible;
}

/** P0-23: the groups have stood for the channel's period. Where that is zero they are made anew with every epoch, and never are a reason for one. */
export function periodIsOver(state: State, timestampMs: number): boolean {
  const grouping = groupingOf(state);
  const periodMs = foundedTable.get(state, ONLY)?.settings.epochLengthMs ?? 0;
  return grouping !== null && periodMs > 0 && timestampMs - grouping.formedMs >= periodMs;
}
