// Who can open a record now, and by what right. Read from grants on the ledger; the author and the patient always can.
import type { GrantView, RecordView } from '../../node.ts';

export interface Seer {
  readonly key: string;
  readonly who: string;
  readonly right: string;
  readonly purpose: string;
  readonly untilMs: number | null;
  readonly grant: GrantView | null;
}

/** `forPatient` says "You" of the patient herself. */
export function whoCanSee(record: RecordView, grants: readonly GrantView[], nowMs: number, forPatient: boolean): readonly Seer[] {
  if (record.status === 'erased') return [];
  const seers: Seer[] = [
    { key: 'patient', who: forPatient ? 'You' : record.patientName, right: 'The patient', purpose: '', untilMs: null, grant: null },
    { key: 'author', who: record.clinicName, right: 'Wrote the record', purpose: '', untilMs: null, grant: null },
  ];
  for (const grant of grants) {
    if (grant.record !== record.record || grant.ended !== 'no' || grant.untilMs < nowMs) continue;
    seers.push({
      key: grant.grant,
      who: grant.granteeName,
      right: `Grant of block ${grant.height}`,
      purpose: grant.purpose,
      untilMs: grant.untilMs,
      grant,
    });
  }
  return seers;
}
