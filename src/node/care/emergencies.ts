// Emergency access (design, step 9; T23), on the managers' copy (P2-08): a clinic states on the ledger why it must read a version now; each manager
// that agrees enters its release, and only then sends its shares; with enough of them that clinic reads, for hours. The patient and the
// supervision centre see every step in the blocks that they follow. What was read cannot be taken back; the shares go when the time is over.
import { AppError, type ItemId, type PartyId, type RecordId, ID_BYTES, MAX_REASON_CHARS, toHex } from '../base/index.ts';
import type { EmergencyCommands, EmergencyView, OpenedRecord } from '../api.ts';
import { type Decoded, struct, uint } from '../codec/index.ts';
import { recordId } from '../contracts/index.ts';
import type { EmergencyRow } from '../ledger/index.ts';
import { act } from './acting.ts';
import type { Reception } from './box-reader.ts';
import { Errand, type Progress } from './errand.ts';
import type { FinalVersion } from './facts.ts';
import type { LetterContent } from './letter.ts';
import type { ManagersCopying } from './managers-copying.ts';
import type { ManagerDays } from './managers-days.ts';
import { EMERGENCY_LIFETIME_MS, MAX_SHOWN_EMERGENCIES } from './managers-limits.ts';
import type { ManagersChoice } from './managers-option.ts';
import { givenByManagers, manifestFrom, ownShares } from './managers-shares.ts';
import type { PrivateTable } from './private-notes.ts';
import type { Reading } from './reading.ts';
import { type Workplace, typed } from './workplace.ts';

/** Shares that came for an emergency of this clinic. */
const note = struct({ record: recordId, untilMs: uint(), given: givenByManagers });
type Note = Decoded<typeof note>;
type SharesLetter = Extract<LetterContent, { kind: 'emergency-shares' }>;

export interface EmergencyTools {
  readonly choice: ManagersChoice;
  readonly days: ManagerDays;
  readonly copying: ManagersCopying;
  readonly reading: Reading;
}

export class Emergencies {
  readonly commands: EmergencyCommands;
  private readonly work: Workplace;
  private readonly tools: EmergencyTools;
  private readonly table: PrivateTable<Note>;
  private readonly errand: Errand;
  private notes: ReadonlyMap<string, Note> = new Map();

  constructor(work: Workplace, tools: EmergencyTools) {
    this.work = work;
    this.tools = tools;
    this.table = work.table('care-emergencies', note);
    this.errand = new Errand('emergencies', work.environment, () => this.expire());
    this.commands = {
      ask: (record, cause, words) => this.ask(record, cause, words),
      release: (id) => this.release(id),
      read: (id) => this.read(id),
      review: (id, verdict, words) => this.review(id, verdict, words),
    };
  }

  async load(): Promise<void> {
    this.notes = await this.table.all();
    this.errand.kick();
  }

