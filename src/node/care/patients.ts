// A clinic's own list of patients and its drafts: private to this browser, sealed at rest, empty while locked. The contact
// link that a patient shows carries her pseudonym and the name she chose; her keys are on the ledger.
import { base64url } from 'multiformats/bases/base64';
import {
  AppError,
  type ChannelId,
  type PartyId,
  type RecordId,
  type Rejection,
  DIGEST_BYTES,
  MAX_NAME_CHARS,
  isRejection,
  reject,
} from '../base/index.ts';
import type { KeptDraft, PatientEntry, VisitForm } from '../api.ts';
import { type Decoded, boundedBytes, bytesToText, decode, encode, hex, parseJson, struct, text, textToBytes } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import { MAX_NOTE_BYTES, MAX_PATIENTS } from './limits.ts';
import type { PrivateTable } from './private-notes.ts';
import { type Workplace, typed } from './workplace.ts';

/** Where the page's router finds a contact. */
export const CONTACT_ROUTE = '#/contact/';
const MAX_CONTACT_BYTES = 1_024;

const contact = struct({ channel: hex<ChannelId>(DIGEST_BYTES), patient: partyId, name: text(MAX_NAME_CHARS) });
export type Contact = Decoded<typeof contact>;

/** The fragment of a link; whoever shows it puts the page's address before. */
export function contactLinkOf(value: Contact): string {
  return `${CONTACT_ROUTE}${base64url.baseEncode(encode(contact, value))}`;
}

/** From a whole link, or its last part. */
export function readContactLink(link: string): Contact | Rejection {
  const trimmed = link.trim();
  if (trimmed.length > 4 * MAX_CONTACT_BYTES) return reject('oversized', 'this is too long for a contact link');
  const token = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  try {
    return decode(contact, base64url.baseDecode(token), MAX_CONTACT_BYTES);
  } catch {
    return reject('malformed', 'this is no contact link');
  }
}

const patientNote = struct({ patient: partyId, name: text(MAX_NAME_CHARS), birthDate: text(10) });
type PatientNote = Decoded<typeof patientNote>;
const draftNote = struct({ json: boundedBytes(MAX_NOTE_BYTES - 1024) });

export class Patients {
  private readonly work: Workplace;
  private readonly table: PrivateTable<PatientNote>;
  private readonly drafts: PrivateTable<Decoded<typeof draftNote>>;
  private known: ReadonlyMap<PartyId, PatientNote> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-patients', patientNote);
    this.drafts = work.table('care-drafts', draftNote);
  }

  async load(): Promise<void> {
    this.known = new Map([...(await this.table.all()).values()].map((entry) => [entry.patient, entry]));
  }

  /** When the keys are locked away nothing private stays in memory. */
  forget(): void {
    this.known = new Map();
  }

  of(patient: PartyId): PatientNote | null {
    return this.known.get(patient) ?? null;
  }

  list(): readonly PatientNote[] {
    return [...this.known.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  async register(link: string, details: { readonly name: string; readonly birthDate: string }): Promise<PartyId> {
    this.work.clinic();
    const found = readContactLink(link);
    if (isRejection(found)) {
      throw new AppError({
        code: 'bad-contact',
        message: 'This is no contact link, or it was cut off.',
        remedy: 'Ask the patient to show the link or code again.',
      });
    }
    if (found.channel !== this.work.facts.channelId) {
      throw new AppError({
        code: 'foreign-contact',
        message: 'This patient belongs to another consortium.',
        remedy: 'Ask the patient to join this one by its invitation.',
      });
    }
    await this.work.facts.arrival(found.patient, this.work.environment.timers);
    const certificate = this.work.facts.certified(found.patient, 'This patient');
    if (certificate.role !== 'patient') {
      throw new AppError({
        code: 'bad-contact',
        message: 'This link is not a patient’s.',
        remedy: 'Ask the patient to show the link or code on their own page.',
      });
    }
    if (this.known.size >= MAX_PATIENTS && !this.known.has(found.patient)) {
      throw new AppError({
        code: 'too-many-patients',
        message: `This list holds at most ${MAX_PATIENTS} patients.`,
        remedy: 'Use another profile for further patients.',
      });
    }
    const name = typed(details.name.trim() === '' ? found.name : details.name, 'The patient’s name', MAX_NAME_CHARS);
    const entry: PatientNote = { patient: found.patient, name, birthDate: checkedDate(details.birthDate) };
    await this.table.put(found.patient, entry);
    this.known = new Map(this.known).set(found.patient, entry);
    this.work.environment.changed();
    return found.patient;
  }

  async saveDraft(patient: PartyId, form: VisitForm, corrects: RecordId | null = null): Promise<void> {
    this.work.person();
    const draft: KeptDraft = { ...form, corrects };
    const json = textToBytes(JSON.stringify(draft));
    if (json.byteLength > MAX_NOTE_BYTES - 1024) {
      throw new AppError({ code: 'too-large', message: 'This draft is too long to be kept.', remedy: 'Shorten it, or write it now.' });
    }
    await this.drafts.put(patient, { json });
  }

  async loadDraft(patient: PartyId): Promise<KeptDraft | null> {
    this.work.person();
    const note = await this.drafts.get(patient);
    if (note === null) return null;
    const json = bytesToText(note.json);
    const value = typeof json === 'string' ? parseJson(json, MAX_NOTE_BYTES) : json;
    // Sealed by this page itself: its shape is as it was saved.
    return isRejection(value) ? null : (value as unknown as KeptDraft);
  }

  async discardDraft(patient: PartyId): Promise<void> {
    this.work.person();
    await this.drafts.delete(patient);
  }

  /** A correction that was begun of a record that is erased. */
  async eraseDraft(patient: PartyId, record: RecordId): Promise<void> {
    if ((await this.loadDraft(patient))?.corrects === record) await this.drafts.delete(patient);
  }

  /** The page's list, with how many records of each there are and wait. */
  view(counts: ReadonlyMap<PartyId, { readonly records: number; readonly awaiting: number }>): readonly PatientEntry[] {
    return this.list().map((entry) => ({ ...entry, ...(counts.get(entry.patient) ?? { records: 0, awaiting: 0 }) }));
  }
}

function checkedDate(birthDate: string): string {
  const trimmed = birthDate.trim();
  if (trimmed === '') return '';
  const match = /^(\d{4})-(\d{2})-(\d{2})$/u.exec(trimmed);
  const [, , month, day] = match ?? [];
  if (match !== null && Number(month) >= 1 && Number(month) <= 12 && Number(day) >= 1 && Number(day) <= 31) return trimmed;
  throw new AppError({
    code: 'bad-date',
    message: 'The date of birth is not a date.',
    remedy: 'Write it as year-month-day, for example 1945-07-14.',
  });
}
