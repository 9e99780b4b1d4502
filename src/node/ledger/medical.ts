// The paper's contract functions by their names (P1-19). Four are deeds on the ledger, which the contracts judge; two are questions
// to the ledger, answered here from what it says, without a slip.
import type { PartyId, RecordId } from '../base/index.ts';
import { type ActionKind, type State, custodyOf, erasureTable, recordIn, versionIn } from '../contracts/index.ts';
import { chained } from './ordered-index.ts';
import type { Projection, RecordRow } from './projection-rows.ts';

/** Which action is which function. Reading is on the ledger before keys are handed out; deleting is an order to destroy. */
export const MEDICAL_FUNCTIONS = {
  initialMedical: 'record',
  transferMedical: 'custody',
  delete: 'erasure',
  readMedical: 'read',
} as const satisfies Readonly<Record<string, ActionKind>>;

export interface MedicalEvent {
  readonly height: number;
  readonly what: 'written' | 'confirmed' | 'disputed' | 'withdrawn' | 'passed-on' | 'asked' | 'granted' | 'grant-ended' | 'read' | 'erased';
  /** Who did it, as far as the ledger says. */
  readonly by: PartyId;
}

/** getHistory: everything that happened to a record, in order. Empty where the ledger knows no such record. */
export function getHistory({ state, projection }: Question, record: RecordId): readonly MedicalEvent[] {
  const row = projection.records.get(record);
  if (row === undefined) return [];
  return [...versionEvents(state, row), ...accessEvents(projection, record), ...endEvents(state, row)].sort((a, b) => a.height - b.height);
}

/** queryByOwner: the records of a patient, the newest first. */
export function queryByOwner(projection: Projection, patient: PartyId): readonly RecordRow[] {
  return [...chained(projection.recordsOfPatient.get(patient))].flatMap((record) => projection.records.get(record) ?? []);
}

/** A ledger's state with the projection that follows it. */
export interface Question {
  readonly state: State;
  readonly projection: Projection;
}

/** Who kept the record at a height: the clinics before in their order, then the one that keeps it now. */
function keeperAt(state: State, { record, clinic }: RecordRow, height: number): PartyId {
  return custodyOf(state, record).passes.find((pass) => height <= pass.height)?.from ?? clinic;
}

function versionEvents(state: State, row: RecordRow): readonly MedicalEvent[] {
  return row.versions.flatMap(({ version, height, verdict }): readonly MedicalEvent[] => {
    const written = { height, what: 'written', by: keeperAt(state, row, height) } as const;
    const status = versionIn(state, row.record, version)?.status;
    if (verdict === null || status === undefined || status === 'unconfirmed') return [written];
    return [written, { height: verdict.height, what: status, by: row.patient }];
  });
}

function accessEvents(projection: Projection, record: RecordId): readonly MedicalEvent[] {
  const requests = [...chained(projection.requestsOfRecord.get(record))].flatMap((id) => projection.requests.get(id) ?? []);
  const grants = [...chained(projection.grantsOfRecord.get(record))].flatMap((id) => projection.grants.get(id) ?? []);
  const reads = [...chained(projection.readsOfRecord.get(record))];
  return [
    ...requests.map(({ height, requester }) => ({ height, what: 'asked', by: requester }) as const),
    ...grants.map(({ height, patient }) => ({ height, what: 'granted', by: patient }) as const),
    ...grants.flatMap(({ endedAtHeight, patient }) =>
      endedAtHeight === null ? [] : [{ height: endedAtHeight, what: 'grant-ended', by: patient } as const],
    ),
    ...reads.map(({ height, reader }) => ({ height, what: 'read', by: reader }) as const),
  ];
}

function endEvents(state: State, row: RecordRow): readonly MedicalEvent[] {
  const { passes } = custodyOf(state, row.record);
  const withdrawn = recordIn(state, row.record)?.withdrawnAtHeight ?? null;
  const erased = erasureTable.get(state, row.record);
  return [
    ...passes.map(({ from, height }) => ({ height, what: 'passed-on', by: from }) as const),
    ...(withdrawn === null ? [] : [{ height: withdrawn, what: 'withdrawn', by: keeperAt(state, row, withdrawn) } as const]),
    ...(erased === null ? [] : [{ height: erased.height, what: 'erased', by: row.patient } as const]),
  ];
}
