// A clinic's record from the form to the patient's hands (P3-22, P3-23): sealed, stored by keepers, offered by letter; then it
// waits. Every step is noted before the next, so that a reload or a keeper that leaves only delays it.
import { AppError, type PartyId, type RecordId, ID_BYTES, isRejection, present, toHex } from '../base/index.ts';
import type { SealPreview } from '../api.ts';
import { type Action, type Certificate, slipIdOf } from '../contracts/index.ts';
import { type Manifest, type RecordVersion, committedTagsOf, manifestBytes, readManifest } from '../records/index.ts';
import type { PersonKeys } from './access.ts';
import { Errand, type Progress } from './errand.ts';
import { sealerFor } from './capsule-sealing.ts';
import type { Files } from './files.ts';
import type { Keeper } from './keepers.ts';
import { KEEP_PATIENCE_MS } from './limits.ts';
import { erasedFailure } from './kept-manifests.ts';
import { recordActionOf } from './offers.ts';
import type { Previews } from './previews.ts';
import { namedBlobs } from './sealed-blobs.ts';
import { type Sealable, type SealedVersion, fetchEnvelope, sealVersion } from './sealing.ts';
import type { Tagging } from './search-tagging.ts';
import { type SentNote, SentNotes } from './sent-notes.ts';
import { type VersionName, countOf, versionName } from './ways.ts';
import type { Workplace } from './workplace.ts';

export class Writing {
  readonly notes: SentNotes;
  private readonly work: Workplace;
  private readonly previews: Previews;
  private readonly files: Files;
  private readonly tagging: Tagging;
  private readonly errand: Errand;
  /** Commands that wait until their version awaits the patient. */
  private readonly waiting = new Map<string, Set<() => void>>();

  constructor(work: Workplace, previews: Previews, files: Files, tagging: Tagging) {
    this.work = work;
    this.previews = previews;
    this.files = files;
    this.tagging = tagging;
    this.notes = new SentNotes(work);
    this.errand = new Errand('send-records', work.environment, () => this.run());
    work.onPosted(() => this.errand.kick());
  }

  async load(): Promise<void> {
    await this.notes.load();
    await this.review();
    this.errand.kick();
  }

