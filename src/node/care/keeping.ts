// A keeper's part: it fetches and keeps sealed parts and manifests for others, and gives the wraps of a version only to whom
// the ledger lets read it (P0-03, P0-05, P3-24, P3-26). It can open none of what it keeps.
import { AppError, type Digest, type PartyId, type RecordId, type Rejection, isRejection, present, reject } from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, struct, uint } from '../codec/index.ts';
import { digest, partyId } from '../contracts/index.ts';
import type { BlobStore, Clock, Log, NoteStore } from '../ports/index.ts';
import { type KeyWrapEntry, type Manifest, MAX_MANIFEST_BYTES, manifestBytes, readManifest, withWraps } from '../records/index.ts';
import type { Correspondent } from './access.ts';
import type { FinalVersion, Facts } from './facts.ts';
import { KEEP_TIMEOUT_MS, MAX_OPEN_KEEPS_PER_AUTHOR, MAX_OPEN_KEEP_BYTES_PER_AUTHOR, OPEN_KEEP_LIFETIME_MS } from './limits.ts';
import type { addWraps, manifestWish } from './requests.ts';
import { fetchEnvelope } from './sealing.ts';

const TABLE = 'care-kept';

const kept = struct({ author: partyId, commitment: digest, receivedMs: uint(), sizeBytes: uint(), manifest: boundedBytes(MAX_MANIFEST_BYTES) });
type Kept = Decoded<typeof kept>;

/** What is remembered of a kept manifest; the manifest itself stays in the store. */
interface Meta {
  readonly key: string;
  readonly author: PartyId;
  readonly commitment: Digest;
  readonly receivedMs: number;
  readonly sizeBytes: number;
}

export interface KeepingInit {
  readonly notes: NoteStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly facts: Facts;
  readonly isKeeper: () => boolean;
}

export class Keeping {
  private readonly init: KeepingInit;
  private readonly metasByVersion = new Map<string, Map<string, Meta>>();
  /** Of versions that are not final: what an author still takes up. */
  private readonly openByAuthor = new Map<string, Map<string, Meta>>();
  private readonly fetching = new Map<string, Promise<readonly string[] | Rejection>>();
  /** Changes of manifests, one after another. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(init: KeepingInit) {
    this.init = init;
  }

  async load(): Promise<void> {
    for (const [key, bytes] of await this.init.notes.entries(TABLE)) {
      const entry = decode(kept, bytes, 2 * MAX_MANIFEST_BYTES);
      if (isRejection(entry)) await this.init.notes.delete(TABLE, key);
      else this.index(key, entry);
    }
  }

  /** Whether the manifest of a final version is here. */
  holds(version: FinalVersion): boolean {
    return this.metaOf(version) !== null;
  }

  /** Fetches and keeps what an author asks for. Returns the CIDs that are here now. */
  async keep(from: Correspondent, bytes: Uint8Array): Promise<readonly string[] | Rejection> {
    if (!this.init.isKeeper()) return notKeeper();
    const manifest = readManifest(bytes);
    if (isRejection(manifest)) return manifest;
    const refused = this.refusesAuthor(from, manifest);
    if (refused !== null) return refused;
    return this.take(present(from.party, 'the author'), manifest);
  }

  /** Keeps what another keeper holds, after the same checks of its content. */
  async replicate(version: FinalVersion, bytes: Uint8Array): Promise<Rejection | null> {
    const manifest = readManifest(bytes);
    if (isRejection(manifest)) return manifest;
    if (manifest.record !== version.record || manifest.version !== version.version || manifest.patient !== version.patient) {
      return reject('wrong-manifest', 'the manifest is of another record or version');
    }
    const taken = await this.take(version.clinic, manifest, version.commitment);
    return isRejection(taken) ? taken : null;
  }

  /** The manifest with the wraps that this asker may have now. */
  async manifestFor(from: Correspondent, wish: Decoded<typeof manifestWish>): Promise<Manifest | Rejection> {
    const final = this.init.facts.version(wish.record, wish.version);
    return final === null ? this.openManifest(from, wish) : this.finalManifest(from, final);
  }

