// What others may ask of the state by id. The tables stay inside contracts/; entries are what a light client can prove.
import type { GrantId, PartyId, RecordId } from '../base/index.ts';
import {
  type PartyEntry,
  type ReadEntry,
  type RecordHead,
  type VersionEntry,
  partyTable,
  readKey,
  readTable,
  recordTable,
  versionKey,
  versionTable,
  windowTable,
} from './entries.ts';
import type { State } from './state.ts';

export function partyIn(state: State, party: PartyId): PartyEntry | null {
  return partyTable.get(state, party);
}

export function recordIn(state: State, record: RecordId): RecordHead | null {
  return recordTable.get(state, record);
}

export function versionIn(state: State, record: RecordId, version: number): VersionEntry | null {
  return versionTable.get(state, versionKey(record, version));
}

/** The newest read of a version by a grant. */
export function readIn(state: State, grant: GrantId, version: number): ReadEntry | null {
  return readTable.get(state, readKey(grant, version));
}

/** The highest counter that the author has used, or -1 (R12). */
export function highestCounter(state: State, author: PartyId): number {
  return windowTable.get(state, author)?.highest ?? -1;
}