  kick(): void {
    this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  /**
   * Seals and begins to store and send. Resolves when the version awaits the patient, or after KEEP_PATIENCE_MS with the
   * trouble on its way: it goes on by itself. Throws AppError before anything is kept.
   */
  async write(patient: PartyId, preview: SealPreview, replaces: RecordId | null): Promise<RecordId> {
    const { person, certificate } = this.work.clinic();
    const recipient = this.work.facts.certified(patient, 'This patient');
    const of = this.nextVersion(patient, replaces);
    const bundle = await this.previews.checked(preview);
    const files = this.files.keysFor(patient, bundle);
    const entry = await this.tagging.entryFor(of, bundle);
    const tags = entry === null ? [] : committedTagsOf(entry);
    const sealed = await this.seal({ bundle, files, tags }, of, [recipient, certificate]);
    const cids = await this.cidsOf(sealed.manifest);
    const signed = await this.sign(person, of, sealed, null);
    this.work.ways.restart(of);
    await this.keepNote({
      record: of.record,
      version: of.version,
      patient,
      ...signed,
      manifest: manifestBytes(sealed.manifest),
      cids,
      heldBy: [],
      letter: null,
      state: 'storing',
      reason: null,
    });
    await this.files.written(files);
    if (entry !== null) await this.tagging.written(entry, sealed.commitment);
    this.work.ways.reach(of, 'sealed', sealedWords(sealed.classes.length, files.length));
    const awaiting = this.untilAwaiting(of);
    this.errand.kick();
    await awaiting;
    return of.record;
  }

  /** The clinic's own slip for the same sealed version, without the patient. */
  async unconfirmedBody(note: SentNote, person: PersonKeys, reason: string): Promise<Pick<SentNote, 'body' | 'signature'>> {
    const { commitment, classes, sealedAddress } = recordActionOf(note.body);
    const action: Action = {
      kind: 'record',
      record: note.record,
      version: note.version,
      patient: note.patient,
      unconfirmedReason: reason,
      classes,
      commitment,
      sealedAddress,
    };
    return this.signAction(person, action);
  }

  /** After new final blocks: what is on the ledger is sent no more. */
  async review(): Promise<void> {
    for (const note of [...this.notes.all()]) {
      const head = this.work.facts.record(note.record);
      if (head !== null && (head.version >= note.version || head.withdrawnAtHeight !== null || this.work.facts.isErased(note.record))) {
        await this.notes.remove(note);
        this.arrived(note);
      } else if (note.state === 'proposing') await this.lookFailed(note);
    }
  }

  /** What was proposed without the patient may have failed while this page was closed. */
  private async lookFailed(note: SentNote): Promise<void> {
    const fate = this.work.environment.channel.projection().slips.get(slipIdOf(note));
    if (fate === undefined || fate.outcome === 'done') return;
    await this.notes.put({ ...note, state: 'taken-back', reason: fate.detail });
    this.work.ways.trouble(note, `The ledger would not take this version: ${fate.detail}. Write it again.`);
  }

  private nextVersion(patient: PartyId, replaces: RecordId | null): RecordVersion {
    if (replaces === null) return { patient, record: toHex(this.work.environment.randomness.bytes(ID_BYTES)) as RecordId, version: 1 };
    const head = this.work.facts.record(replaces);
    const open = this.notes.newestOf(replaces);
    if (this.work.facts.isErased(replaces)) throw erasedFailure();
    const before = head ?? open;
    if (before === null)
      throw new AppError({ code: 'unknown-record', message: 'There is no such record.', remedy: 'Write it as a new one.' });
    if (before.patient !== patient)
      throw new AppError({ code: 'other-patient', message: 'This record is another patient’s.', remedy: 'Open the right patient.' });
    if (head !== null && head.clinic !== this.work.environment.party) {
      throw new AppError({
        code: 'not-the-author',
        message: 'Another clinic wrote this record.',
        remedy: 'Only its author corrects a record; write one of your own.',
      });
    }
    if (head !== null && head.withdrawnAtHeight !== null) {
      throw new AppError({
        code: 'entered-in-error',
        message: 'This record was marked as entered in error.',
        remedy: 'Write it as a new one.',
      });
    }
    if (open?.state === 'proposing') {
      throw new AppError({
        code: 'in-progress',
        message: 'A version of this record is being put on the ledger.',
        remedy: 'Wait until it is final, then correct it.',
      });
    }
    return { patient, record: replaces, version: (head?.version ?? 0) + 1 };
  }

  private async seal(content: Sealable, of: RecordVersion, recipients: readonly Certificate[]): Promise<SealedVersion> {
    // What was put before the disk was full is taken away again.
    const put: string[] = [];
    const { blobs } = this.work.environment;
    const counted = {
      ...this.work.environment,
      blobs: {
        put: async (bytes: Uint8Array) => {
          const cid = await blobs.put(bytes);
          put.push(cid);
          return cid;
        },
      },
    };
    try {
      return await sealVersion(counted, content, of, recipients, sealerFor(this.work, of.patient));
    } catch (error) {
      for (const cid of put) await blobs.remove(cid).catch(() => undefined);
      throw error;
    }
  }

  private async cidsOf(manifest: Manifest): Promise<readonly string[]> {
    const found = await fetchEnvelope(this.work.environment.blobs, manifest);
    if (isRejection(found))
      throw new AppError({ code: 'storage-damaged', message: 'What was sealed cannot be read back.', remedy: 'Write it again.' });
    return namedBlobs(manifest.envelope, found.envelope);
  }

  private async keepNote(note: SentNote): Promise<void> {
    try {
      const [envelope] = note.cids;
      if (envelope !== undefined) await this.work.traces.remember(note.record, envelope);
      await this.notes.put(note);
    } catch (error) {
      // Files stay: they were attached before, and the draft still names them.
      const manifest = readManifest(note.manifest);
      const found = isRejection(manifest) ? manifest : await fetchEnvelope(this.work.environment.blobs, manifest).catch(() => null);
      const lists = found === null || isRejection(found) ? [] : found.envelope.files.map(({ list }) => list);
      for (const cid of note.cids) if (!lists.includes(cid)) await this.work.environment.blobs.remove(cid).catch(() => undefined);
      throw error;
    }
  }

  private async sign(
    person: PersonKeys,
    of: RecordVersion,
    sealed: SealedVersion,
    unconfirmedReason: string | null,
  ): Promise<Pick<SentNote, 'body' | 'signature'>> {
    const { record, version, patient } = of;
    const { classes, commitment, sealedAddress } = sealed;
    return this.signAction(person, { kind: 'record', record, version, patient, unconfirmedReason, classes, commitment, sealedAddress });
  }

  private async signAction(person: PersonKeys, action: Action): Promise<Pick<SentNote, 'body' | 'signature'>> {
    const { channel } = this.work.environment;
    const body = channel.draft(person.party, action);
    return { body, signature: await person.signer.sign(channel.bytesToSign(body)) };
  }

  private async untilAwaiting(of: VersionName): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = this.work.environment.timers.after(KEEP_PATIENCE_MS, () => {
      resolve(undefined);
    });
    const waiters = this.waiting.get(versionName(of)) ?? new Set();
    waiters.add(() => {
      cancel();
      resolve(undefined);
    });
    this.waiting.set(versionName(of), waiters);
    await promise;
  }

