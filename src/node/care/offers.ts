// What awaits the patient (P3-23): versions that clinics sent her. Her tab fetches, opens and compares everything before she
// sees it as waiting; what does not match is shown as trouble and can never be signed. She signs, or says why not.
import { AppError, type PartyId, type Rejection, MAX_REASON_CHARS, assert, isRejection, reject } from '../base/index.ts';
import { type Decoded, boundedBytes, nullable, oneOf, struct, text, uint } from '../codec/index.ts';
import { type Action, type Slip, partyId, recordId, signature, slipBody, slipIdOf } from '../contracts/index.ts';
import { MAX_MANIFEST_BYTES, type Manifest, readManifest } from '../records/index.ts';
import type { SlipStage } from './access.ts';
import { handIn } from './acting.ts';
import type { Reception } from './box-reader.ts';
import { refusesOwnCapsules } from './capsule-sealing.ts';
import { Errand, type Progress } from './errand.ts';
import { type LetterId, type Offer, type OpenedLetter, letterId } from './letter.ts';
import { type PrivateTable, locked } from './private-notes.ts';
import type { ReadingKeys } from './reading-keys.ts';
import { type OpenedVersion, classesOf, fetchEnvelope, leadsTo, openVersion } from './sealing.ts';
import { type VersionName, versionName } from './ways.ts';
import { type Workplace, typed } from './workplace.ts';

export type RecordAction = Extract<Action, { readonly kind: 'record' }>;

const offerNote = struct({
  record: recordId,
  version: uint(10_000),
  clinic: partyId,
  body: slipBody,
  signature,
  manifest: boundedBytes(MAX_MANIFEST_BYTES),
  /** Stays with the keepers until she has answered, so that an emptied browser finds it again. */
  letter: letterId,
  receivedMs: uint(),
  state: oneOf('checking', 'awaiting', 'wrong', 'signed', 'disputed', 'taken-back'),
  /** Her words, or what does not match. */
  reason: nullable(text(1_000)),
});
export type OfferNote = Decoded<typeof offerNote>;

export class Offers {
  private readonly work: Workplace;
  private readonly keys: ReadingKeys;
  private readonly table: PrivateTable<OfferNote>;
  private readonly checking: Errand;
  /** Told when a letter with an offer need not wait any more. */
  private readonly settled: (letter: LetterId) => void;
  private byName: ReadonlyMap<string, OfferNote> = new Map();

  constructor(work: Workplace, keys: ReadingKeys, settled: (letter: LetterId) => void) {
    this.work = work;
    this.keys = keys;
    this.settled = settled;
    this.table = work.table('care-offers', offerNote);
    this.checking = new Errand('check-offers', work.environment, () => this.checkAll());
  }

  async load(): Promise<void> {
    this.byName = await this.table.all();
    await this.review();
    this.checking.kick();
  }

  forget(): void {
    this.byName = new Map();
  }

  async stop(): Promise<void> {
    await this.checking.stop();
  }

  /** Linked peers changed: what could not be fetched may be there now. */
  kick(): void {
    this.checking.kick();
  }

  all(): Iterable<OfferNote> {
    return this.byName.values();
  }

  of(name: VersionName): OfferNote | null {
    return this.byName.get(versionName(name)) ?? null;
  }

  /** A letter with a version to sign. */
  async receive(letter: OpenedLetter, offer: Offer, receivedMs: number): Promise<Reception> {
    const refused = await this.refuses(letter.from, offer);
    if (refused !== null) {
      this.work.environment.log.warn('offer-refused', { reason: refused.reason });
      return 'taken';
    }
    const action = recordActionOf(offer.body);
    const { record, version } = action;
    const before = this.of(action);
    if (this.work.facts.version(record, version) !== null) return 'taken';
    if (before?.letter === letter.id) return isAnswered(before) ? 'taken' : 'kept';
    if (before !== null) {
      if (before.state === 'signed' || before.body.timestampMs > offer.body.timestampMs) return 'taken';
      this.work.ways.restart(before);
      this.settled(before.letter);
    }
    const { body, signature: signed, manifest } = offer;
    const read = readManifest(manifest);
    if (!isRejection(read)) await this.work.traces.remember(record, read.envelope);
    await this.put({
      record,
      version,
      clinic: letter.from,
      body,
      signature: signed,
      manifest,
      letter: letter.id,
      receivedMs,
      state: 'checking',
      reason: null,
    });
    this.checking.kick();
    return 'kept';
  }

