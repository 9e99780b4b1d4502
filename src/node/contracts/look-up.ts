// What others may ask of the state by id. The tables stay inside contracts/; entries are what a light client can prove.
import type { GrantId, PartyId, RecordId } from '../base/index.ts';
import {
  type EpochKeys,
  type PartyEntry,
  type ReadEntry,
  type RecordHead,
  type VersionEntry,
  epochTable,
  markTable,
  partyTable,
  readKey,
  readTable,
  recordTable,
  versionKey,
  versionTable,
  windowTable,
} from './entries.ts';
import { type ReadingKeysEntry, readingEpochTable, readingKey, readingKeysTable, receivingKeyTable } from './reading-entries.ts';
import { type SearchKeyEntry, searchKeyTable } from './search-actions.ts';
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

/** Configuration's digest and voters' keys of the open epoch or of one of those before; null of others (R15). */
export function epochKeysIn(state: State, epoch: number): EpochKeys | null {
  return epochTable.get(state, String(epoch));
}

/** Whether the party was convicted (R15). */
export function isMarked(state: State, party: PartyId): boolean {
  return markTable.get(state, party) !== null;
}

/** The newest read of a version by a grant. */
export function readIn(state: State, grant: GrantId, version: number): ReadEntry | null {
  return readTable.get(state, readKey(grant, version));
}

/** The search key of a clinic or patient; null where there is none: then nothing that she writes, or that is written about her, has tags. */
export function searchKeyIn(state: State, party: PartyId): SearchKeyEntry | null {
  return searchKeyTable.get(state, party);
}

/** The highest counter that the author has used, or -1 (R12). */
export function highestCounter(state: State, author: PartyId): number {
  return windowTable.get(state, author)?.highest ?? -1;
}

/** A patient's newest epoch of reading keys; null where she has published none. */
export function readingEpochIn(state: State, patient: PartyId): number | null {
  return readingEpochTable.get(state, patient)?.epoch ?? null;
}

/** The public halves of one epoch's reading keys (P3-10). */
export function readingKeysIn(state: State, patient: PartyId, epoch: number): ReadingKeysEntry | null {
  return readingKeysTable.get(state, readingKey(patient, epoch));
}

/** The key towards which is re-encrypted for this reader. */
export function receivingKeyIn(state: State, reader: PartyId): Uint8Array | null {
  return receivingKeyTable.get(state, reader)?.key ?? null;
}
