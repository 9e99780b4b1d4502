// A keeper's index entries (P3-11, P3-28): taken from the author of a version that is kept here, given to its patient, its author and other
// keepers, in the index while their version is the newest, destroyed when it is replaced, withdrawn or forgotten. They say no word to a keeper.
import { AppError, type Digest, type PartyId, type RecordId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, struct, uint } from '../codec/index.ts';
import { digest, partyId, recordId } from '../contracts/index.ts';
import { MAX_TAG_ENTRY_BYTES, type TagEntry, readTagEntry, tagEntryBytes } from '../records/index.ts';
import type { Correspondent } from './access.ts';
import { Errand, type Progress } from './errand.ts';
import type { FinalVersion } from './facts.ts';
import { Changes } from './involved.ts';
import type { Keeping } from './keeping.ts';
import { LiveIndex } from './live-index.ts';
import { done } from './requests.ts';
import { boundEntry, boundEnvelope } from './search-entry.ts';
import { type Binding, type HeldEntry, SEARCH_REQUESTS, entriesAnswer, entriesWish, keepTags } from './search-formats.ts';
import { SEARCH_TIMEOUT_MS } from './search-limits.ts';
import { type VersionName, versionName } from './ways.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-search-tags';

const keptEntry = struct({
  record: recordId,
  version: uint(10_000),
  author: partyId,
  commitment: digest,
  entry: boundedBytes(MAX_TAG_ENTRY_BYTES),
});

interface Kept extends VersionName {
  readonly key: string;
  readonly author: PartyId;
  readonly commitment: Digest;
  readonly entry: TagEntry;
}

/** The entry by which a record is searched now, and what binds it to the ledger. */
export interface SearchedEntry {
  readonly entry: TagEntry;
  readonly binding: Binding;
}

export class SearchEntries {
  readonly index: LiveIndex;
  private readonly work: Workplace;
  private readonly keeping: () => Keeping;
  private readonly byRecord = new Map<RecordId, Map<string, Kept>>();
  private readonly missing = new Map<RecordId, FinalVersion>();
  private readonly changes = new Changes();
  private readonly errand: Errand;

  constructor(work: Workplace, keeping: () => Keeping) {
    this.work = work;
    this.keeping = keeping;
    this.errand = new Errand('keep-search-index', work.environment, () => this.run());
    this.index = new LiveIndex(
      () => work.environment.searchIndex(),
      () => [...this.byRecord.values()].flatMap((kept) => [...kept.values()].filter((each) => this.isCurrent(each)).flatMap(indexed)),
    );
  }

  async load(): Promise<void> {
    const { notes } = this.work.environment;
    for (const [key, bytes] of await notes.entries(TABLE)) {
      const kept = decode(keptEntry, bytes, 2 * MAX_TAG_ENTRY_BYTES);
      const entry = isRejection(kept) ? kept : readTagEntry(kept.entry);
      if (isRejection(kept) || isRejection(entry)) await notes.delete(TABLE, key);
      else this.insert({ ...kept, key, entry });
    }
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(SEARCH_REQUESTS.keep, keepTags, done, async (from, asked) => (await this.take(from, asked)) ?? { ok: true });
    desk.answer(SEARCH_REQUESTS.entries, entriesWish, entriesAnswer, (from, asked) => this.give(from, asked));
  }

  kick(): void {
    this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
    this.index.close();
  }

  /** What was never final in time, and has left with its manifest. */
  async expire(): Promise<void> {
    for (const kept of [...this.byRecord.values()].flatMap((versions) => [...versions.values()]))
      if (!this.keeping().keeps(kept, kept.commitment, kept.author)) await this.forget(kept);
  }

  /** Destroys every entry of the record at once (T16). */
  async erase(record: RecordId): Promise<void> {
    this.missing.delete(record);
    for (const kept of [...(this.byRecord.get(record)?.values() ?? [])]) await this.forget(kept);
  }

  /** By what the newest version of the record is searched; null where nothing is here. */
  async searched(version: FinalVersion): Promise<SearchedEntry | null> {
    const kept = this.byRecord.get(version.record)?.get(keyOf(version, version.commitment, version.clinic));
    if (kept === undefined || !this.isCurrent(kept)) return null;
    const binding = await this.keeping().bindingOf(version, version.commitment, version.clinic);
    return isRejection(binding) ? null : { entry: kept.entry, binding };
  }

  private async take(from: Correspondent, { commitment, entry: bytes }: Decoded<typeof keepTags>): Promise<Rejection | null> {
    if (!this.work.environment.isKeeper()) return reject('not-a-keeper', 'this node keeps nothing for others');
    const { facts } = this.work;
    const author = from.party === null ? null : facts.certificateOf(from.party);
    if (author?.role !== 'clinic') return reject('not-a-clinic', 'only a certified clinic stores tags');
    const entry = readTagEntry(bytes);
    if (isRejection(entry)) return entry;
    if (facts.isErased(entry.record)) return reject('erased', 'its patient had the record erased');
    const binding = await this.keeping().bindingOf(entry, commitment, author.subject);
    return isRejection(binding) ? binding : this.put(bytes, entry, { commitment, author: author.subject, binding });
  }

