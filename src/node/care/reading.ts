// Opening a record: by the patient and the author with their own keys, by a grantee only after the read is on the ledger
// (P0-11, P3-26). What does not match the signed entry is never shown.
import { AppError, type PartyId, type RecordId, isRejection } from '../base/index.ts';
import type { OpenedRecord } from '../api.ts';
import { act } from './acting.ts';
import type { FinalVersion } from './facts.ts';
import { openChunks } from './file-opening.ts';
import { MAX_OPENED_FILES } from './limits.ts';
import { erasedFailure } from './kept-manifests.ts';
import type { Offers } from './offers.ts';
import { recordActionOf } from './offers.ts';
import { type Manifest, type SealedFile, readManifest, wrapsFor } from '../records/index.ts';
import { refusesOwnCapsules } from './capsule-sealing.ts';
import { ProxyAsking } from './proxy-asking.ts';
import type { ReadingKeys } from './reading-keys.ts';
import { type OpenedVersion, type PartKeys, openVersion } from './sealing.ts';
import type { SentNote, SentNotes } from './sent-notes.ts';
import type { Workplace } from './workplace.ts';

/** The page waits this long for keepers where nothing else has to happen first. */
const OWN_PATIENCE_MS = 3_000;

export class Reading {
  private readonly work: Workplace;
  private readonly keys: ReadingKeys;
  private readonly proxies: ProxyAsking;
  private readonly offers: Offers;
  private readonly sent: SentNotes;
  /** Keys of files of the records that were opened while unlocked. The oldest go first. */
  private readonly fileKeys = new Map<string, { readonly patient: PartyId; readonly sealed: SealedFile }>();

  constructor(work: Workplace, keys: ReadingKeys, offers: Offers, sent: SentNotes) {
    this.work = work;
    this.keys = keys;
    this.proxies = new ProxyAsking(work, keys);
    this.offers = offers;
    this.sent = sent;
  }

  async open(record: RecordId, version: number): Promise<OpenedRecord> {
    this.work.person();
    const final = this.work.facts.version(record, version);
    if (final !== null) return this.openFinal(final);
    const offer = this.offers.of({ record, version });
    if (offer !== null) return this.shown({ record, version }, this.work.environment.party, await this.offers.open(offer));
    const note = this.sent.of({ record, version });
    if (note !== null) return this.openSent(note);
    throw new AppError({ code: 'unknown-version', message: 'There is no such version of this record.', remedy: 'Reload the page.' });
  }

  /** A version with keys that did not come from its keepers; all else is checked as always. */
  openWith(version: FinalVersion, manifest: Manifest): Promise<OpenedRecord> {
    return this.opened(version, manifest);
  }

  /** The bytes of a file that an opened record names, in order. Throws AppError `not-open`, `tampered`, `blob-missing`. */
  async *openFile(file: string): AsyncGenerator<Uint8Array> {
    this.work.person();
    const known = this.fileKeys.get(file);
    if (known === undefined) {
      throw new AppError({ code: 'not-open', message: 'The record of this file is not open.', remedy: 'Open the record again.' });
    }
    yield* openChunks(this.work.environment, known.patient, known.sealed);
  }

  /** Of files of a record that is erased, by their lists (T16). */
  erase(lists: ReadonlySet<string>): void {
    for (const [file, { sealed }] of this.fileKeys) if (lists.has(sealed.list)) this.fileKeys.delete(file);
  }

  /** When the keys are locked away nothing private stays in memory. */
  forget(): void {
    this.fileKeys.clear();
  }

  /** What a page gets: the keys of files stay here. */
  private shown(of: Pick<FinalVersion, 'record' | 'version'>, patient: PartyId, opened: OpenedVersion): OpenedRecord {
    for (const sealed of opened.files) {
      this.fileKeys.delete(sealed.file);
      this.fileKeys.set(sealed.file, { patient, sealed });
    }
    for (const oldest of this.fileKeys.keys()) if (this.fileKeys.size > MAX_OPENED_FILES) this.fileKeys.delete(oldest);
    const { bundle, classes, files } = opened;
    return { record: of.record, version: of.version, bundle, classes, files: files.map(({ file }) => file) };
  }

  /** By the patient, before she confirms what became final without her: what proxies would turn is what she opens. Throws AppError. */
  async checkCapsules(version: FinalVersion): Promise<void> {
    const manifest = await this.work.custody.manifest(version, null, OWN_PATIENCE_MS);
    const refused = await refusesOwnCapsules(this.work, this.keys, manifest, version);
    if (refused !== null) throw tampered(refused.detail);
  }

  private async openFinal(version: FinalVersion): Promise<OpenedRecord> {
    if (this.work.facts.isErased(version.record)) throw erasedFailure();
    const { party } = this.work.environment;
    if (party !== version.patient && party !== version.clinic) return this.asGrantee(version);
    return this.opened(version, await this.work.custody.manifest(version, null, OWN_PATIENCE_MS));
  }

  /** The read is a slip before any key is asked for; where too few proxies answer, it is not even entered. */
  private async asGrantee(version: FinalVersion): Promise<OpenedRecord> {
    const { facts, environment, custody } = this.work;
    facts.certified(environment.party, 'This clinic');
    const [grant] = facts.openGrants(version.record, environment.party);
    if (grant === undefined) {
      throw new AppError({ code: 'no-access', message: 'You have no access to this record.', remedy: 'Ask the patient for access.' });
    }
    await this.proxies.refuseTooFew(grant);
    const { record } = version;
    await act(environment.channel, environment.clock, this.work.person(), {
      kind: 'read',
      grant: grant.grant,
      record,
      version: version.version,
    });
    const manifest = await custody.manifest(version, null);
    const wrapped = wrapsFor(manifest, environment.party).length > 0;
    return wrapped ? this.opened(version, manifest) : this.opened(version, manifest, await this.proxies.keysFor(grant, version, manifest));
  }

  private async openSent(note: SentNote): Promise<OpenedRecord> {
    const manifest = readManifest(note.manifest);
    if (isRejection(manifest)) throw tampered(manifest.detail);
    return this.opened({ ...note, commitment: recordActionOf(note.body).commitment }, manifest);
  }

  private async opened(
    of: Pick<FinalVersion, 'record' | 'version' | 'patient' | 'commitment'>,
    manifest: Manifest,
    keys: PartKeys = new Map(),
  ): Promise<OpenedRecord> {
    await this.work.traces.remember(of.record, manifest.envelope);
    const result = await openVersion(this.work.environment, manifest, of, of.commitment, this.work.person(), keys);
    for (const key of keys.values()) key.fill(0);
    if (isRejection(result)) throw tampered(result.detail);
    return this.shown(of, of.patient, result);
  }
}

function tampered(detail: string): AppError {
  return new AppError({
    code: 'tampered',
    message: `What the keepers gave does not match the ledger: ${detail}. It is not shown.`,
    remedy: 'Try again later: another keeper may hold an undamaged copy. Tell the supervision centre.',
  });
}
