// The tags of what this party wrote, or of what is about her (P3-11): sealed at rest, in an index of their own while unlocked. Their holder has
// the key of every scope, so she searches here and nobody learns what for; keepers are only asked for entries that are not here yet.
import { type Digest, type PartyId, type RecordId, fromHex, isRejection, toHex } from '../base/index.ts';
import { type Decoded, boundedBytes, flag, list, struct, uint } from '../codec/index.ts';
import { digest, partyId, recordId } from '../contracts/index.ts';
import type { RecordRow } from '../ledger/index.ts';
import type { IndexedTags } from '../ports/index.ts';
import { MAX_TAG_ENTRY_BYTES, type TagEntry, readTagEntry, tagEntryBytes } from '../records/index.ts';
import { Changes } from './involved.ts';
import { LiveIndex } from './live-index.ts';
import type { PrivateTable } from './private-notes.ts';
import type { SearchKeys } from './search-keys.ts';
import { MAX_OWN_SCOPES, SCOPES_AT_ONCE } from './search-limits.ts';
import { type VersionName, versionName } from './ways.ts';
import type { Workplace } from './workplace.ts';

const ownNote = struct({
  record: recordId,
  version: uint(10_000),
  commitment: digest,
  madeMs: uint(),
  entry: boundedBytes(MAX_TAG_ENTRY_BYTES),
  /** Made here, and to be handed to keepers. */
  made: flag,
  heldBy: list(partyId, 32),
});
export type OwnNote = Decoded<typeof ownNote>;

interface Own {
  readonly note: OwnNote;
  readonly entry: TagEntry;
  /** What of it is in the index. */
  indexed: readonly IndexedTags[];
}

export class OwnTags {
  readonly index: LiveIndex;
  private readonly work: Workplace;
  private readonly keys: SearchKeys;
  private readonly table: PrivateTable<OwnNote>;
  private readonly byRecord = new Map<RecordId, Map<number, Own>>();
  private changes = new Changes();

  constructor(work: Workplace, keys: SearchKeys) {
    this.work = work;
    this.keys = keys;
    this.table = work.table('care-search-own', ownNote);
    this.index = new LiveIndex(
      () => work.environment.searchIndex(),
      () => [...this.all()].flatMap(({ indexed }) => indexed),
    );
  }

  async load(): Promise<void> {
    for (const note of (await this.table.all()).values()) {
      const entry = readTagEntry(note.entry);
      if (isRejection(entry)) await this.table.delete(versionName(note));
      else this.insert(note, entry);
    }
    await this.review();
  }

  forget(): void {
    this.byRecord.clear();
    this.changes = new Changes();
    this.index.close();
  }

  *notes(): Iterable<OwnNote> {
    for (const { note } of this.all()) yield note;
  }

  /** The entry of exactly this version; null where it is not here. */
  entryOf(of: VersionName, commitment: Digest): TagEntry | null {
    const own = this.byRecord.get(of.record)?.get(of.version);
    return own?.note.commitment === commitment ? own.entry : null;
  }

  async keep(note: OwnNote, entry: TagEntry): Promise<void> {
    await this.table.put(versionName(note), note);
    const before = this.byRecord.get(note.record)?.get(note.version);
    const after = this.insert(note, entry);
    await this.index.change(before?.indexed ?? [], after.indexed);
  }

  async held(of: VersionName, by: readonly PartyId[]): Promise<void> {
    const own = this.byRecord.get(of.record)?.get(of.version);
    if (own !== undefined) await this.keep({ ...own.note, heldBy: [...own.note.heldBy, ...by] }, own.entry);
  }

  /** Of the whole record (T16). */
  async erase(record: RecordId): Promise<void> {
    for (const { note } of [...(this.byRecord.get(record)?.values() ?? [])]) await this.drop(note);
  }

  async drop(of: VersionName): Promise<void> {
    const versions = this.byRecord.get(of.record);
    const own = versions?.get(of.version);
    if (own === undefined) return;
    versions?.delete(of.version);
    if (versions?.size === 0) this.byRecord.delete(of.record);
    await this.index.change(own.indexed, []);
    await this.table.delete(versionName(of));
  }

