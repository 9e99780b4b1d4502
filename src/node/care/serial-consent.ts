// A patient's part in being found by name and identity number (P2-20): clinics ask, she agrees or declines, and takes back what she agreed
// to at every keeper. Her agreement names a place that says nothing about her, ends within a year, and carries the hash of a secret that
// only she can make again. She never learns the serial, and no keeper learns from it who she is.
import { AppError, type PartyId } from '../base/index.ts';
import type { SerialWishView } from '../api.ts';
import { type Decoded, encode, list, nullable, oneOf, struct, uint } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import { type SerialLocator, digestOf, sha256 } from '../crypto/index.ts';
import type { Reception } from './box-reader.ts';
import { Errand, type Progress } from './errand.ts';
import type { LetterContent } from './letter.ts';
import type { PrivateTable } from './private-notes.ts';
import { done } from './requests.ts';
import { type Agreement, SERIAL_REQUESTS, agreementBytes, locator as locatorCodec, removal } from './serial-formats.ts';
import { MAX_SERIAL_WISHES, SERIAL_ENTRY_LIFETIME_MS } from './serial-limits.ts';
import type { Workplace } from './workplace.ts';

const MAX_KEEPERS = 400;

const wishNote = struct({
  clinic: partyId,
  locator: locatorCodec,
  state: oneOf('open', 'agreed', 'declined', 'withdrawing', 'withdrawn'),
  atMs: uint(),
  untilMs: nullable(uint()),
  /** Keepers that have removed it. */
  freed: list(partyId, MAX_KEEPERS),
});
type WishNote = Decoded<typeof wishNote>;
type WishLetter = Extract<LetterContent, { kind: 'serial-wish' }>;

const secretInput = struct({ domain: oneOf('clinicord/serial-removal/1'), locator: locatorCodec, untilMs: uint() });