  private arrived(of: VersionName): void {
    for (const resolve of this.waiting.get(versionName(of)) ?? []) resolve();
    this.waiting.delete(versionName(of));
  }

  private async run(): Promise<Progress> {
    let progress: Progress = 'done';
    for (const note of [...this.notes.all()]) {
      if (note.state === 'storing' && !(await this.store(note))) progress = 'later';
      const stored = this.notes.of(note);
      if (stored?.state === 'posting' && !(await this.post(stored))) progress = 'later';
    }
    return progress;
  }

  /** Asks keepers until enough others hold every sealed block. */
  private async store(note: SentNote): Promise<boolean> {
    const { keepers, ways } = this.work;
    const manifest = readManifest(note.manifest);
    if (isRejection(manifest)) return true;
    const wanted = keepers.wanted();
    const linked = keepers.linked();
    const own = linked.find((keeper) => keeper.peer === null);
    if (own !== undefined && !note.heldBy.includes(own.party)) await this.ask(own, note, manifest);
    let held = note.heldBy;
    let trouble = '';
    const candidates = keepers.others().filter((keeper) => !held.includes(keeper.party));
    while (held.length < wanted && candidates.length > 0) {
      const asked = candidates.splice(0, wanted - held.length);
      const refusals = await Promise.all(asked.map((keeper) => this.ask(keeper, note, manifest)));
      held = [...held, ...asked.filter((_, index) => refusals[index] === null).map(({ party }) => party)];
      trouble = refusals.find((refusal) => refusal !== null) ?? trouble;
    }
    const current = this.notes.of(note);
    if (current?.state !== 'storing' || current.manifest !== note.manifest) return true;
    const kind = this.kindOfKeepers();
    if (held.length >= wanted) {
      await this.notes.put({ ...current, heldBy: held, state: 'posting' });
      ways.reach(note, 'stored', wanted === 0 ? 'in this browser only: there is no other member yet' : countOf(held, wanted, kind));
      return true;
    }
    if (held.length !== note.heldBy.length) await this.notes.put({ ...current, heldBy: held });
    const reachable = keepers.others().length;
    ways.trouble(
      note,
      `${held.length} of ${wanted} ${kind}s hold this record; ${reachable} can be reached${trouble === '' ? '' : ` (${trouble})`}. ` +
        'Keep this page open: it is tried again until they do.',
    );
    return false;
  }

  /** Null when this keeper holds everything; else why not. */
  private async ask(keeper: Keeper, note: SentNote, manifest: Manifest): Promise<string | null> {
    try {
      const onHeld = (heldBytes: number): void =>
        this.work.ways.trouble(note, `${this.work.facts.nameOf(keeper.party)} has fetched ${megabytes(heldBytes)} so far.`);
      return (await this.work.custody.keepAt(keeper, manifest, note.cids, onHeld)) ? null : 'a keeper holds only a part';
    } catch (error) {
      if (error instanceof AppError) return error.message.replace(/\.$/u, '');
      throw error;
    }
  }

  private kindOfKeepers(): string {
    const { channel } = this.work.environment;
    const archives = channel.ledger().configuration.members.filter((member) => member.kind === 'archive').length;
    return archives >= this.work.facts.copies() ? 'archive member' : 'member';
  }

  /** Sends the letter once, then waits until keepers have it. */
  private async post(note: SentNote): Promise<boolean> {
    if (note.letter === null) {
      if (this.work.environment.person() === null) return true;
      const content = { kind: 'offer' as const, body: note.body, signature: note.signature, manifest: note.manifest };
      const letter = await this.work.write(note.patient, content);
      const current = present(this.notes.of(note), 'the note of a letter');
      await this.notes.put({ ...current, letter });
      return this.post({ ...current, letter });
    }
    if (this.work.outbox.isWaiting(note.letter)) return false;
    await this.notes.put({ ...note, state: 'awaiting' });
    this.work.ways.reach(note, 'awaiting', 'the patient’s signature');
    this.arrived(note);
    return true;
  }
}

/** "2 parts", "1 part, 3 files". */
function sealedWords(parts: number, files: number): string {
  const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
  return files === 0 ? count(parts, 'part') : `${count(parts, 'part')}, ${count(files, 'file')}`;
}

function megabytes(sizeBytes: number): string {
  return `${Math.max(1, Math.round(sizeBytes / 1_000_000))} MB`;
}
