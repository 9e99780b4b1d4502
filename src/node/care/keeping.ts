// A keeper's part: it fetches and keeps sealed parts and manifests for others, and gives the wraps of a version only to whom
// the ledger lets read it (P0-03, P0-05, P3-24, P3-26). It can open none of what it keeps.
import { type Digest, type PartyId, type RecordId, type Rejection, isRejection, present, reject } from '../base/index.ts';
import type { Decoded } from '../codec/index.ts';
import type { BlobStore, Clock, Log, NoteStore, Timers } from '../ports/index.ts';
import { type KeyWrapEntry, type Manifest, readManifest, withWraps } from '../records/index.ts';
import type { Correspondent } from './access.ts';
import type { FinalVersion, Facts } from './facts.ts';
import { KeptManifests, erasedRecord, notHeld } from './kept-manifests.ts';
import {
  KEEP_ANSWER_MS,
  KEEP_TIMEOUT_MS,
  MAX_OPEN_KEEPS_PER_AUTHOR,
  MAX_OPEN_KEEP_BYTES_PER_AUTHOR,
  OPEN_KEEP_LIFETIME_MS,
} from './limits.ts';
import type { addWraps, kept, manifestWish } from './requests.ts';
import type { Binding } from './search-formats.ts';
import { namedBlobs, pinAll, removeAll, sizeOfEnvelope } from './sealed-blobs.ts';
import { fetchEnvelope } from './sealing.ts';
import { type VersionName, versionName } from './ways.ts';

export interface KeepingInit {
  readonly notes: NoteStore;
  readonly blobs: BlobStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly facts: Facts;
  readonly isKeeper: () => boolean;
}

/** What a keeper says of a version that it was asked to keep. */
export type KeptAnswer = Decoded<typeof kept>;

/** A version that is being fetched, and how far it is. */
interface Fetching {
  readonly done: Promise<readonly string[] | Rejection>;
  heldBytes: number;
}

export class Keeping {
  private readonly init: KeepingInit;
  private readonly kept: KeptManifests;
  private readonly fetching = new Map<string, Fetching>();
  /** Changes of manifests, one after another. */
  private tail: Promise<unknown> = Promise.resolve();

  constructor(init: KeepingInit) {
    this.init = init;
    this.kept = new KeptManifests(init);
  }

  async load(): Promise<void> {
    await this.kept.load();
  }

  /** Whether the manifest of a final version is here. */
  holds(version: FinalVersion): boolean {
    return this.kept.named(version) !== null;
  }

  /** Fetches and keeps what an author asks for. What takes longer goes on, and the answer says how far it is. */
  async keep(from: Correspondent, bytes: Uint8Array): Promise<KeptAnswer | Rejection> {
    if (!this.init.isKeeper()) return notKeeper();
    const manifest = readManifest(bytes);
    if (isRejection(manifest)) return manifest;
    const refused = this.refusesAuthor(from, manifest);
    if (refused !== null) return refused;
    const fetching = this.take(present(from.party, 'the author'), manifest);
    const cids = await this.soon(fetching.done);
    return isRejection(cids) ? cids : { cids: cids ?? [], heldBytes: fetching.heldBytes };
  }

  /** Keeps what another keeper holds, after the same checks of its content. */
  async replicate(version: FinalVersion, bytes: Uint8Array): Promise<Rejection | null> {
    const manifest = readManifest(bytes);
    if (isRejection(manifest)) return manifest;
    if (manifest.record !== version.record || manifest.version !== version.version || manifest.patient !== version.patient) {
      return reject('wrong-manifest', 'the manifest is of another record or version');
    }
    const taken = await this.take(version.clinic, manifest, version.commitment).done;
    return isRejection(taken) ? taken : null;
  }

  /** The manifest with the wraps that this asker may have now. */
  async manifestFor(from: Correspondent, wish: Decoded<typeof manifestWish>): Promise<Manifest | Rejection> {
    const final = this.init.facts.version(wish.record, wish.version);
    return final === null ? this.openManifest(from, wish) : this.finalManifest(from, final);
  }

  /** The whole manifest, for another keeper. */
  async wholeManifest(version: FinalVersion): Promise<Manifest | Rejection> {
    if (this.init.facts.isErased(version.record)) return erasedRecord();
    const meta = this.kept.named(version);
    return meta === null ? notHeld() : this.kept.read(meta);
  }

  /** Whether a manifest for this is here, final or not. */
  keeps(of: VersionName, commitment: Digest, author: PartyId): boolean {
    return this.kept.by(of, commitment, author) !== null;
  }