  forget(): void {
    this.notes = new Map();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  /** Shares of a record that is erased (T16). Returns whether there were any. */
  async erase(record: RecordId): Promise<boolean> {
    const gone = [...this.notes].filter(([, kept]) => kept.record === record).map(([id]) => id);
    for (const id of gone) await this.drop(id);
    return gone.length > 0;
  }

  /** Those of this patient, of this clinic, before this manager, and all for a supervision centre; newest first. */
  view(): readonly EmergencyView[] {
    const { environment } = this.work;
    const isCentre = environment.authority() !== null;
    const manager = this.isManager();
    const shown: EmergencyView[] = [];
    for (const row of environment.channel.projection().emergencies.newestFirst()) {
      const concerns = row.by === environment.party || row.patient === environment.party || isCentre || manager;
      if (concerns && shown.length < MAX_SHOWN_EMERGENCIES) shown.push(this.viewOf(row, manager));
    }
    return shown;
  }

  /** Only managers that released on the ledger are believed. */
  async receive(from: PartyId, { emergency, shares }: SharesLetter): Promise<Reception> {
    const row = this.row(emergency);
    if (row === undefined) return 'later';
    if (row.by !== this.work.environment.party || this.isOver(row)) return 'taken';
    if (!row.releases.includes(from)) return 'later';
    const known = this.notes.get(emergency) ?? { record: row.record, untilMs: row.untilMs, given: [] };
    if (known.given.some(({ manager }) => manager === from)) return 'taken';
    await this.keep(emergency, { ...known, given: [...known.given, { manager: from, shares }] });
    this.errand.kick();
    return 'taken';
  }

  private async ask(record: RecordId, cause: EmergencyView['cause'], words: string): Promise<void> {
    const { person } = this.work.clinic();
    const { environment, facts } = this.work;
    const reason = typed(words, 'The reason', MAX_REASON_CHARS);
    if (this.tools.choice.current() === null) throw noManagers();
    const version = facts.record(record)?.version;
    if (version === undefined) throw unknown();
    const emergency = toHex(environment.randomness.bytes(ID_BYTES)) as ItemId;
    const untilMs = environment.clock.nowMs() + EMERGENCY_LIFETIME_MS;
    await act(environment.channel, environment.clock, person, {
      kind: 'emergency',
      emergency,
      deed: { kind: 'ask', record, version, cause, words: reason, untilMs },
    });
  }

  /** By a manager. The entry is final before a share leaves this browser. */
  private async release(id: string): Promise<void> {
    const { person } = this.work.clinic();
    if (!this.isManager()) throw notManager();
    const { environment } = this.work;
    const row = this.open(id);
    const version = this.version(row);
    const copy = await this.tools.copying.fetch(row.record, row.version);
    const shares = await ownShares(this.work, this.tools.days, copy, version);
    if (!row.releases.includes(environment.party))
      await act(environment.channel, environment.clock, person, { kind: 'emergency', emergency: row.emergency, deed: { kind: 'release' } });
    await this.work.write(row.by, { kind: 'emergency-shares', emergency: row.emergency, shares });
  }

  /** Opens with the shares that came. Throws AppError `too-few-shares`, `emergency-over`, `tampered`. */
  private async read(id: string): Promise<OpenedRecord> {
    this.work.clinic();
    const row = this.open(id);
    const version = this.version(row);
    const copy = await this.tools.copying.fetch(row.record, row.version);
    const given = this.notes.get(row.emergency)?.given ?? [];
    if (row.by !== this.work.environment.party || given.length < copy.threshold) {
      throw new AppError({
        code: 'too-few-shares',
        message: `${copy.threshold} managers are needed; ${given.length} released it to this clinic.`,
        remedy: 'Call the other managers.',
      });
    }
    return this.tools.reading.openWith(version, await manifestFrom(this.work, given, copy, version));
  }

  private async review(id: string, verdict: 'accepted' | 'contested', words: string): Promise<void> {
    const { environment } = this.work;
    const authority = environment.authority();
    if (authority === null)
      throw new AppError({ code: 'not-the-authority', message: 'Only a supervision centre reviews.', remedy: 'Ask it to.' });
    const row = this.row(id);
    if (row === undefined) throw unknown();
    const deed = { kind: 'review' as const, verdict, words: typed(words, 'What the review found', MAX_REASON_CHARS) };
    await act(environment.channel, environment.clock, authority, { kind: 'emergency', emergency: row.emergency, deed });
  }

  /** Shares whose time is over are destroyed. */
  private async expire(): Promise<Progress> {
    if (this.work.environment.person() === null) return 'done';
    const nowMs = this.work.environment.clock.nowMs();
    for (const [id, { untilMs }] of [...this.notes]) if (nowMs >= untilMs) await this.drop(id);
    const next = Math.min(...[...this.notes.values()].map(({ untilMs }) => untilMs));
    return Number.isFinite(next) ? Math.max(1, next - nowMs) : 'done';
  }

  private viewOf(row: EmergencyRow, manager: boolean): EmergencyView {
    const { environment, facts } = this.work;
    const { party } = environment;
    const own = row.by === party;
    const given = this.notes.get(row.emergency)?.given.length ?? 0;
    const needed = this.tools.choice.current()?.threshold ?? null;
    const over = this.isOver(row) || facts.isErased(row.record);
    return {
      id: row.emergency,
      record: row.record,
      version: row.version,
      cause: row.cause,
      words: row.words,
      byName: facts.nameOf(row.by),
      own,
      aboutSelf: row.patient === party,
      atMs: row.timestampMs,
      untilMs: row.untilMs,
      height: row.height,
      releasedBy: row.releases.map((released) => facts.nameOf(released)),
      needed,
      state: over ? 'over' : own && needed !== null && given >= needed ? 'ready' : 'open',
      mayRelease: manager && !own && !over && !row.releases.includes(party),
      review: row.review === null ? null : { ...row.review, byName: facts.nameOf(row.review.by) },
    };
  }

  private isManager(): boolean {
    return this.tools.choice.current()?.managers.includes(this.work.environment.party) === true;
  }

  private isOver({ untilMs }: EmergencyRow): boolean {
    return this.work.environment.clock.nowMs() >= untilMs;
  }

  private row(id: string): EmergencyRow | undefined {
    return this.work.environment.channel.projection().emergencies.get(id as ItemId);
  }

  private open(id: string): EmergencyRow {
    const row = this.row(id);
    if (row === undefined) throw unknown();
    if (!this.isOver(row)) return row;
    throw new AppError({
      code: 'emergency-over',
      message: 'The time of this emergency is over.',
      remedy: 'Ask the patient for access, or state another emergency.',
    });
  }

  private version({ record, version }: EmergencyRow): FinalVersion {
    const final = this.work.facts.version(record, version);
    if (final === null) throw unknown();
    return final;
  }

  private async keep(id: string, kept: Note): Promise<void> {
    await this.table.put(id, kept);
    this.notes = new Map(this.notes).set(id, kept);
    this.work.environment.changed();
  }

  private async drop(id: string): Promise<void> {
    await this.table.delete(id);
    const rest = new Map(this.notes);
    rest.delete(id);
    this.notes = rest;
    this.work.environment.changed();
  }
}

function unknown(): AppError {
  return new AppError({ code: 'unknown-emergency', message: 'There is no such record or emergency.', remedy: 'Reload the page.' });
}

function notManager(): AppError {
  return new AppError({
    code: 'not-a-manager',
    message: 'This clinic is no manager of this consortium.',
    remedy: 'Ask the supervision centre.',
  });
}

function noManagers(): AppError {
  return new AppError({
    code: 'no-managers',
    message: 'This consortium has named no managers: nobody can release a record without its patient.',
    remedy: 'Ask the patient, or the clinic that wrote the record.',
  });
}
