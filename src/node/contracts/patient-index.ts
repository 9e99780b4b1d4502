// What concerns a patient, counted in the state: every slip that took effect on her records, grants, requests and reads has a number
// of hers, from 0 on without gaps. A light client that holds a certified header asks for the count and for each number, with proofs,
// and so nobody can leave out the newest read or any other (P3-07, decision 0033).
import { type PartyId, type RecordId, type SlipId, ID_BYTES } from '../base/index.ts';
import { type Decoded, hex, struct, uint } from '../codec/index.ts';
import { emergencyTable } from './emergency/entries.ts';
import { grantTable, recordTable } from './entries.ts';
import { hiddenSlipTable } from './institution-entries.ts';
import type { Moment } from './roster.ts';
import type { Slip } from './slip.ts';
import { slipIdOf } from './slip-bytes.ts';
import type { State } from './state.ts';
import { table } from './table.ts';

const concernCount = struct({ count: uint() });
const concern = struct({ height: uint(), slip: hex<SlipId>(ID_BYTES) });
/** Where a slip that concerns her is. */
export type Concern = Decoded<typeof concern>;

export const concernCountTable = table<PartyId, Decoded<typeof concernCount>>('concerns', concernCount);
export const concernTable = table<string, Concern>('concern', concern);

/** Id of one of them in its table. */
export function concernKey(patient: PartyId, number: number): string {
  return `${patient}/${number}`;
}

/** The state after a slip took effect on `after`, with its number for the patient whom it concerns, if it concerns one. */
export function withConcern(after: State, slip: Slip, at: Moment): State {
  const patient = patientOf(after, slip);
  if (patient === null) return after;
  const count = concernCountTable.get(after, patient)?.count ?? 0;
  const numbered = concernTable.put(after, concernKey(patient, count), { height: at.height, slip: slipIdOf(slip) });
  return concernCountTable.put(numbered, patient, { count: count + 1 });
}

function patientOf(state: State, { body }: Slip): PartyId | null {
  const { action, author } = body;
  const ofRecord = (record: RecordId): PartyId | null => recordTable.get(state, record)?.patient ?? null;
  const ofOpening = (slip: SlipId): PartyId | null => {
    const record = hiddenSlipTable.get(state, slip)?.record;
    return record === undefined ? null : ofRecord(record);
  };
  switch (action.kind) {
    case 'record':
    case 'request':
      return action.patient;
    case 'verdict':
    case 'withdraw':
    case 'custody':
    case 'erasure':
      return ofRecord(action.record);
    case 'emergency': {
      const asked = emergencyTable.get(state, action.emergency);
      return asked === null ? null : ofRecord(asked.record);
    }
    case 'policy':
      return action.deed.kind === 'release' ? ofRecord(action.deed.record) : author;
    case 'grant':
    case 'decline':
    case 'end-grant':
      return author;
    case 'read':
      return grantTable.get(state, action.grant)?.patient ?? ofRecord(action.record);
    case 'institutions':
      return action.deed.kind === 'ask' || action.deed.kind === 'answer' ? ofOpening(action.deed.slip) : null;
    default:
      return null;
  }
}
