// Managers open a version together (P2-08, P2-20, T14): one asks the others, giving a reason; each that agrees first tells the patient, then sends
// its shares to who asked; with enough of them the keys of the parts come back in that tab alone. Every wish, answer and reason stays in
// each manager's own sealed list. A manager that gives its shares without telling the patient cannot be made to.
import { AppError, type PartyId, type RecordId, ID_BYTES, MAX_REASON_CHARS, toHex } from '../base/index.ts';
import type { OpenedRecord, OpeningNoticeView, OpeningView } from '../api.ts';
import { type Decoded, oneOf, struct, text, uint } from '../codec/index.ts';
import { partyId, recordId } from '../contracts/index.ts';
import type { Reception } from './box-reader.ts';
import type { FinalVersion } from './facts.ts';
import type { LetterContent } from './letter.ts';
import type { ManagersCopying } from './managers-copying.ts';
import type { ManagerDays } from './managers-days.ts';
import { type OpeningId, openingId } from './managers-formats.ts';
import { MAX_MANAGERS, MAX_OPENINGS } from './managers-limits.ts';
import type { ManagersChoice } from './managers-option.ts';
import { type Shares, givenByManagers, manifestFrom, ownShares } from './managers-shares.ts';
import type { PrivateTable } from './private-notes.ts';
import type { Reading } from './reading.ts';
import { type Workplace, typed } from './workplace.ts';

const openingNote = struct({
  opening: openingId,
  record: recordId,
  version: uint(10_000),
  by: partyId,
  reason: text(MAX_REASON_CHARS),
  atMs: uint(),
  /** This manager's own answer; what others gave is in `given`, at who asked. */
  state: oneOf('open', 'given', 'declined'),
  given: givenByManagers,
});
type OpeningNote = Decoded<typeof openingNote>;
const noticeNote = struct({
  record: recordId,
  version: uint(10_000),
  by: partyId,
  givenBy: partyId,
  reason: text(MAX_REASON_CHARS),
  atMs: uint(),
});
type NoticeNote = Decoded<typeof noticeNote>;
type Content<Kind extends LetterContent['kind']> = Extract<LetterContent, { kind: Kind }>;

export class ManagersOpening {
  private readonly work: Workplace;
  private readonly choice: ManagersChoice;
  private readonly days: ManagerDays;
  private readonly copying: ManagersCopying;
  private readonly reading: Reading;
  private readonly table: PrivateTable<OpeningNote>;
  private readonly noticeTable: PrivateTable<NoticeNote>;
  private openings: ReadonlyMap<string, OpeningNote> = new Map();
  private notices: ReadonlyMap<string, NoticeNote> = new Map();

  constructor(work: Workplace, parts: { choice: ManagersChoice; days: ManagerDays; copying: ManagersCopying; reading: Reading }) {
    this.work = work;
    this.choice = parts.choice;
    this.days = parts.days;
    this.copying = parts.copying;
    this.reading = parts.reading;
    this.table = work.table('care-openings', openingNote);
    this.noticeTable = work.table('care-opening-notices', noticeNote);
  }

  async load(): Promise<void> {
    this.openings = await this.table.all();
    this.notices = await this.noticeTable.all();
  }

  forget(): void {
    this.openings = new Map();
    this.notices = new Map();
  }

  view(): readonly OpeningView[] {
    const { environment, facts } = this.work;
    const rows = [...this.openings].map(([id, note]): OpeningView => {
      const { record, version, reason, by, atMs, given } = note;
      const own = by === environment.party;
      const threshold = this.choice.current()?.threshold ?? MAX_MANAGERS;
      const state = own && note.state === 'given' ? (given.length >= threshold ? 'ready' : 'waiting') : note.state;
      const givenBy = given.map(({ manager }) => facts.nameOf(manager));
      return { id, record, version, reason, by, byName: facts.nameOf(by), own, atMs, state, givenBy };
    });
    return rows.sort((a, b) => b.atMs - a.atMs);
  }

  noticesView(): readonly OpeningNoticeView[] {
    const { facts } = this.work;
    const rows = [...this.notices].map(([id, { by, givenBy, ...rest }]) => ({
      id,
      ...rest,
      byName: facts.nameOf(by),
      givenBy: facts.nameOf(givenBy),
    }));
    return rows.sort((a, b) => b.atMs - a.atMs);
  }

  /** Throws AppError `not-a-manager`, `unknown-version`, `no-copy`, `missing`, `too-long`. */
  async ask(record: RecordId, version: number, reason: string): Promise<void> {
    const managers = this.managers();
    const { environment } = this.work;
    const words = typed(reason, 'The reason', MAX_REASON_CHARS);
    const final = this.final(record, version);
    const copy = await this.copying.fetch(record, version);
    const opening = toHex(environment.randomness.bytes(ID_BYTES)) as OpeningId;
    const note = { opening, record, version, by: environment.party, reason: words, atMs: environment.clock.nowMs() };
    await this.tellPatient({ ...note, state: 'given', given: [] }, final);
    const own = { manager: environment.party, shares: await ownShares(this.work, this.days, copy, final) };
    await this.keep(opening, { ...note, state: 'given', given: [own] });
    for (const manager of managers) {
      if (manager === environment.party || this.work.facts.certificateOf(manager) === null) continue;
      await this.work.write(manager, { kind: 'opening-wish', opening, record, version, reason: words });
    }
  }