  /** The whole manifest, for another keeper. */
  async wholeManifest(version: FinalVersion): Promise<Manifest | Rejection> {
    const meta = this.metaOf(version);
    return meta === null ? notHeld() : this.read(meta);
  }

  /** The patient hands over keys for those whom she granted. */
  async addWraps(from: Correspondent, wish: Decoded<typeof addWraps>): Promise<Rejection | null> {
    const version = this.init.facts.version(wish.record, wish.version);
    if (version === null || from.party === null || from.party !== version.patient || this.isRevoked(from.party)) {
      return reject('not-the-patient', 'only the patient hands over keys, and only of final versions');
    }
    const stray = wish.wraps.find((wrap) => !this.mayRead(version, wrap));
    if (stray !== undefined) return reject('no-grant', 'no grant lets this recipient read this class');
    return this.exclusive(async () => {
      const meta = this.metaOf(version);
      if (meta === null) return notHeld();
      const before = await this.read(meta);
      if (isRejection(before)) return before;
      const after = withWraps(before, wish.wraps);
      if (isRejection(after)) return after;
      await this.write(meta, manifestBytes(after));
      return null;
    });
  }

  /** After a version became final: what was offered beside it is forgotten. */
  async settle(version: FinalVersion): Promise<void> {
    const winner = this.metaOf(version);
    if (winner !== null) this.openByAuthor.get(winner.author)?.delete(winner.key);
    for (const meta of [...(this.metasByVersion.get(nameOf(version))?.values() ?? [])]) {
      if (meta !== winner) await this.forget(version, meta, winner);
    }
  }

  /** Forgets what never became final in time. */
  async expire(): Promise<void> {
    const nowMs = this.init.clock.nowMs();
    for (const [name, metas] of [...this.metasByVersion]) {
      const [record = '', version = ''] = name.split('/');
      const of = { record: record as RecordId, version: Number(version) };
      if (this.init.facts.version(of.record, of.version) !== null) continue;
      for (const meta of [...metas.values()]) if (nowMs - meta.receivedMs > OPEN_KEEP_LIFETIME_MS) await this.forget(of, meta, null);
    }
  }

  private async finalManifest(from: Correspondent, version: FinalVersion): Promise<Manifest | Rejection> {
    const wraps = this.releasedTo(from.party, version);
    if (isRejection(wraps)) return wraps;
    const meta = this.metaOf(version);
    if (meta === null) return notHeld();
    const manifest = await this.read(meta);
    if (isRejection(manifest)) return manifest;
    const released = manifest.wraps.filter(wraps);
    if (released.length === 0) return reject('keys-not-delivered', 'no key of this version has been handed over for you yet');
    return { ...manifest, wraps: released };
  }

  /** Which wraps the ledger lets this party have, or why none. */
  private releasedTo(party: PartyId | null, version: FinalVersion): ((wrap: KeyWrapEntry) => boolean) | Rejection {
    const { facts } = this.init;
    if (party === null || this.isRevoked(party)) return reject('no-access', 'you may not read this version');
    // An expired certificate takes nobody's own records away.
    if (party === version.patient) return (wrap) => wrap.recipient === party;
    if (party === version.clinic && facts.certificateOf(party) !== null) return (wrap) => wrap.recipient === party;
    const grants = facts.openGrants(version.record, party);
    if (grants.length === 0) return reject('no-access', 'no grant lets you read this record');
    const read = grants.filter(({ grant }) => facts.wasRead(grant, version.version));
    if (read.length === 0) return reject('not-on-ledger', 'the read is not on the ledger yet');
    const classes = new Set(read.flatMap((grant) => grant.classes));
    return (wrap) => wrap.recipient === party && classes.has(wrap.class);
  }

