// What of the ledger concerns this profile: grants, requests and reads in which it has a part, found as they come, and the
// records that changed since somebody last looked. Looks at each new row once.
import type { GrantId, PartyId, RecordId } from '../base/index.ts';
import type { GrantRow, Projection, ReadRow, RecordRow, RequestRow } from '../ledger/index.ts';

export class Involved {
  private readonly self: PartyId;
  private readonly projection: () => Projection;
  private readonly grantIds: GrantId[] = [];
  private readonly requestIds: GrantId[] = [];
  private readonly readRows: ReadRow[] = [];
  private seenGrants = 0;
  private seenRequests = 0;
  private seenReads = 0;

  constructor(self: PartyId, projection: () => Projection) {
    this.self = self;
    this.projection = projection;
  }

  /** Given by or to this profile, oldest first. */
  grants(): readonly GrantRow[] {
    const { grants } = this.projection();
    const fresh = newest(grants.newestFirst(), grants.size - this.seenGrants);
    this.seenGrants = grants.size;
    for (const row of fresh) if (row.patient === this.self || row.grantee === this.self) this.grantIds.push(row.grant);
    return this.grantIds.map((id) => grants.get(id)).filter((row) => row !== undefined);
  }

  /** Made by or to this profile, oldest first. */
  requests(): readonly RequestRow[] {
    const { requests } = this.projection();
    const fresh = newest(requests.newestFirst(), requests.size - this.seenRequests);
    this.seenRequests = requests.size;
    for (const row of fresh) if (row.patient === this.self || row.requester === this.self) this.requestIds.push(row.request);
    return this.requestIds.map((id) => requests.get(id)).filter((row) => row !== undefined);
  }

  /** By this profile, or of records that it wrote or that are about it, oldest first. */
  reads(): readonly ReadRow[] {
    const { reads, records } = this.projection();
    for (; this.seenReads < reads.length; this.seenReads += 1) {
      const row = reads.at(this.seenReads);
      if (row === undefined) continue;
      const record = records.get(row.record);
      if (row.reader === this.self || record?.patient === this.self || record?.clinic === this.self) this.readRows.push(row);
    }
    return this.readRows;
  }
}

/** Tells which records have changed since it was last asked. */
export class Changes {
  private records: Projection['records'] | null = null;
  private readonly seen = new Map<RecordId, RecordRow>();

  since(projection: Projection): readonly RecordRow[] {
    if (projection.records === this.records) return [];
    this.records = projection.records;
    const changed: RecordRow[] = [];
    for (const row of projection.records.values()) {
      if (this.seen.get(row.record) === row) continue;
      this.seen.set(row.record, row);
      changed.push(row);
    }
    return changed;
  }
}

/** The `count` newest, oldest of them first. */
function newest<T>(rows: Iterable<T>, count: number): readonly T[] {
  const found: T[] = [];
  if (count <= 0) return found;
  for (const row of rows) {
    found.push(row);
    if (found.length === count) break;
  }
  return found.reverse();
}