  async answer(id: string, give: boolean): Promise<void> {
    this.managers();
    const note = this.opening(id);
    if (note.state !== 'open')
      throw new AppError({ code: 'already-answered', message: 'This is answered already.', remedy: 'Reload the page.' });
    let shares: Shares | null = null;
    if (give) {
      const final = this.final(note.record, note.version);
      shares = await ownShares(this.work, this.days, await this.copying.fetch(note.record, note.version), final);
      await this.tellPatient(note, final);
    }
    await this.work.write(note.by, { kind: 'opening-share', opening: note.opening, shares });
    await this.keep(id, { ...note, state: give ? 'given' : 'declined' });
  }

  /** Opens with the shares that are here. Throws AppError `too-few-shares`, `tampered`. */
  async read(id: string): Promise<OpenedRecord> {
    this.managers();
    const note = this.opening(id);
    const final = this.final(note.record, note.version);
    const copy = await this.copying.fetch(note.record, note.version);
    if (note.given.length < copy.threshold) {
      const gave = note.given.map(({ manager }) => this.work.facts.nameOf(manager)).join(', ');
      throw new AppError({
        code: 'too-few-shares',
        message: `${copy.threshold} managers are needed; ${note.given.length} gave their shares: ${gave}.`,
        remedy: 'Wait until others have agreed.',
      });
    }
    return this.reading.openWith(final, await manifestFrom(this.work, note.given, copy, final));
  }

  /** Wishes about a record, with the shares of its keys that came (T16). Returns whether there were any. */
  async erase(record: RecordId): Promise<boolean> {
    const gone = [...this.openings].filter(([, note]) => note.record === record);
    for (const [id] of gone) await this.table.delete(id);
    this.openings = new Map([...this.openings].filter(([, note]) => note.record !== record));
    return gone.length > 0;
  }

  async receiveWish(from: PartyId, { opening, record, version, reason }: Content<'opening-wish'>): Promise<Reception> {
    const { environment } = this.work;
    const managers = this.choice.current()?.managers ?? [];
    if (!managers.includes(from) || !managers.includes(environment.party) || this.openings.has(opening)) return 'taken';
    if (this.work.facts.isErased(record)) return 'taken';
    await this.keep(opening, { opening, record, version, by: from, reason, atMs: environment.clock.nowMs(), state: 'open', given: [] });
    return 'taken';
  }

  async receiveShare(from: PartyId, { opening, shares }: Content<'opening-share'>): Promise<Reception> {
    const note = this.openings.get(opening);
    const isManager = this.choice.current()?.managers.includes(from) === true;
    if (note !== undefined && this.work.facts.isErased(note.record)) return 'taken';
    if (note?.by !== this.work.environment.party || !isManager || shares === null) return 'taken';
    if (note.given.some(({ manager }) => manager === from) || note.given.length >= MAX_MANAGERS) return 'taken';
    await this.keep(opening, { ...note, given: [...note.given, { manager: from, shares }] });
    return 'taken';
  }

  /** For a patient. */
  async receiveNotice(from: PartyId, { opening, record, version, by, reason }: Content<'opening-notice'>): Promise<Reception> {
    const { environment, facts } = this.work;
    if (environment.role !== 'patient' || facts.version(record, version)?.patient !== environment.party) return 'taken';
    const id = `${opening}/${from}`;
    const note = { record, version, by, givenBy: from, reason, atMs: environment.clock.nowMs() };
    await this.noticeTable.put(id, note);
    const notices = new Map(this.notices).set(id, note);
    const [oldest] = [...notices].sort(([, a], [, b]) => a.atMs - b.atMs);
    if (notices.size > MAX_OPENINGS && oldest !== undefined) {
      notices.delete(oldest[0]);
      await this.noticeTable.delete(oldest[0]);
    }
    this.notices = notices;
    environment.changed();
    return 'taken';
  }

  private async tellPatient({ opening, record, version, by, reason }: OpeningNote, { patient }: FinalVersion): Promise<void> {
    // Who is certified no longer has no mailbox.
    if (this.work.facts.certificateOf(patient) === null) return;
    await this.work.write(patient, { kind: 'opening-notice', opening, record, version, by, reason });
  }

  private managers(): readonly PartyId[] {
    this.work.clinic();
    const managers = this.choice.current()?.managers ?? [];
    if (managers.includes(this.work.environment.party)) return managers;
    throw new AppError({
      code: 'not-a-manager',
      message: 'This clinic is no manager of this consortium.',
      remedy: 'Ask the supervision centre.',
    });
  }

  private final(record: RecordId, version: number): FinalVersion {
    const final = this.work.facts.version(record, version);
    if (final !== null) return final;
    throw new AppError({ code: 'unknown-version', message: 'There is no such version of this record.', remedy: 'Reload the page.' });
  }

  private opening(id: string): OpeningNote {
    const note = this.openings.get(id);
    if (note !== undefined) return note;
    throw new AppError({ code: 'unknown-opening', message: 'There is no such wish.', remedy: 'Reload the page.' });
  }

  private async keep(id: string, note: OpeningNote): Promise<void> {
    await this.table.put(id, note);
    const openings = new Map(this.openings).set(id, note);
    const [oldest] = [...openings].filter(([, { state }]) => state !== 'open').sort(([, a], [, b]) => a.atMs - b.atMs);
    if (openings.size > MAX_OPENINGS && oldest !== undefined) {
      openings.delete(oldest[0]);
      await this.table.delete(oldest[0]);
    }
    this.openings = openings;
    this.work.environment.changed();
  }
}
