// The supervision centre says now and then which members are the true ones (R13). Voting keys of long ago may be stolen later, and Q of
// them could sign another history from then on; they cannot sign this. So whoever was away for long believes what it fetched only once
// a recent word of a supervision centre is in it.
import { reject } from '../base/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { ONLY, countersignedTable, epochTable, foundedTable, rosterTable } from './entries.ts';
import type { State } from './state.ts';

/** Between two countersignatures. */
export const COUNTERSIGN_EVERY_MS = 24 * 3_600_000;
/** Older ones say nothing about today's members; whoever was away for less needs none. */
export const COUNTERSIGNED_RECENTLY_MS = 30 * 24 * 3_600_000;

/** By an authority, about the open epoch or one shortly before it. */
export function countersign(state: State, { epoch, configuration }: ActionOf<'countersign'>, author: Author): Judgement {
  if (author.role !== 'authority') return reject('not-the-authority', 'only a supervision centre countersigns');
  const keys = epochTable.get(state, String(epoch));
  if (keys === null) return reject('unknown-epoch', 'only the open epoch and those shortly before it are countersigned');
  if (keys.configuration !== configuration) return reject('other-configuration', 'this is not the configuration of that epoch');
  if ((countersignedTable.get(state, ONLY)?.epoch ?? 0) > epoch) return reject('older-epoch', 'a later epoch is countersigned already');
  return countersignedTable.put(state, ONLY, { epoch, timestampMs: author.at.timestampMs });
}

/** When a supervision centre last said who the members are: the founding says it first. */
export function countersignedMs(state: State): number {
  return countersignedTable.get(state, ONLY)?.timestampMs ?? foundedTable.get(state, ONLY)?.timestampMs ?? 0;
}

/** What a supervision centre has to countersign now, or null. */
export function countersignDue(state: State, nowMs: number): ActionOf<'countersign'> | null {
  const epoch = rosterTable.get(state, ONLY)?.epoch;
  if (epoch === undefined || nowMs - countersignedMs(state) < COUNTERSIGN_EVERY_MS) return null;
  const keys = epochTable.get(state, String(epoch));
  return keys === null ? null : { kind: 'countersign', epoch, configuration: keys.configuration };
}

/** Whether whoever last looked at `seenMs` may believe at `nowMs` that the members of this state are the true ones. */
export function isConfirmed(state: State, seenMs: number, nowMs: number): boolean {
  const limitMs = nowMs - COUNTERSIGNED_RECENTLY_MS;
  return seenMs >= limitMs || countersignedMs(state) >= limitMs;
}
