// The manifests that a keeper holds, by version, commitment and author: several may wait for one version until the ledger names
// one of them. Judges nothing; who may put what here is decided in keeping.ts.
import { AppError, type Digest, type PartyId, type RecordId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, struct, uint } from '../codec/index.ts';
import { digest, partyId } from '../contracts/index.ts';
import type { BlobStore, Log, NoteStore } from '../ports/index.ts';
import { type Manifest, MAX_MANIFEST_BYTES, manifestBytes, readManifest } from '../records/index.ts';
import type { FinalVersion } from './facts.ts';
import { eraseEnvelope, removeAll } from './sealed-blobs.ts';
import { fetchEnvelope } from './sealing.ts';
import { type VersionName, versionName } from './ways.ts';

const TABLE = 'care-kept';

const kept = struct({
  author: partyId,
  commitment: digest,
  receivedMs: uint(),
  sizeBytes: uint(),
  manifest: boundedBytes(MAX_MANIFEST_BYTES),
});
type Kept = Decoded<typeof kept>;

/** What is remembered of a kept manifest; the manifest itself stays in the store. */
export interface Meta extends VersionName {
  readonly key: string;
  readonly author: PartyId;
  readonly commitment: Digest;
  readonly receivedMs: number;
  readonly sizeBytes: number;
}

export interface KeptManifestsInit {
  readonly notes: NoteStore;
  readonly blobs: BlobStore;
  readonly log: Log;
}

export class KeptManifests {
  private readonly init: KeptManifestsInit;
  private readonly metasByVersion = new Map<string, Map<string, Meta>>();
  /** What each author takes up here with versions that are not settled yet. */
  private readonly openByAuthor = new Map<PartyId, Map<string, Meta>>();

  constructor(init: KeptManifestsInit) {
    this.init = init;
  }

  async load(): Promise<void> {
    for (const [key, bytes] of await this.init.notes.entries(TABLE)) {
      const entry = decode(kept, bytes, 2 * MAX_MANIFEST_BYTES);
      if (isRejection(entry)) await this.init.notes.delete(TABLE, key);
      else this.index(key, entry);
    }
  }

  of(version: VersionName): readonly Meta[] {
    return [...(this.metasByVersion.get(versionName(version))?.values() ?? [])];
  }

  /** The one that the ledger names. */
  named(version: FinalVersion): Meta | null {
    return this.by(version, version.commitment, version.clinic);
  }

  by(of: VersionName, commitment: Digest, author: PartyId): Meta | null {
    return this.metasByVersion.get(versionName(of))?.get(keyOf(of, commitment, author)) ?? null;
  }

  all(): readonly Meta[] {
    return [...this.metasByVersion.values()].flatMap((metas) => [...metas.values()]);
  }

  openOf(author: PartyId): Iterable<Meta> {
    return this.openByAuthor.get(author)?.values() ?? [];
  }

  async read(meta: Meta): Promise<Manifest | Rejection> {
    const bytes = await this.init.notes.get(TABLE, meta.key);
    if (bytes === null) return notHeld();
    const entry = decode(kept, bytes, 2 * MAX_MANIFEST_BYTES);
    return isRejection(entry) ? entry : readManifest(entry.manifest);
  }

  async put(manifest: Manifest, about: Omit<Kept, 'manifest'>): Promise<void> {
    const key = keyOf(manifest, about.commitment, about.author);
    const entry: Kept = { ...about, manifest: manifestBytes(manifest) };
    await this.init.notes.put(TABLE, key, encode(kept, entry));
    // Wraps that are added to a settled version are no new burden of its author.
    if (this.metasByVersion.get(versionName(manifest))?.has(key) !== true) this.index(key, entry);
  }

  /** The version is final with this manifest: it is its author's burden no more. */
  settle(meta: Meta): void {
    this.openByAuthor.get(meta.author)?.delete(meta.key);
  }

  /** Forgets a manifest, and its blobs where no other manifest of the version names the same. */
  async forget(meta: Meta): Promise<void> {
    const manifest = await this.read(meta);
    await this.drop(meta);
    const shared = this.of(meta).some((other) => other.commitment === meta.commitment);
    if (!shared && !isRejection(manifest)) await this.removeBlobs(manifest);
  }

  private async drop(meta: Meta): Promise<void> {
    await this.init.notes.delete(TABLE, meta.key);
    const metas = this.metasByVersion.get(versionName(meta));
    metas?.delete(meta.key);
    if (metas?.size === 0) this.metasByVersion.delete(versionName(meta));
    this.settle(meta);
  }

  /** Everything of a record, its blobs with all files (T16). Returns whether anything was here. */
  async eraseRecord(record: RecordId): Promise<boolean> {
    const metas = this.all().filter((meta) => meta.record === record);
    for (const meta of metas) {
      // The pieces first: cut short, the manifest still leads to what is left.
      const manifest = await this.read(meta);
      if (!isRejection(manifest)) await eraseEnvelope(this.init.blobs, manifest.envelope);
      await this.drop(meta);
    }
    return metas.length > 0;
  }

  /** Lists of files that other manifests of the record name: a correction points to the same files as what it corrects. */
  private async filesOf(record: RecordId): Promise<ReadonlySet<string>> {
    const named = new Set<string>();
    for (const meta of this.all()) {
      if (meta.record !== record) continue;
      const manifest = await this.read(meta);
      if (isRejection(manifest) || !(await this.init.blobs.has(manifest.envelope))) continue;
      const found = await fetchEnvelope(this.init.blobs, manifest);
      if (!isRejection(found)) for (const { list } of found.envelope.files) named.add(list);
    }
    return named;
  }

  private index(key: string, { author, commitment, receivedMs, sizeBytes }: Kept): void {
    const [record = '', version = ''] = key.split('/');
    const meta: Meta = { record: record as RecordId, version: Number(version), key, author, commitment, receivedMs, sizeBytes };
    insert(this.metasByVersion, versionName(meta), meta);
    insert(this.openByAuthor, author, meta);
  }

  private async removeBlobs(manifest: Manifest): Promise<void> {
    const { blobs, log } = this.init;
    try {
      if (!(await blobs.has(manifest.envelope))) return;
      const found = await fetchEnvelope(blobs, manifest);
      if (isRejection(found)) return;
      const named = found.envelope.files.length === 0 ? new Set<string>() : await this.filesOf(manifest.record);
      await removeAll(blobs, manifest.envelope, found.envelope, named);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug('blobs-left', { code: error.code });
    }
  }
}

export function notHeld(): Rejection {
  return reject('not-held', 'this keeper does not hold that version');
}

/** The same, for a person. */
export function erasedFailure(): AppError {
  return new AppError({
    code: 'erased',
    message: 'The patient had this record erased.',
    remedy: 'Nobody can open or correct it any more.',
  });
}

export function erasedRecord(): Rejection {
  return reject('erased', 'its patient had the record erased');
}

function keyOf(of: VersionName, commitment: Digest, author: PartyId): string {
  return `${versionName(of)}/${commitment}/${author}`;
}

function insert<Name>(index: Map<Name, Map<string, Meta>>, name: Name, meta: Meta): void {
  const metas = index.get(name) ?? new Map<string, Meta>();
  metas.set(meta.key, meta);
  index.set(name, metas);
}
