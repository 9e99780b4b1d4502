// A clinic's private register from serial numbers to pseudonyms (P2-05, P2-16, P2-20), sealed in this browser: recognises a person who is
// in its list already, finds one who agreed to be found, and hands her entry in at keepers once she has agreed. Name and identity number
// are kept nowhere; the serial leaves this browser nowhere.
import { AppError, type PartyId, DIGEST_BYTES, isRejection } from '../base/index.ts';
import type { SerialFindable, SerialFinding, SerialRegistration, SerialsView } from '../api.ts';
import { type Decoded, decode, encode, hex, list, nullable, oneOf, struct, uint } from '../codec/index.ts';
import { digest, partyId } from '../contracts/index.ts';
import { type SerialLocator, type SerialNumber, serialEntryKey, serialLocator } from '../crypto/index.ts';
import type { Reception } from './box-reader.ts';
import { Errand, type Progress } from './errand.ts';
import { shortForm } from './facts.ts';
import type { LetterContent } from './letter.ts';
import { MAX_PATIENTS } from './limits.ts';
import { type Patients, contactLinkOf, readContactLink } from './patients.ts';
import type { PrivateTable } from './private-notes.ts';
import { done } from './requests.ts';
import { type AskedSerial, askSerial } from './serial-asking.ts';
import {
  type Agreement,
  SERIAL_REQUESTS,
  agreement,
  agreementBytes,
  deposit,
  entryAnswer,
  entryContent,
  entryContextBytes,
  entryWish,
} from './serial-formats.ts';
import type { SerialKeys } from './serial-keys.ts';
import { MAX_SERIAL_ENTRY_BYTES } from './serial-limits.ts';
import type { Workplace } from './workplace.ts';

/** Keepers that have an entry; more hold none. */
const MAX_DEPOSITS = 64;
/** Findings between looking up and registering. */
const MAX_FINDINGS = 16;

const registerNote = struct({
  serial: hex<SerialNumber>(DIGEST_BYTES),
  key: digest,
  patient: partyId,
  atMs: uint(),
  state: oneOf('not-asked', 'asked', 'declined', 'agreed'),
  agreement: nullable(agreement),
  /** Keepers that took the entry. */
  held: list(partyId, MAX_DEPOSITS),
});
type RegisterNote = Decoded<typeof registerNote>;
type AgreementLetter = Extract<LetterContent, { kind: 'serial-agreement' }>;

export class SerialRegister {
  private readonly work: Workplace;
  private readonly keys: SerialKeys;
  private readonly patients: Patients;
  private readonly table: PrivateTable<RegisterNote>;
  private readonly errand: Errand;
  private notes: ReadonlyMap<SerialNumber, RegisterNote> = new Map();
  private readonly findings = new Map<string, AskedSerial>();

  constructor(work: Workplace, keys: SerialKeys, patients: Patients) {
    this.work = work;
    this.keys = keys;
    this.patients = patients;
    this.table = work.table('care-serial-register', registerNote);
    this.errand = new Errand('serial-deposit', work.environment, () => this.depositAll());
  }

  async load(): Promise<void> {
    this.notes = new Map([...(await this.table.all()).values()].map((note) => [note.serial, note]));
    this.kick();
  }

  forget(): void {
    this.notes = new Map();
    this.findings.clear();
  }

