// A clinic's tags for what it writes (P3-11, P3-12): made from the codes of the bundle for each class, kept sealed here, handed to the keepers that
// hold the version. Without a search key of the clinic or of the patient there are none, and the record is found by nobody.
import { AppError, type Digest, isRejection } from '../base/index.ts';
import { keywordOf } from '../crypto/index.ts';
import {
  type FhirBundle,
  type PartTags,
  type RecordVersion,
  SALT_BYTES,
  type TagEntry,
  type Term,
  termsByClass,
} from '../records/index.ts';
import { Errand, type Progress } from './errand.ts';
import { OPEN_KEEP_LIFETIME_MS } from './limits.ts';
import { done } from './requests.ts';
import { SEARCH_REQUESTS, keepTags } from './search-formats.ts';
import type { SearchKeys } from './search-keys.ts';
import { type OwnNote, type OwnTags, ownNoteOf } from './search-own.ts';
import type { Workplace } from './workplace.ts';

const SEED_BYTES = 32;

export class Tagging {
  private readonly work: Workplace;
  private readonly keys: SearchKeys;
  private readonly own: OwnTags;
  private readonly errand: Errand;

  constructor(work: Workplace, keys: SearchKeys, own: OwnTags) {
    this.work = work;
    this.keys = keys;
    this.own = own;
    this.errand = new Errand('keep-tags', work.environment, () => this.handIn());
  }

  kick(): void {
    if (this.work.environment.role === 'clinic' && this.work.environment.person() !== null) this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  /** The index entry of a version that is about to be sealed; null where it gets none. */
  async entryFor(of: RecordVersion, bundle: FhirBundle): Promise<TagEntry | null> {
    const writerKey = this.keys.keyOf(this.work.environment.party);
    const patientKey = this.keys.keyOf(of.patient);
    if (writerKey === null || patientKey === null) return null;
    const epoch = this.keys.epochOf(of.patient);
    const sets: PartTags[] = [];
    for (const [partClass, terms] of termsByClass(bundle)) {
      const scope = await this.keys.scope({ writerKey, patientKey, sensitivityClass: partClass, epoch });
      const tags = await this.tagsOf(of, scope.scopeKey, terms);
      if (tags.length > 0) sets.push({ class: partClass, scopeId: scope.scopeId, salt: this.random(SALT_BYTES), tags });
    }
    if (sets.length === 0) return null;
    return { format: 'clinicord/tags/1', record: of.record, version: of.version, epoch, writerKey, patientKey, sets };
  }

  /** The version that the entry belongs to is sealed and noted. */
  async written(entry: TagEntry, commitment: Digest): Promise<void> {
    await this.own.keep(ownNoteOf(entry, commitment, this.work.environment.clock.nowMs(), true), entry);
    this.kick();
  }

  private async tagsOf(of: RecordVersion, scopeKey: Uint8Array, terms: readonly Term[]): Promise<readonly Uint8Array[]> {
    const keywords = terms.flatMap(({ system, code }) => {
      const keyword = keywordOf(system, code);
      return isRejection(keyword) ? [] : [keyword];
    });
    if (keywords.length === 0) return [];
    const seed = this.random(SEED_BYTES);
    const made = await this.own.index.use((index) => index.tagsFor(scopeKey, of.record, keywords, seed));
    if (isRejection(made)) throw new AppError({ code: made.reason, message: made.detail, remedy: 'Write it again.' });
    return made.tags;
  }

  private random(count: number): Uint8Array {
    return this.work.environment.randomness.bytes(count);
  }

  /** To every keeper that holds the version and not yet its tags. */
  private async handIn(): Promise<Progress> {
    if (this.work.environment.person() === null) return 'done';
    let progress: Progress = 'done';
    const oldestMs = this.work.environment.clock.nowMs() - OPEN_KEEP_LIFETIME_MS;
    for (const note of [...this.own.notes()]) {
      const enough = note.heldBy.length >= Math.max(1, this.work.keepers.wanted());
      if (!note.made || enough || note.madeMs < oldestMs) continue;
      if (!(await this.handTo(note))) progress = 'later';
    }
    return progress;
  }

  private async handTo(note: OwnNote): Promise<boolean> {
    const { desk, keepers, environment } = this.work;
    const request = { commitment: note.commitment, entry: note.entry };
    const asked = keepers.linked().filter(({ party }) => !note.heldBy.includes(party));
    const held = await Promise.all(
      asked.map(async (keeper) => {
        try {
          await desk.ask(keeper, SEARCH_REQUESTS.keep, keepTags, done, request);
          return keeper.party;
        } catch (error) {
          if (!(error instanceof AppError)) throw error;
          environment.log.debug('tags-not-kept', { code: error.code });
          return null;
        }
      }),
    );
    const added = held.filter((party) => party !== null);
    if (added.length > 0) await this.own.held(note, added);
    return note.heldBy.length + added.length >= Math.max(1, keepers.wanted());
  }
}