  /** The clinic takes back what was never signed. */
  async takeBack(from: PartyId, of: VersionName, reason: string): Promise<Reception> {
    const note = this.of(of);
    if (note !== null && note.clinic === from && note.state !== 'signed') {
      await this.put({ ...note, state: 'taken-back', reason });
      this.work.ways.trouble(of, null);
      this.settled(note.letter);
    }
    return 'taken';
  }

  /** What awaits her, opened. Throws AppError `mismatch`, `blob-missing`. */
  async open(note: OfferNote): Promise<OpenedVersion> {
    const opened = await this.examine(note);
    if (!isRejection(opened)) return opened;
    await this.mark(note, opened);
    throw mismatch(opened.detail);
  }

  /** Her consent: signs the clinic's own slip and hands it in. Resolves when it is final. */
  async confirm(note: OfferNote): Promise<void> {
    const { person } = this.work.patient();
    if (note.state === 'checking') await this.open(note);
    const { channel, clock } = this.work.environment;
    const current = this.of(note);
    if (current === null || (current.state !== 'awaiting' && current.state !== 'checking')) throw answered(current);
    const consent = await person.signer.sign(channel.bytesToSign(note.body));
    const slip: Slip = { body: note.body, signature: note.signature, consent };
    await this.put({ ...current, state: 'signed', reason: null });
    this.work.ways.reach(note, 'signed', 'by patient and clinic');
    try {
      await handIn(channel, clock, slip, (stage) => this.follow(note, stage));
    } catch (error) {
      // The clinic may have put the same version on the ledger as unconfirmed a moment before.
      const final = this.work.facts.version(note.record, note.version);
      if (final?.commitment === recordActionOf(note.body).commitment) return;
      if (error instanceof AppError) {
        await this.put({ ...current, state: 'wrong', reason: error.message });
        this.work.ways.trouble(note, `${error.message} ${error.remedy}`);
      }
      throw error;
    }
  }

  /** She will not sign; the clinic learns why. */
  async dispute(note: OfferNote, reason: string): Promise<void> {
    this.work.patient();
    if (note.state === 'signed' || note.state === 'disputed' || note.state === 'taken-back') throw answered(note);
    const words = typed(reason, 'The reason', MAX_REASON_CHARS);
    const { commitment } = recordActionOf(note.body);
    await this.work.write(note.clinic, { kind: 'dispute', record: note.record, version: note.version, commitment, reason: words });
    await this.put({ ...note, state: 'disputed', reason: words });
    this.work.ways.trouble(note, 'You have disputed this version. The clinic can correct it, or take it back.');
    this.settled(note.letter);
  }

  /** After new final blocks: what is on the ledger waits no more. */
  async review(): Promise<void> {
    for (const note of [...this.byName.values()]) {
      if (this.work.facts.version(note.record, note.version) !== null || this.work.facts.isErased(note.record)) {
        await this.remove(note);
        this.settled(note.letter);
      } else if (note.state === 'signed') await this.lookFailed(note);
    }
  }

  /** What she signed may have failed while this page was closed. */
  private async lookFailed(note: OfferNote): Promise<void> {
    const fate = this.work.environment.channel.projection().slips.get(slipIdOf(note));
    if (fate === undefined || fate.outcome === 'done') return;
    await this.put({ ...note, state: 'wrong', reason: fate.detail });
    this.work.ways.trouble(note, `The ledger would not take this version: ${fate.detail}. Ask the clinic to send it again.`);
  }

  private follow(of: VersionName, stage: SlipStage): void {
    if (stage.stage === 'proposed') this.work.ways.reach(of, 'proposed', `by ${this.work.facts.nameOf(stage.proposer)}`);
    if (stage.stage !== 'final' || stage.outcome !== 'done') return;
    this.work.ways.finish(of, { proposed: '', agreed: `${stage.signers} of ${stage.voters}`, final: `height ${stage.height}` });
  }

