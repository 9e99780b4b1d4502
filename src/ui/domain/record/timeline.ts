// What happened around one patient's records, newest first: versions, requests, grants and reads, each with its block.
import type { NodeView } from '../../node.ts';
import { type StateWords, statusWords } from '../words/index.ts';

export interface TimelineEntry {
  readonly key: string;
  readonly atMs: number;
  readonly what: string;
  readonly who: string;
  readonly record: string;
  readonly height: number | null;
  readonly state: StateWords | null;
}

export function timelineOf(view: NodeView, patient: string, forPatient: boolean): readonly TimelineEntry[] {
  const records = view.records.filter((record) => record.patient === patient);
  const ids = new Set<string>(records.map((record) => record.record));
  const entries: TimelineEntry[] = records.flatMap((record) =>
    record.versions.map((version) => ({
      key: `${record.record}/${version.version}`,
      atMs: version.timestampMs,
      what: version.version === 1 ? 'Record written' : `Record corrected: version ${version.version}`,
      who: record.clinicName,
      record: record.record,
      height: version.height,
      state: statusWords(version.status, forPatient),
    })),
  );
  for (const grant of view.grants.filter((grant) => ids.has(grant.record))) {
    entries.push({
      key: grant.grant,
      atMs: grant.fromMs,
      what: 'Access granted',
      who: grant.granteeName,
      record: grant.record,
      height: grant.height,
      state: null,
    });
  }
  for (const read of view.reads.filter((read) => ids.has(read.record))) {
    const key = `${read.record}/${read.height}/${read.reader}`;
    entries.push({
      key,
      atMs: read.timestampMs,
      what: `Version ${read.version} read`,
      who: read.readerName,
      record: read.record,
      height: read.height,
      state: null,
    });
  }
  return entries.sort((a, b) => b.atMs - a.atMs);
}
