// Which sealed envelopes this browser has had in its store besides what it keeps for others: what it wrote, what awaited its person, what it
// opened. Kept so that erasing finds every piece here (T16). Sealed at rest: an address leads to ciphertext, and the ledger tells nobody which.
import type { PartyId, RecordId } from '../base/index.ts';
import type { BlobStore } from '../ports/index.ts';
import { type Decoded, struct } from '../codec/index.ts';
import { recordId } from '../contracts/index.ts';
import { cid } from '../records/index.ts';
import type { PrivateTable } from './private-notes.ts';
import { eraseEnvelope } from './sealed-blobs.ts';

export const trace = struct({ record: recordId, envelope: cid });
type Trace = Decoded<typeof trace>;

export class Traces {
  private readonly blobs: BlobStore;
  private readonly table: PrivateTable<Trace>;
  private byEnvelope: ReadonlyMap<string, Trace> = new Map();

  constructor(blobs: BlobStore, table: PrivateTable<Trace>) {
    this.blobs = blobs;
    this.table = table;
  }

  async load(): Promise<void> {
    this.byEnvelope = await this.table.all();
  }

  forget(): void {
    this.byEnvelope = new Map();
  }

  /** To be called before the first piece is put or fetched. */
  async remember(record: RecordId, envelope: string): Promise<void> {
    if (this.byEnvelope.has(envelope)) return;
    await this.table.put(envelope, { record, envelope });
    this.byEnvelope = new Map(this.byEnvelope).set(envelope, { record, envelope });
  }

  /** Deletes every piece of a record here. Returns the lists of its files; null where nothing of it was here. */
  async erase(record: RecordId): Promise<ReadonlySet<string> | null> {
    const gone = [...this.byEnvelope.values()].filter((known) => known.record === record);
    const lists = new Set<string>();
    for (const { envelope } of gone) {
      for (const list of await eraseEnvelope(this.blobs, envelope)) lists.add(list);
      await this.table.delete(envelope);
      const rest = new Map(this.byEnvelope);
      rest.delete(envelope);
      this.byEnvelope = rest;
    }
    return gone.length === 0 ? null : lists;
  }
}

/** Who is to say that nothing is left: keepers, the clinic that wrote it, and whoever has said so already. */
export function heldBy(keepers: readonly PartyId[], clinic: PartyId, receipts: readonly PartyId[]): readonly PartyId[] {
  return [...new Set([...keepers, clinic, ...receipts])];
}