  /** What binds search tags of a kept version to its commitment: the salt, and the envelope's bytes. */
  async bindingOf(of: VersionName, commitment: Digest, author: PartyId): Promise<Binding | Rejection> {
    const meta = this.kept.by(of, commitment, author);
    const manifest = meta === null ? notHeld() : await this.kept.read(meta);
    if (isRejection(manifest)) return manifest;
    return { salt: manifest.salt, envelope: await this.init.blobs.get(manifest.envelope, { timeoutMs: KEEP_TIMEOUT_MS }) };
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
      const meta = this.kept.named(version);
      if (meta === null) return notHeld();
      const before = await this.kept.read(meta);
      if (isRejection(before)) return before;
      const after = withWraps(before, wish.wraps);
      if (isRejection(after)) return after;
      await this.kept.put(after, meta);
      return null;
    });
  }

  /** After a version became final: what was offered beside it is forgotten. */
  async settle(version: FinalVersion): Promise<void> {
    const winner = this.kept.named(version);
    if (winner !== null) this.kept.settle(winner);
    for (const meta of this.kept.of(version)) if (meta !== winner) await this.kept.forget(meta);
  }

  /** Destroys all that is kept of a record whose patient ordered it (T16): salt, wraps, capsules, sealed parts and files. */
  async eraseRecord(record: RecordId): Promise<boolean> {
    return this.exclusive(() => this.kept.eraseRecord(record));
  }

  /** Forgets what never became final in time. */
  async expire(): Promise<void> {
    const nowMs = this.init.clock.nowMs();
    for (const meta of this.kept.all()) {
      const isOpen = this.init.facts.version(meta.record, meta.version) === null;
      if (isOpen && nowMs - meta.receivedMs > OPEN_KEEP_LIFETIME_MS) await this.kept.forget(meta);
    }
  }

  private async finalManifest(from: Correspondent, version: FinalVersion): Promise<Manifest | Rejection> {
    if (this.init.facts.isErased(version.record)) return erasedRecord();
    const wraps = this.releasedTo(from.party, version);
    if (isRejection(wraps)) return wraps;
    const meta = this.kept.named(version);
    if (meta === null) return notHeld();
    const manifest = await this.kept.read(meta);
    if (isRejection(manifest)) return manifest;
    const released = manifest.wraps.filter(wraps);
    // Capsules open nothing without the proxies.
    const capsules = version.status === 'confirmed' && manifest.capsules !== null;
    if (released.length === 0 && !capsules) return reject('keys-not-delivered', 'no key of this version has been handed over for you yet');
    return { ...manifest, wraps: released };
  }

  /** Which wraps the ledger lets this party have, or why none. */
  private releasedTo(party: PartyId | null, version: FinalVersion): ((wrap: KeyWrapEntry) => boolean) | Rejection {
    const { facts } = this.init;
    // Neither an expired nor a revoked certificate takes a patient's own records away.
    if (party !== null && party === version.patient) return (wrap) => wrap.recipient === party;
    if (party === null || this.isRevoked(party)) return reject('no-access', 'you may not read this version');
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
    for (const meta of this.kept.of(wish)) {
      if (meta.commitment !== wish.commitment) continue;
      const manifest = await this.kept.read(meta);
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
    if (facts.isErased(manifest.record)) return erasedRecord();
    const head = facts.record(manifest.record);
    if (head !== null && (head.clinic !== author.subject || head.patient !== manifest.patient))
      return reject('not-the-author', 'another clinic wrote this record');
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
  private take(author: PartyId, manifest: Manifest, wanted: Digest | null = null): Fetching {
    const name = `${author}/${manifest.envelope}/${versionName(manifest)}`;
    const running = this.fetching.get(name);
    if (running !== undefined) return running;
    const progress = { heldBytes: 0 };
    const done = this.fetch(author, manifest, wanted, (sizeBytes) => (progress.heldBytes += sizeBytes));
    const fetching: Fetching = Object.assign(progress, { done: done.finally(() => this.fetching.delete(name)) });
    // Whoever waits hears of a failure; after its answer the author asks again.
    fetching.done.catch(() => undefined);
    this.fetching.set(name, fetching);
    return fetching;
  }

  /** What it gives within the time of an answer; null where it takes longer. */
  private async soon<Answer>(done: Promise<Answer>): Promise<Answer | null> {
    const { promise, resolve } = Promise.withResolvers<null>();
    const cancel = this.init.timers.after(KEEP_ANSWER_MS, () => {
      resolve(null);
    });
    try {
      return await Promise.race([done, promise]);
    } finally {
      cancel();
    }
  }

  private async fetch(
    author: PartyId,
    manifest: Manifest,
    wanted: Digest | null,
    onHeld: (sizeBytes: number) => void,
  ): Promise<readonly string[] | Rejection> {
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
    const sizeBytes = sizeOfEnvelope(envelope);
    const tooMuch = this.refusesForSpace(author, sizeBytes);
    if (tooMuch !== null && final === null) return tooMuch;
    const wrong = await pinAll(blobs, envelope, KEEP_TIMEOUT_MS, onHeld);
    if (wrong !== null) return wrong;
    const stored = await this.exclusive(() => this.store(author, commitment, sizeBytes, manifest));
    if (!stored) {
      await removeAll(blobs, manifest.envelope, envelope, new Set());
      return erasedRecord();
    }
    return namedBlobs(manifest.envelope, envelope);
  }

  /** What is kept of a final version stays as it is, with the wraps that were added; an author's open offer is replaced. False: erased meanwhile. */
  private async store(author: PartyId, commitment: Digest, sizeBytes: number, manifest: Manifest): Promise<boolean> {
    if (this.init.facts.isErased(manifest.record)) return false;
    const final = this.init.facts.version(manifest.record, manifest.version);
    if (final !== null && this.kept.named(final) !== null) return true;
    await this.kept.put(manifest, { author, commitment, receivedMs: this.init.clock.nowMs(), sizeBytes });
    if (final !== null) await this.settle(final);
    return true;
  }

  private refusesForSpace(author: PartyId, sizeBytes: number): Rejection | null {
    let count = 0;
    let openBytes = sizeBytes;
    for (const meta of this.kept.openOf(author)) {
      count += 1;
      openBytes += meta.sizeBytes;
    }
    const fits = count < MAX_OPEN_KEEPS_PER_AUTHOR && openBytes <= MAX_OPEN_KEEP_BYTES_PER_AUTHOR;
    return fits ? null : reject('too-much-open', 'too many records of this clinic wait for their patients');
  }

  private async exclusive<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.tail.then(work, work);
    this.tail = turn.catch(() => undefined);
    return turn;
  }
}

function notKeeper(): Rejection {
  return reject('not-a-keeper', 'this node keeps nothing for others');
}
