// The patient's word about a version that became final without her, and the words that go with disputes: sealed on the ledger
// for the clinic, kept by the patient for herself. Also whatever this node may read of them.
import { AppError, type PartyId, type RecordId, MAX_REASON_CHARS, isRejection } from '../base/index.ts';
import { bytesToText, struct, text } from '../codec/index.ts';
import type { RecordRow } from '../ledger/index.ts';
import { reasonContext } from '../records/index.ts';
import { act } from './acting.ts';
import { sealable } from './amending.ts';
import type { FinalVersion } from './facts.ts';
import type { PrivateTable } from './private-notes.ts';
import { type VersionName, versionName } from './ways.ts';
import { type Workplace, typed } from './workplace.ts';

const wordsNote = struct({ words: text(MAX_REASON_CHARS) });

export class Verdicts {
  private readonly work: Workplace;
  private readonly table: PrivateTable<{ readonly words: string }>;
  private words: ReadonlyMap<string, string> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-words', wordsNote);
  }

  async load(): Promise<void> {
    this.words = new Map([...(await this.table.all())].map(([name, note]) => [name, note.words]));
  }

  forget(): void {
    this.words = new Map();
  }

  /** Her or the clinic's copy of why a version is disputed; null where this node may not know. */
  wordsOf(of: VersionName): string | null {
    return this.words.get(versionName(of)) ?? null;
  }

  /** Of every version of a record (T16). */
  async erase(record: RecordId): Promise<void> {
    for (const name of this.words.keys()) if (name.startsWith(`${record}/`)) await this.table.delete(name);
    this.words = new Map([...this.words].filter(([name]) => !name.startsWith(`${record}/`)));
  }

  async confirm(version: FinalVersion): Promise<void> {
    const { person } = this.refuseUnless(version);
    const { channel, clock } = this.work.environment;
    await act(channel, clock, person, {
      kind: 'verdict',
      record: version.record,
      version: version.version,
      verdict: 'confirmed',
      sealedReason: null,
    });
  }

  async dispute(version: FinalVersion, reason: string): Promise<void> {
    const { person } = this.refuseUnless(version);
    const words = typed(reason, 'The reason', MAX_REASON_CHARS);
    const { channel, clock, keyWrap } = this.work.environment;
    const clinic = this.work.facts.party(version.clinic);
    if (clinic === null)
      throw new AppError({ code: 'unknown-clinic', message: 'The clinic is not certified.', remedy: 'Ask the supervision centre.' });
    const sealedReason = await keyWrap.wrap(clinic.certificate.wrapKey, sealable(words), reasonContext(version, version.clinic));
    await act(channel, clock, person, {
      kind: 'verdict',
      record: version.record,
      version: version.version,
      verdict: 'disputed',
      sealedReason,
    });
    await this.remember(version, words);
  }

  /** Reads what was sealed for this clinic in a record that changed. */
  async read(row: RecordRow, self: PartyId): Promise<void> {
    const person = this.work.environment.person();
    if (person === null || row.clinic !== self) return;
    for (const { version, status, verdict } of row.versions) {
      const of = { patient: row.patient, record: row.record, version };
      const sealed = verdict?.sealedReason ?? null;
      if (status !== 'disputed' || sealed === null || this.wordsOf(of) !== null) continue;
      try {
        const words = bytesToText(await this.work.environment.keyWrap.unwrap(person.wrapPrivateKey, sealed, reasonContext(of, self)));
        if (!isRejection(words)) await this.remember(of, words.slice(0, MAX_REASON_CHARS));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.work.environment.log.debug('reason-unreadable', { code: error.code });
      }
    }
  }

  private async remember(of: { readonly record: RecordId; readonly version: number }, words: string): Promise<void> {
    this.words = new Map(this.words).set(versionName(of), words);
    this.work.environment.changed();
    if (this.work.environment.person() !== null) await this.table.put(versionName(of), { words });
  }

  private refuseUnless(version: FinalVersion): ReturnType<Workplace['patient']> {
    const patient = this.work.patient();
    if (version.patient !== patient.person.party) {
      throw new AppError({ code: 'not-the-patient', message: 'This is not your record.', remedy: 'Only its patient judges a record.' });
    }
    if (version.status === 'unconfirmed') return patient;
    throw new AppError({
      code: 'already-answered',
      message: `This version is ${version.status} already.`,
      remedy: 'Ask the clinic for a correction where something is wrong.',
    });
  }
}