  private async put(
    bytes: Uint8Array,
    of: VersionName,
    { commitment, author, binding }: { readonly commitment: Digest; readonly author: PartyId; readonly binding: Binding },
  ): Promise<Rejection | null> {
    const envelope = boundEnvelope(binding, commitment);
    if (isRejection(envelope)) return envelope;
    const entry = boundEntry(bytes, of, envelope);
    if (isRejection(entry)) return entry;
    const { record, version } = of;
    const kept: Kept = { record, version, author, commitment, entry, key: keyOf(of, commitment, author) };
    if (this.byRecord.get(record)?.has(kept.key) === true) return null;
    await this.work.environment.notes.put(TABLE, kept.key, encode(keptEntry, { record, version, author, commitment, entry: bytes }));
    this.insert(kept);
    if (this.isCurrent(kept)) await this.index.change([], indexed(kept));
    return null;
  }

  /** To the patient and the author of a record, and to keepers. */
  private async give(from: Correspondent, { versions }: Decoded<typeof entriesWish>): Promise<Decoded<typeof entriesAnswer> | Rejection> {
    const { facts, keepers } = this.work;
    const { party } = from;
    if (party === null || facts.party(party)?.revoked !== null) return reject('no-access', 'these tags are for their owners');
    const entries: HeldEntry[] = [];
    for (const of of versions) {
      const final = facts.version(of.record, of.version);
      if (final === null || !(party === final.patient || party === final.clinic || keepers.isKeeper(party))) continue;
      const binding = await this.keeping().bindingOf(final, final.commitment, final.clinic);
      if (isRejection(binding)) continue;
      const kept = this.byRecord.get(of.record)?.get(keyOf(final, final.commitment, final.clinic));
      entries.push({ record: of.record, version: of.version, binding, entry: kept === undefined ? null : tagEntryBytes(kept.entry) });
    }
    return { entries };
  }

  /** Follows the ledger: what is replaced or withdrawn goes, what became final is searched, what is missing comes from other keepers. */
  private async run(): Promise<Progress> {
    for (const { record } of this.changes.since(this.work.environment.channel.projection())) {
      const head = this.work.facts.record(record);
      const newest = head === null ? null : this.work.facts.version(record, head.version);
      const isOver = head === null || head.withdrawnAtHeight !== null || this.work.facts.isErased(record);
      this.missing.delete(record);
      for (const kept of [...(this.byRecord.get(record)?.values() ?? [])]) {
        if (this.isCurrent(kept)) await this.index.change([], indexed(kept));
        else if (head !== null && (head.version >= kept.version || isOver)) await this.forget(kept);
      }
      if (newest !== null && !isOver && !this.has(newest)) this.missing.set(record, newest);
    }
    if (!this.work.environment.isKeeper()) return 'done';
    for (const [record, version] of [...this.missing]) {
      // The author may have handed it in meanwhile.
      if (this.has(version) || (await this.fetch(version))) this.missing.delete(record);
    }
    return this.missing.size === 0 ? 'done' : 'later';
  }

  /** Whether nothing is missing any more. */
  private async fetch(version: FinalVersion): Promise<boolean> {
    const { desk, keepers, environment } = this.work;
    const { commitment, clinic: author } = version;
    try {
      const binding = await this.keeping().bindingOf(version, commitment, author);
      if (isRejection(binding)) return false;
      const envelope = boundEnvelope(binding, commitment);
      if (isRejection(envelope) || envelope.tags.length === 0) return true;
      const request = { versions: [{ record: version.record, version: version.version }] };
      for (const keeper of keepers.others()) {
        const { entries } = await desk.ask(keeper, SEARCH_REQUESTS.entries, entriesWish, entriesAnswer, request, SEARCH_TIMEOUT_MS);
        const bytes = entries[0]?.entry ?? null;
        if (bytes !== null && (await this.put(bytes, version, { commitment, author, binding })) === null) return true;
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      environment.log.debug('tags-not-replicated', { code: error.code });
    }
    return false;
  }

  private has(version: FinalVersion): boolean {
    return this.byRecord.get(version.record)?.has(keyOf(version, version.commitment, version.clinic)) === true;
  }

  private isCurrent({ record, version, commitment, author }: Kept): boolean {
    const head = this.work.facts.record(record);
    const final = this.work.facts.version(record, version);
    const isLive = head?.withdrawnAtHeight === null && !this.work.facts.isErased(record);
    return isLive && head.version === version && head.clinic === author && final?.commitment === commitment;
  }

  private insert(kept: Kept): void {
    const versions = this.byRecord.get(kept.record) ?? new Map<string, Kept>();
    this.byRecord.set(kept.record, versions.set(kept.key, kept));
  }

  private async forget(kept: Kept): Promise<void> {
    const versions = this.byRecord.get(kept.record);
    versions?.delete(kept.key);
    if (versions?.size === 0) this.byRecord.delete(kept.record);
    await this.index.change(indexed(kept), []);
    await this.work.environment.notes.delete(TABLE, kept.key);
  }
}

function keyOf(of: VersionName, commitment: Digest, author: PartyId): string {
  return `${versionName(of)}/${commitment}/${author}`;
}

function indexed({ record, entry }: Kept): readonly { readonly record: RecordId; readonly tags: readonly Uint8Array[] }[] {
  return entry.sets.map(({ tags }) => ({ record, tags }));
}