  /** A version that waits for the patient: only she and its author ask for it, by its commitment. */
  private async openManifest(from: Correspondent, wish: Decoded<typeof manifestWish>): Promise<Manifest | Rejection> {
    if (from.party === null || this.isRevoked(from.party)) return reject('no-access', 'you may not read this version');
    for (const meta of this.metasByVersion.get(nameOf(wish))?.values() ?? []) {
      if (meta.commitment !== wish.commitment) continue;
      const manifest = await this.read(meta);
      if (isRejection(manifest)) return manifest;
      if (from.party !== manifest.patient && from.party !== meta.author) continue;
      return { ...manifest, wraps: manifest.wraps.filter((wrap) => wrap.recipient === from.party) };
    }
    return reject('no-access', 'no such version waits for you');
  }

  private refusesAuthor(from: Correspondent, manifest: Manifest): Rejection | null {
    const { facts } = this.init;
    const author = from.party === null ? null : facts.certificateOf(from.party);
    if (author?.role !== 'clinic') return reject('not-a-clinic', 'only a certified clinic stores records');
    if (facts.certificateOf(manifest.patient)?.role !== 'patient') return reject('unknown-patient', 'the patient is not certified');
    const head = facts.record(manifest.record);
    if (head !== null && (head.clinic !== author.subject || head.patient !== manifest.patient)) return reject('not-the-author', 'another clinic wrote this record');
    if (manifest.version > (head?.version ?? 0) + 1) return reject('version-gap', `version ${(head?.version ?? 0) + 1} comes next`);
    const allowed = new Set([author.subject, manifest.patient]);
    const stray = manifest.wraps.some((wrap) => !allowed.has(wrap.recipient));
    return stray ? reject('stray-wraps', 'the author wraps keys for patient and author only') : null;
  }

  private mayRead(version: FinalVersion, wrap: KeyWrapEntry): boolean {
    return this.init.facts.openGrants(version.record, wrap.recipient).some((grant) => grant.classes.includes(wrap.class));
  }

  private isRevoked(party: PartyId): boolean {
    const entry = this.init.facts.party(party);
    return entry === null || entry.revoked !== null;
  }

  /** Two wishes for the same are one fetch. */
  private async take(author: PartyId, manifest: Manifest, wanted: Digest | null = null): Promise<readonly string[] | Rejection> {
    const name = `${author}/${manifest.envelope}/${nameOf(manifest)}`;
    const running = this.fetching.get(name);
    if (running !== undefined) return running;
    const work = this.fetch(author, manifest, wanted).finally(() => this.fetching.delete(name));
    this.fetching.set(name, work);
    return work;
  }

  private async fetch(author: PartyId, manifest: Manifest, wanted: Digest | null): Promise<readonly string[] | Rejection> {
    const { blobs, facts } = this.init;
    const full = this.refusesForSpace(author, 0);
    if (full !== null && wanted === null) return full;
    await blobs.pin(manifest.envelope, { timeoutMs: KEEP_TIMEOUT_MS });
    const found = await fetchEnvelope(blobs, manifest, KEEP_TIMEOUT_MS);
    if (isRejection(found)) return found;
    const { envelope, commitment } = found;
    const final = facts.version(manifest.record, manifest.version);
    const named = wanted ?? final?.commitment ?? commitment;
    if (commitment !== named) return reject('wrong-commitment', 'the sealed parts are not those that the ledger names');
    const sizeBytes = envelope.parts.reduce((sum, part) => sum + part.sizeBytes, 0);
    const tooMuch = this.refusesForSpace(author, sizeBytes);
    if (tooMuch !== null && final === null) return tooMuch;
    for (const part of envelope.parts) {
      await blobs.pin(part.cid, { timeoutMs: KEEP_TIMEOUT_MS });
      const bytes = await blobs.get(part.cid, { timeoutMs: KEEP_TIMEOUT_MS });
      if (bytes.byteLength !== part.sizeBytes) return reject('wrong-size', 'a sealed part has another size than its envelope says');
    }
    await this.exclusive(() => this.store(author, commitment, sizeBytes, manifest));
    return [manifest.envelope, ...envelope.parts.map((part) => part.cid)];
  }

