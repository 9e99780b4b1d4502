// Records on the ledger (P3-15, P3-22, P3-23): what a clinic wrote, what the patient says about it. Amend, never edit: a
// correction is the next version, "entered in error" a status.
import { type RecordId, type Rejection, isRejection, reject } from '../base/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { type RecordHead, partyTable, recordTable, versionKey, versionTable } from './entries.ts';
import { erasureTable } from './erasure/index.ts';
import { isLive } from './roster.ts';
import type { State } from './state.ts';

/** Who writes: a party by name, or a hidden author of whom a tag is known. */
type Writer = Pick<Author, 'party' | 'role' | 'at'>;

export function writeRecord(state: State, action: ActionOf<'record'>, author: Writer): Judgement {
  if (author.role !== 'clinic') return reject('not-a-clinic', 'only a clinic writes records');
  const { at } = author;
  const patient = partyTable.get(state, action.patient);
  if (patient === null || patient.certificate.role !== 'patient') return reject('unknown-patient', 'the patient is not certified');
  if (!isLive(patient, at.timestampMs)) return reject('patient-not-live', "the patient's certificate is revoked or out of its period");
  const before = recordTable.get(state, action.record);
  if (erasureTable.get(state, action.record) !== null) return reject('erased', 'its patient had the record erased');
  const refusal = nextVersionRefusal(before, action, author);
  if (refusal !== null) return refusal;
  const status = action.unconfirmedReason === null ? ('confirmed' as const) : ('unconfirmed' as const);
  const next = recordTable.put(state, action.record, {
    patient: action.patient,
    clinic: author.party,
    version: action.version,
    withdrawnAtHeight: null,
  });
  const { commitment, classes } = action;
  return versionTable.put(next, versionKey(action.record, action.version), { commitment, classes, status, height: at.height });
}

function nextVersionRefusal(before: RecordHead | null, action: ActionOf<'record'>, author: Writer): Rejection | null {
  const newest = before?.version ?? 0;
  if (action.version <= newest) return reject('version-taken', `version ${newest} is on the ledger already`);
  if (before !== null && before.clinic !== author.party) return reject('not-the-author', 'another clinic wrote this record');
  if (before !== null && before.patient !== action.patient) return reject('other-patient', 'a record stays with its patient');
  if (before !== null && before.withdrawnAtHeight !== null) return reject('withdrawn', 'the record was entered in error');
  return action.version === newest + 1 ? null : reject('version-gap', `version ${newest + 1} comes next`);
}

/** By the patient, once, about a version that became final without her. */
export function giveVerdict(state: State, action: ActionOf<'verdict'>, author: Author): Judgement {
  const head = knownRecord(state, action.record);
  if (isRejection(head)) return head;
  if (head.patient !== author.party) return reject('not-the-patient', 'only its patient judges a record');
  if (head.withdrawnAtHeight !== null) return reject('withdrawn', 'the record was entered in error');
  const key = versionKey(action.record, action.version);
  const version = versionTable.get(state, key);
  if (version === null) return reject('unknown-version', 'the record has no such version');
  if (version.status !== 'unconfirmed') return reject('already-judged', 'the patient has spoken about this version');
  return versionTable.put(state, key, { ...version, status: action.verdict });
}

export function withdrawRecord(state: State, action: ActionOf<'withdraw'>, author: Writer): Judgement {
  const head = knownRecord(state, action.record);
  if (isRejection(head)) return head;
  if (head.clinic !== author.party) return reject('not-the-author', 'another clinic wrote this record');
  if (head.withdrawnAtHeight !== null) return reject('withdrawn', 'it was marked before');
  return recordTable.put(state, action.record, { ...head, withdrawnAtHeight: author.at.height });
}

export function knownRecord(state: State, record: RecordId): RecordHead | Rejection {
  if (erasureTable.get(state, record) !== null) return reject('erased', 'its patient had the record erased');
  return recordTable.get(state, record) ?? reject('unknown-record', 'the ledger knows no such record');
}
