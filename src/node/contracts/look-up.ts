// What others may ask of the state by id. The tables stay inside contracts/; entries are what a light client can prove.
import { type GrantId, type PartyId, type RecordId, type Rejection, reject } from '../base/index.ts';
import {
  type GrantEntry,
  type PartyEntry,
  type ReadEntry,
  type RecordHead,
  type RequestEntry,
  type VersionEntry,
  grantTable,
  partyTable,
  readKey,
  readTable,
  recordTable,
  requestTable,
  versionKey,
  versionTable,
  windowTable,
} from './entries.ts';
import { isLive } from './roster.ts';
import { grantRefusal } from './sharing-actions.ts';
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

export function grantIn(state: State, grant: GrantId): GrantEntry | null {
  return grantTable.get(state, grant);
}

export function requestIn(state: State, request: GrantId): RequestEntry | null {
  return requestTable.get(state, request);
}

/** The newest read of a version by a grant. */
export function readIn(state: State, grant: GrantId, version: number): ReadEntry | null {
  return readTable.get(state, readKey(grant, version));
}

/** The highest counter that the author has used, or -1 (R12). */
export function highestCounter(state: State, author: PartyId): number {
  return windowTable.get(state, author)?.highest ?? -1;
}

/**
 * Why a keeper must not hand this version's wraps to `reader` now, or null (P3-26): the grant must live, the reader's
 * certificate hold, and the read be on the ledger already.
 */
export function releaseRefusal(
  state: State,
  wanted: { readonly reader: PartyId; readonly grant: GrantId; readonly record: RecordId; readonly version: number },
  nowMs: number,
): Rejection | null {
  const reader = partyTable.get(state, wanted.reader);
  if (reader === null || !isLive(reader, nowMs)) return reject('not-certified', 'the reader holds no certificate that is valid now');
  const grant = grantTable.get(state, wanted.grant);
  if (grant === null || grant.grantee !== wanted.reader || grant.record !== wanted.record)
    return reject('no-grant', 'no grant allows this');
  const refusal = grantRefusal(grant, nowMs);
  if (refusal !== null) return refusal;
  return readIn(state, wanted.grant, wanted.version) === null ? reject('not-on-ledger', 'the read is not on the ledger yet') : null;
}