  private async checkAll(): Promise<Progress> {
    if (this.work.environment.person() === null) return 'done';
    let progress: Progress = 'done';
    for (const note of [...this.byName.values()]) {
      if (note.state !== 'checking') continue;
      try {
        const opened = await this.examine(note);
        await this.mark(note, isRejection(opened) ? opened : null);
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'storage-full') throw error;
        this.work.ways.trouble(note, `The sealed parts cannot be fetched yet: ${error.message} ${error.remedy}`);
        progress = 'later';
      }
    }
    return progress;
  }

  private async mark(note: OfferNote, wrong: Rejection | null): Promise<void> {
    if (this.of(note)?.state !== 'checking') return;
    if (wrong !== null) {
      await this.put({ ...note, state: 'wrong', reason: wrong.detail });
      this.work.ways.trouble(
        note,
        `What the clinic sent does not match what it signed (${wrong.detail}). It cannot be signed. Ask the clinic to send it again.`,
      );
      return;
    }
    await this.put({ ...note, state: 'awaiting', reason: null });
    this.work.ways.reach(note, 'sealed', `by ${this.work.facts.nameOf(note.clinic)}`);
    this.work.ways.reach(note, 'stored', 'fetched and opened here');
    this.work.ways.reach(note, 'awaiting', 'your signature');
  }

  /** Everything that she relies on when she signs: author, patient, commitment, address, classes, every part. */
  private async examine(note: OfferNote): Promise<OpenedVersion | Rejection> {
    const { environment } = this.work;
    const person = this.work.person();
    const action = recordActionOf(note.body);
    const manifest = readManifest(note.manifest);
    if (isRejection(manifest)) return manifest;
    const opened = await openVersion(environment, manifest, action, action.commitment, person);
    const leads = await leadsTo(environment.keyWrap, action.sealedAddress, action, person, manifest.envelope);
    // A key that was locked away meanwhile opens nothing: the offer is not to blame.
    if (environment.person() !== person) throw locked();
    if (isRejection(opened)) return opened;
    if (!leads) return reject('wrong-address', 'the address leads elsewhere');
    const refused =
      (await this.refusesClasses(manifest, action, opened)) ?? (await refusesOwnCapsules(this.work, this.keys, manifest, action));
    return refused ?? opened;
  }

  /** She must be able to open all that is sealed, and the slip must name exactly these classes. */
  private async refusesClasses(manifest: Manifest, action: RecordAction, opened: OpenedVersion): Promise<Rejection | null> {
    const found = await fetchEnvelope(this.work.environment.blobs, manifest);
    if (isRejection(found)) return found;
    const sealed = classesOf(found.envelope).join();
    if ([...action.classes].join() !== sealed) return reject('wrong-classes', 'the entry names other classes than are sealed');
    return opened.classes.join() === sealed ? null : reject('hidden-part', 'a part is not sealed for the patient');
  }

  private async refuses(from: PartyId, offer: Offer): Promise<Rejection | null> {
    const { environment, facts } = this.work;
    const { body } = offer;
    if (environment.role !== 'patient' || body.action.kind !== 'record') return reject('not-for-us', 'this node signs no records');
    const { action } = body;
    const clinic = facts.certificateOf(from);
    if (clinic?.role !== 'clinic' || body.author !== from) return reject('wrong-author', 'the sender is not the clinic that signs');
    if (action.patient !== environment.party || body.channel !== facts.channelId)
      return reject('wrong-patient', 'the entry is about somebody else');
    if (action.unconfirmedReason !== null) return reject('not-to-sign', 'the entry needs no signature');
    if (facts.isErased(action.record)) return reject('erased', 'she had the record erased');
    const head = facts.record(action.record);
    if (head !== null && (head.clinic !== from || head.patient !== environment.party))
      return reject('not-the-author', 'another clinic wrote this record');
    const before = this.of(action);
    if (before !== null && before.clinic !== from) return reject('not-the-author', 'another clinic wrote this record');
    const good = await environment.verifier.verify(clinic.signingKey, environment.channel.bytesToSign(body), offer.signature);
    return good ? null : reject('bad-signature', 'the clinic’s signature over the entry does not hold');
  }

  private async put(note: OfferNote): Promise<void> {
    await this.table.put(versionName(note), note);
    this.byName = new Map(this.byName).set(versionName(note), note);
    this.work.environment.changed();
  }

  private async remove(note: OfferNote): Promise<void> {
    if (this.work.environment.person() !== null) await this.table.delete(versionName(note));
    const rest = new Map(this.byName);
    rest.delete(versionName(note));
    this.byName = rest;
    this.work.environment.changed();
  }
}

/** The record action of a body that was checked to hold one. */
export function recordActionOf(body: Decoded<typeof slipBody>): RecordAction {
  assert(body.action.kind === 'record', 'an offer is about a record');
  return body.action;
}

function isAnswered(note: OfferNote): boolean {
  return note.state === 'disputed' || note.state === 'taken-back';
}

function mismatch(detail: string): AppError {
  return new AppError({
    code: 'mismatch',
    message: `What the clinic sent does not match what it signed: ${detail}.`,
    remedy: 'Do not sign it. Ask the clinic to send it again.',
  });
}

function answered(note: OfferNote | null): AppError {
  const wrong = note?.state === 'wrong';
  return new AppError({
    code: wrong ? 'mismatch' : 'already-answered',
    message: wrong ? `This version cannot be signed: ${note.reason ?? 'it does not match'}.` : 'This version was answered already.',
    remedy: 'Ask the clinic to send it again.',
  });
}