  kick(): void {
    if (this.notes.size > 0) this.errand.kick();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  view(): SerialsView['registered'] {
    const nowMs = this.work.environment.clock.nowMs();
    return [...this.notes.values()].map((note) => ({
      patient: note.patient,
      findable: findableOf(note, nowMs),
      untilMs: note.agreement?.untilMs ?? null,
    }));
  }

  /** Throws AppError as `askSerial`. */
  async find(name: string, identityNumber: string): Promise<SerialFinding> {
    this.work.clinic();
    const asked = await askSerial(this.work, this.keys, name, identityNumber);
    this.findings.set(asked.serial, asked);
    for (const oldest of this.findings.keys()) if (this.findings.size > MAX_FINDINGS) this.findings.delete(oldest);
    return { serial: asked.serial, registered: this.notes.get(asked.serial)?.patient ?? null, agreed: await this.agreed(asked.serial) };
  }

  /** Throws AppError `find-first`, `registered-already`, and what registering by a contact link throws. */
  async register({ serial, patient, name, birthDate, ask, newProfile }: SerialRegistration): Promise<PartyId> {
    this.work.clinic();
    const asked = this.findings.get(serial);
    if (asked === undefined) {
      throw new AppError({
        code: 'find-first',
        message: 'This search is no longer open.',
        remedy: 'Search by name and identity number again.',
      });
    }
    const before = this.notes.get(asked.serial);
    const link =
      'contactLink' in patient
        ? patient.contactLink
        : contactLinkOf({ channel: this.work.facts.channelId, patient: patient.party, name: '' });
    const contact = readContactLink(link);
    const isAnother = before !== undefined && !isRejection(contact) && contact.patient !== before.patient;
    if (isAnother && !newProfile) throw registeredAlready(this.patients.of(before.patient)?.name ?? shortForm(before.patient));
    if (this.notes.size >= MAX_PATIENTS && before === undefined) {
      throw new AppError({
        code: 'too-many-patients',
        message: 'The register is full.',
        remedy: 'Use another profile for further patients.',
      });
    }
    const party = await this.patients.register(link, { name, birthDate });
    const kept = before?.patient === party ? before : null;
    const { clock } = this.work.environment;
    const fresh: RegisterNote = { ...asked, patient: party, atMs: clock.nowMs(), state: 'not-asked', agreement: null, held: [] };
    await this.keep(kept ?? fresh);
    if (ask && kept?.state !== 'agreed') await this.ask(asked.serial);
    return party;
  }

  /** A patient's answer to the wish, or that she takes her agreement back. */
  async receive(from: PartyId, letter: AgreementLetter): Promise<Reception> {
    const note = [...this.notes.values()].find(({ serial, patient }) => patient === from && serialLocator(serial) === letter.locator);
    if (note === undefined) return 'taken';
    const { agreed } = letter;
    if (agreed === null) {
      await this.keep({ ...note, state: 'declined', agreement: null, held: [] });
      return 'taken';
    }
    if (!(await this.holds(letter.locator, from, agreed))) return 'taken';
    await this.keep({ ...note, state: 'agreed', agreement: agreed, held: [] });
    this.errand.kick();
    return 'taken';
  }

  private async ask(serial: SerialNumber): Promise<void> {
    const note = this.notes.get(serial);
    if (note === undefined) return;
    await this.work.write(note.patient, { kind: 'serial-wish', locator: serialLocator(serial) });
    await this.keep({ ...note, state: 'asked', agreement: null, held: [] });
  }

  /** Entries at linked keepers that open, are signed by a certified patient, and have not ended. */
  private async agreed(serial: SerialNumber): Promise<SerialFinding['agreed']> {
    const { desk, keepers, facts, environment } = this.work;
    const locator = serialLocator(serial);
    const found = new Map<PartyId, number>();
    for (const keeper of keepers.linked()) {
      try {
        const { sealed } = await desk.ask(keeper, SERIAL_REQUESTS.find, entryWish, entryAnswer, { locator });
        for (const bytes of sealed) {
          const key = serialEntryKey(serial);
          const plain = await environment.aead.open(key, bytes, entryContextBytes(facts.channelId, locator)).catch(() => null);
          const content = plain === null ? null : decode(entryContent, plain, MAX_SERIAL_ENTRY_BYTES);
          if (content === null || isRejection(content)) continue;
          const { patient, agreement: given } = content;
          if (await this.holds(locator, patient, given)) found.set(patient, Math.max(given.untilMs, found.get(patient) ?? 0));
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
    return [...found].map(([patient, untilMs]) => ({ patient, untilMs }));
  }

  private async holds(locator: SerialLocator, patient: PartyId, given: Agreement): Promise<boolean> {
    const { facts, environment } = this.work;
    const certificate = facts.certificateOf(patient);
    if (certificate?.role !== 'patient' || given.untilMs <= environment.clock.nowMs()) return false;
    return environment.verifier.verify(certificate.signingKey, agreementBytes(facts.channelId, locator, patient, given), given.signature);
  }

  private async depositAll(): Promise<Progress> {
    let progress: Progress = 'done';
    const nowMs = this.work.environment.clock.nowMs();
    for (const { serial, state, agreement: given } of [...this.notes.values()]) {
      if (state !== 'agreed' || given === null || given.untilMs <= nowMs) continue;
      if (!(await this.depositOne(serial, given))) progress = 'later';
    }
    return progress;
  }

  /** False where a linked keeper did not take it. */
  private async depositOne(serial: SerialNumber, given: Agreement): Promise<boolean> {
    const { desk, keepers, environment, facts } = this.work;
    const held = this.notes.get(serial)?.held ?? [];
    const missing = keepers.linked().filter(({ party }) => !held.includes(party));
    if (missing.length === 0 || held.length >= MAX_DEPOSITS) return true;
    const locator = serialLocator(serial);
    const patient = this.notes.get(serial)?.patient ?? environment.party;
    const content = encode(entryContent, { patient, agreement: given });
    const sealed = await environment.aead.seal(serialEntryKey(serial), content, entryContextBytes(facts.channelId, locator));
    const { removal, untilMs } = given;
    let complete = true;
    for (const keeper of missing) {
      try {
        await desk.ask(keeper, SERIAL_REQUESTS.deposit, deposit, done, { locator, sealed, removal, untilMs });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        environment.log.debug('serial-entry-not-taken', { code: error.code });
        complete = false;
        continue;
      }
      // Read anew: she may have taken her agreement back while the keeper answered.
      const note = this.notes.get(serial);
      if (note?.agreement?.removal !== removal) return true;
      await this.keep({ ...note, held: [...note.held, keeper.party].slice(0, MAX_DEPOSITS) });
    }
    return complete;
  }

  private async keep(note: RegisterNote): Promise<void> {
    await this.table.put(note.serial, note);
    this.notes = new Map(this.notes).set(note.serial, note);
    this.work.environment.changed();
  }
}

function findableOf({ state, agreement: given, held }: RegisterNote, nowMs: number): SerialFindable {
  if (state !== 'agreed' || given === null) return state;
  if (given.untilMs <= nowMs) return 'ended';
  return held.length > 0 ? 'findable' : 'agreed';
}

function registeredAlready(name: string): AppError {
  return new AppError({
    code: 'registered-already',
    message: `This person is in your list already, as ${name}, with another pseudonym.`,
    remedy: 'Open that patient, or say that she has a new profile.',
  });
}