  /** What is kept already stays as it is, with the wraps that were added: only an author's open offer is replaced. */
  private async store(author: PartyId, commitment: Digest, sizeBytes: number, manifest: Manifest): Promise<void> {
    const key = `${nameOf(manifest)}/${commitment}/${author}`;
    const known = this.metasByVersion.get(nameOf(manifest))?.get(key);
    if (known !== undefined && this.init.facts.version(manifest.record, manifest.version) !== null) return;
    const entry: Kept = { author, commitment, receivedMs: this.init.clock.nowMs(), sizeBytes, manifest: manifestBytes(manifest) };
    await this.init.notes.put(TABLE, key, encode(kept, entry));
    this.index(key, entry);
  }

  private refusesForSpace(author: PartyId, sizeBytes: number): Rejection | null {
    let count = 0;
    let openBytes = sizeBytes;
    for (const meta of this.openByAuthor.get(author)?.values() ?? []) {
      count += 1;
      openBytes += meta.sizeBytes;
    }
    const fits = count < MAX_OPEN_KEEPS_PER_AUTHOR && openBytes <= MAX_OPEN_KEEP_BYTES_PER_AUTHOR;
    return fits ? null : reject('too-much-open', 'too many records of this clinic wait for their patients');
  }

  private metaOf(version: FinalVersion): Meta | null {
    const key = `${nameOf(version)}/${version.commitment}/${version.clinic}`;
    return this.metasByVersion.get(nameOf(version))?.get(key) ?? null;
  }

  private index(key: string, entry: Kept): void {
    const [record = '', version = ''] = key.split('/');
    const name = `${record}/${version}`;
    const { author, commitment, receivedMs, sizeBytes } = entry;
    const meta: Meta = { key, author, commitment, receivedMs, sizeBytes };
    insert(this.metasByVersion, name, key, meta);
    if (this.init.facts.version(record as RecordId, Number(version)) === null) insert(this.openByAuthor, author, key, meta);
  }

  private async forget(of: { readonly record: RecordId; readonly version: number }, meta: Meta, winner: Meta | null): Promise<void> {
    const manifest = await this.read(meta);
    const metas = this.metasByVersion.get(nameOf(of));
    metas?.delete(meta.key);
    if (metas?.size === 0) this.metasByVersion.delete(nameOf(of));
    this.openByAuthor.get(meta.author)?.delete(meta.key);
    await this.init.notes.delete(TABLE, meta.key);
    if (isRejection(manifest)) return;
    const others = [...(metas?.values() ?? []), ...(winner === null ? [] : [winner])];
    if (others.some((other) => other.commitment === meta.commitment)) return;
    await this.removeBlobs(manifest);
  }

  private async removeBlobs(manifest: Manifest): Promise<void> {
    const { blobs, log } = this.init;
    try {
      if (!(await blobs.has(manifest.envelope))) return;
      const found = await fetchEnvelope(blobs, manifest);
      if (isRejection(found)) return;
      for (const cid of [...found.envelope.parts.map((part) => part.cid), manifest.envelope]) await blobs.remove(cid);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      log.debug('blobs-left', { code: error.code });
    }
  }

  private async read(meta: Meta): Promise<Manifest | Rejection> {
    const bytes = await this.init.notes.get(TABLE, meta.key);
    if (bytes === null) return notHeld();
    const entry = decode(kept, bytes, 2 * MAX_MANIFEST_BYTES);
    return isRejection(entry) ? entry : readManifest(entry.manifest);
  }

  private async write(meta: Meta, manifest: Uint8Array): Promise<void> {
    const { author, commitment, receivedMs, sizeBytes } = meta;
    await this.init.notes.put(TABLE, meta.key, encode(kept, { author, commitment, receivedMs, sizeBytes, manifest }));
  }

  private async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work, work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

function insert(index: Map<string, Map<string, Meta>>, name: string, key: string, meta: Meta): void {
  const metas = index.get(name) ?? new Map<string, Meta>();
  metas.set(key, meta);
  index.set(name, metas);
}

function nameOf(of: { readonly record: RecordId; readonly version: number }): string {
  return `${of.record}/${of.version}`;
}

function notHeld(): Rejection {
  return reject('not-held', 'this keeper does not hold that version');
}

function notKeeper(): Rejection {
  return reject('not-a-keeper', 'this node keeps nothing for others');
}
