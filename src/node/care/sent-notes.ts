// What this clinic has sent and what has become of it: sealed notes, so that a reload goes on where it was, and a stranger at
// the disk learns nothing of whom the clinic treats.
import type { RecordId } from '../base/index.ts';
import { type Decoded, boundedBytes, list, nullable, oneOf, struct, text, uint } from '../codec/index.ts';
import { partyId, recordId, signature, slipBody } from '../contracts/index.ts';
import { MAX_MANIFEST_BYTES, cid } from '../records/index.ts';
import { letterId } from './letter.ts';
import type { PrivateTable } from './private-notes.ts';
import { MAX_NAMED_BLOBS } from './requests.ts';
import { type VersionName, versionName } from './ways.ts';
import type { Workplace } from './workplace.ts';

export const sentNote = struct({
  record: recordId,
  version: uint(10_000),
  patient: partyId,
  /** As the patient is to sign it; the clinic's signature beside it. */
  body: slipBody,
  signature,
  manifest: boundedBytes(MAX_MANIFEST_BYTES),
  /** The envelope, its parts, the lists of its files. */
  cids: list(cid, MAX_NAMED_BLOBS),
  heldBy: list(partyId, 32),
  /** The letter that tells the patient. */
  letter: nullable(letterId),
  state: oneOf('storing', 'posting', 'awaiting', 'disputed', 'proposing', 'taken-back'),
  /** The patient's words, why her signature is missing, or why it was taken back. */
  reason: nullable(text(1_000)),
});
export type SentNote = Decoded<typeof sentNote>;

export class SentNotes {
  private readonly work: Workplace;
  private readonly table: PrivateTable<SentNote>;
  private byName: ReadonlyMap<string, SentNote> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-sent', sentNote);
  }

  async load(): Promise<void> {
    // What this visit did while the table could not be written is newer.
    this.byName = new Map([...(await this.table.all()), ...this.byName]);
  }

  all(): Iterable<SentNote> {
    return this.byName.values();
  }

  of(name: VersionName): SentNote | null {
    return this.byName.get(versionName(name)) ?? null;
  }

  /** The newest version of a record that is not final. */
  newestOf(record: RecordId): SentNote | null {
    let newest: SentNote | null = null;
    for (const note of this.byName.values()) if (note.record === record && note.version > (newest?.version ?? 0)) newest = note;
    return newest;
  }

  async put(note: SentNote): Promise<void> {
    if (this.work.environment.person() !== null) await this.table.put(versionName(note), note);
    this.byName = new Map(this.byName).set(versionName(note), note);
    this.work.environment.changed();
  }

  async remove(name: VersionName): Promise<void> {
    if (this.work.environment.person() !== null) await this.table.delete(versionName(name));
    const rest = new Map(this.byName);
    rest.delete(versionName(name));
    this.byName = rest;
    this.work.environment.changed();
  }
}