export class SerialConsent {
  private readonly work: Workplace;
  private readonly table: PrivateTable<WishNote>;
  private readonly errand: Errand;
  private notes: ReadonlyMap<string, WishNote> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-serial-wishes', wishNote);
    this.errand = new Errand('serial-removal', work.environment, () => this.removeAll());
  }

  async load(): Promise<void> {
    this.notes = await this.table.all();
    this.kick();
  }

  forget(): void {
    this.notes = new Map();
  }

  kick(): void {
    if ([...this.notes.values()].some(({ state }) => state === 'withdrawing')) this.errand.kick();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  /** Newest first. */
  view(): readonly SerialWishView[] {
    const rows = [...this.notes].map(([id, { clinic, state, atMs, untilMs }]) => ({
      id,
      clinic,
      clinicName: this.work.facts.nameOf(clinic),
      state,
      atMs,
      untilMs,
    }));
    return rows.sort((a, b) => b.atMs - a.atMs);
  }

  /** A clinic asks. What she agreed to is said again; what she declined is asked once more. */
  async receive(from: PartyId, { locator }: WishLetter): Promise<Reception> {
    const { facts, environment } = this.work;
    if (environment.role !== 'patient' || facts.certificateOf(from)?.role !== 'clinic') return 'taken';
    const id = idOf(from, locator);
    const known = this.notes.get(id);
    if (known?.state === 'agreed' && known.untilMs !== null && known.untilMs > environment.clock.nowMs()) {
      await this.send(from, locator, await this.agreement(locator, known.untilMs));
      return 'taken';
    }
    if (known === undefined && !(await this.makeRoom())) return 'taken';
    await this.keep(id, { clinic: from, locator, state: 'open', atMs: environment.clock.nowMs(), untilMs: null, freed: [] });
    return 'taken';
  }

  async answer(id: string, agree: boolean): Promise<void> {
    this.work.patient();
    const note = this.wish(id, ['open', 'declined']);
    const untilMs = agree ? this.work.environment.clock.nowMs() + SERIAL_ENTRY_LIFETIME_MS : null;
    await this.send(note.clinic, note.locator, untilMs === null ? null : await this.agreement(note.locator, untilMs));
    await this.keep(id, { ...note, state: agree ? 'agreed' : 'declined', untilMs, freed: [] });
  }

  /** Takes one agreement back: its clinic is told, and every keeper removes its entry as soon as it is reached. */
  async withdraw(id: string): Promise<void> {
    this.work.patient();
    const note = this.wish(id, ['agreed']);
    await this.keep(id, { ...note, state: 'withdrawing', freed: [] });
    await this.send(note.clinic, note.locator, null);
    this.errand.kick();
  }

  private async removeAll(): Promise<Progress> {
    let progress: Progress = 'done';
    for (const [id, { state }] of [...this.notes]) if (state === 'withdrawing' && !(await this.removeOne(id))) progress = 'later';
    return progress;
  }

  /** False while a keeper of this channel has not answered. */
  private async removeOne(id: string): Promise<boolean> {
    const { desk, keepers, facts, environment } = this.work;
    const note = this.notes.get(id);
    if (note === undefined || note.untilMs === null) return true;
    const secret = this.secretOf(note.locator, note.untilMs);
    const freed = new Set(note.freed);
    for (const keeper of keepers.linked().filter(({ party }) => !freed.has(party))) {
      try {
        await desk.ask(keeper, SERIAL_REQUESTS.remove, removal, done, { locator: note.locator, secret });
        freed.add(keeper.party);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        environment.log.debug('serial-entry-not-removed', { code: error.code });
      }
    }
    const ended = note.untilMs <= environment.clock.nowMs();
    const complete = ended || facts.keepers().every((party) => freed.has(party));
    await this.keep(id, { ...note, state: complete ? 'withdrawn' : 'withdrawing', freed: [...freed].slice(0, MAX_KEEPERS) });
    return complete;
  }

  private async agreement(locator: SerialLocator, untilMs: number): Promise<Agreement> {
    const { signer, party } = this.work.person();
    const removalHash = digestOf(this.secretOf(locator, untilMs));
    const bytes = agreementBytes(this.work.facts.channelId, locator, party, { untilMs, removal: removalHash });
    return { untilMs, removal: removalHash, signature: await signer.sign(bytes) };
  }

  /** From her own keys, so that another device of hers makes the same. */
  private secretOf(locator: SerialLocator, untilMs: number): Uint8Array {
    return sha256(this.work.person().notesKey, encode(secretInput, { domain: 'clinicord/serial-removal/1', locator, untilMs }));
  }

  private async send(clinic: PartyId, locator: SerialLocator, agreed: Agreement | null): Promise<void> {
    // A clinic that is certified no longer gets nothing; its entry is removed at the keepers.
    if (agreed === null && this.work.facts.certificateOf(clinic) === null) return;
    await this.work.write(clinic, { kind: 'serial-agreement', locator, agreed });
  }

  private wish(id: string, states: readonly WishNote['state'][]): WishNote {
    const note = this.notes.get(id);
    if (note !== undefined && states.includes(note.state)) return note;
    throw new AppError({ code: 'already-answered', message: 'This wish is not open any more.', remedy: 'Reload the page.' });
  }

  /** False where all that is there is still of use. */
  private async makeRoom(): Promise<boolean> {
    if (this.notes.size < MAX_SERIAL_WISHES) return true;
    const spare = [...this.notes]
      .filter(([, { state }]) => state === 'declined' || state === 'withdrawn')
      .sort(([, a], [, b]) => a.atMs - b.atMs);
    const [oldest] = spare;
    if (oldest === undefined) return false;
    const rest = new Map(this.notes);
    rest.delete(oldest[0]);
    this.notes = rest;
    await this.table.delete(oldest[0]);
    return true;
  }

  private async keep(id: string, note: WishNote): Promise<void> {
    await this.table.put(id, note);
    this.notes = new Map(this.notes).set(id, note);
    this.work.environment.changed();
  }
}

function idOf(clinic: PartyId, locator: SerialLocator): string {
  return `${clinic}/${locator}`;
}