  /** After new final blocks: replaced and withdrawn versions leave the index, what has become final is found from now on. */
  async review(): Promise<void> {
    for (const { record } of this.changes.since(this.work.environment.channel.projection())) {
      for (const own of [...(this.byRecord.get(record)?.values() ?? [])]) {
        if (this.isGone(own.note)) await this.drop(own.note);
        else {
          const before = own.indexed;
          own.indexed = this.indexedOf(own.note, own.entry);
          await this.index.change(before, own.indexed);
        }
      }
    }
  }

  /** Which of these records have every keyword, and how many of them were looked at. */
  async find(
    rows: readonly RecordRow[],
    keywords: readonly Uint8Array[],
  ): Promise<{ readonly found: ReadonlySet<RecordId>; readonly searched: number }> {
    const scopes = new Map<string, Parameters<SearchKeys['scope']>[0]>();
    const searched = new Set<RecordId>();
    for (const row of rows) {
      const own = this.currentOf(row);
      if (own === null) continue;
      const { writerKey, patientKey, epoch, sets } = own.entry;
      if (scopes.size + sets.length > MAX_OWN_SCOPES) break;
      for (const set of sets) scopes.set(toHex(set.scopeId), { writerKey, patientKey, epoch, sensitivityClass: set.class });
      searched.add(row.record);
    }
    let left: ReadonlySet<RecordId> = searched;
    for (const keyword of keywords) {
      if (left.size === 0) break;
      const having = await this.having([...scopes.values()], keyword);
      left = new Set([...left].filter((record) => having.has(record)));
    }
    return { found: left, searched: searched.size };
  }

  private async having(scopes: readonly Parameters<SearchKeys['scope']>[0][], keyword: Uint8Array): Promise<ReadonlySet<RecordId>> {
    const found = new Set<RecordId>();
    for (let from = 0; from < scopes.length; from += SCOPES_AT_ONCE) {
      const derived = await Promise.all(scopes.slice(from, from + SCOPES_AT_ONCE).map((scope) => this.keys.scope(scope)));
      const records = await this.index.use((index) =>
        index.find(
          derived.map(({ scopeKey }) => scopeKey),
          [keyword],
        ),
      );
      if (!isRejection(records)) for (const record of records) found.add(record);
    }
    return found;
  }

  private currentOf({ record, versions }: RecordRow): Own | null {
    const newest = versions.at(-1);
    const own = newest === undefined ? undefined : this.byRecord.get(record)?.get(newest.version);
    return own !== undefined && this.isCurrent(own.note) ? own : null;
  }

  private *all(): Iterable<Own> {
    for (const versions of this.byRecord.values()) yield* versions.values();
  }

  private insert(note: OwnNote, entry: TagEntry): Own {
    const own: Own = { note, entry, indexed: this.indexedOf(note, entry) };
    const versions = this.byRecord.get(note.record) ?? new Map<number, Own>();
    this.byRecord.set(note.record, versions.set(note.version, own));
    return own;
  }

  /** What is not final yet takes its numbers in the index, but is found by nobody. */
  private indexedOf(note: OwnNote, { sets }: TagEntry): readonly IndexedTags[] {
    const record = this.isCurrent(note) ? note.record : hidden(note.record);
    return sets.map(({ tags }) => ({ record, tags }));
  }

  private isCurrent(note: OwnNote): boolean {
    const head = this.work.facts.record(note.record);
    const final = this.work.facts.version(note.record, note.version);
    const isLive = head?.withdrawnAtHeight === null && !this.work.facts.isErased(note.record);
    return isLive && head.version === note.version && final?.commitment === note.commitment;
  }

  private isGone(note: OwnNote): boolean {
    const head = this.work.facts.record(note.record);
    if (head === null || head.version < note.version) return false;
    return !this.isCurrent(note);
  }
}

/** A note of an entry that was just made or fetched. */
export function ownNoteOf(entry: TagEntry, commitment: Digest, madeMs: number, made: boolean): OwnNote {
  const { record, version } = entry;
  return { record, version, commitment, madeMs, entry: tagEntryBytes(entry), made, heldBy: [] };
}

/** Another name for a record, which nobody asks for. */
function hidden(record: RecordId): RecordId {
  return toHex(fromHex(record).map((byte) => byte ^ 0xff)) as RecordId;
}
