// Erasing a record (T16, P3-13; design, step 8). The patient's order is final on the ledger first. Then every node that has something of the
// record destroys it: keepers salt, wraps, capsules, search tags, managers' copies and sealed parts; its clinic its own copy, file keys and
// drafts; readers what they fetched. Whoever was away does so when it comes back. Keepers, the clinic and whoever else had something say so
// by a receipt on the ledger. What a reader has seen or copied elsewhere, nobody can destroy.
import { AppError, type PartyId, type RecordId } from '../base/index.ts';
import type { ErasureView } from '../api.ts';
import type { RecordRow } from '../ledger/index.ts';
import { act } from './acting.ts';
import { Errand, type Progress } from './errand.ts';
import type { Files } from './files.ts';
import { Changes } from './involved.ts';
import type { Keeping } from './keeping.ts';
import type { ManagersCopies } from './managers-copies.ts';
import type { Patients } from './patients.ts';
import type { Reading } from './reading.ts';
import type { Searching } from './searching.ts';
import { heldBy } from './traces.ts';
import type { Verdicts } from './verdicts.ts';
import type { Workplace } from './workplace.ts';

/** Where something of a record may lie on this node. */
export interface Places {
  readonly keeping: Keeping;
  readonly searching: Searching;
  readonly managers: ManagersCopies;
  readonly files: Files;
  readonly reading: Reading;
  readonly patients: Patients;
  readonly verdicts: Verdicts;
}

export class Erasing {
  private readonly work: Workplace;
  private readonly places: Places;
  private readonly errand: Errand;
  private changes = new Changes();
  /** Ordered, and not yet done and said here. */
  private readonly waiting = new Map<RecordId, RecordRow>();
  /** Of these something was here in this visit: a receipt is owed even by who need not keep anything. */
  private readonly found = new Set<RecordId>();

  constructor(work: Workplace, places: Places) {
    this.work = work;
    this.places = places;
    this.errand = new Errand('erase', work.environment, () => this.run());
  }

  kick(): void {
    this.errand.kick();
  }

  /** What is sealed for the person can be destroyed now, and receipts signed. */
  unlocked(): void {
    this.changes = new Changes();
    this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  /** By its patient. Resolves when the order is final; the destruction follows, and `erasureOf` tells how far it is. Throws AppError. */
  async order(record: RecordId): Promise<void> {
    const { person } = this.work.patient();
    const { facts, environment } = this.work;
    if (facts.recordRow(record)?.patient !== person.party)
      throw new AppError({ code: 'not-the-patient', message: 'This is not your record.', remedy: 'Only its patient has a record erased.' });
    await act(environment.channel, environment.clock, person, { kind: 'erasure', record, deed: { kind: 'order' } });
    this.errand.kick();
  }

  private async run(): Promise<Progress> {
    for (const row of this.changes.since(this.work.environment.channel.projection())) {
      if (row.erased !== null) this.waiting.set(row.record, row);
    }
    let progress: Progress = 'done';
    for (const row of [...this.waiting.values()]) {
      if (!(await this.tried(row))) progress = 'later';
    }
    return progress;
  }

  private async tried(row: RecordRow): Promise<boolean> {
    try {
      if (await this.destroy(row)) this.found.add(row.record);
      // Sealed notes and the receipt wait for the person; `unlocked` begins anew.
      if (this.work.environment.person() !== null) await this.leaveReceipt(row);
      this.waiting.delete(row.record);
      return true;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.work.environment.log.debug('not-erased-yet', { code: error.code });
      return false;
    }
  }

  /** Returns whether anything was here. */
  private async destroy({ record, patient }: RecordRow): Promise<boolean> {
    const { keeping, searching, managers, files, reading, patients, verdicts } = this.places;
    // The tags' entries are checked against the manifest, so they go before it.
    await searching.erase(record);
    const shares = await managers.erase(record);
    let found = await keeping.eraseRecord(record);
    if (this.work.environment.person() === null) return found || shares;
    const lists = await this.work.traces.erase(record);
    if (lists !== null) {
      await files.erase(lists);
      reading.erase(lists);
    }
    found ||= lists !== null || shares;
    await patients.eraseDraft(patient, record);
    await verdicts.erase(record);
    return found;
  }

  private async leaveReceipt({ record, clinic }: RecordRow): Promise<void> {
    const { environment, facts } = this.work;
    const { party, role } = environment;
    const owed = environment.isKeeper() || party === clinic || this.found.has(record);
    const said = facts.recordRow(record)?.erased?.receipts.some((receipt) => receipt.party === party) === true;
    if (!owed || said || role === 'patient' || facts.certificateOf(party) === null) return;
    await act(environment.channel, environment.clock, this.work.person(), { kind: 'erasure', record, deed: { kind: 'receipt' } });
  }
}

/** How far an erasure is, as everybody reads it from the ledger. */
export function erasureOf({ facts }: Workplace, { clinic, erased }: RecordRow): ErasureView | null {
  if (erased === null) return null;
  const keepers = facts.keepers();
  const said = new Map(erased.receipts.map((receipt) => [receipt.party, receipt]));
  const holders = heldBy(keepers, clinic, [...said.keys()]).map((party: PartyId) => ({
    party,
    name: facts.nameOf(party),
    keeper: keepers.includes(party),
    destroyedMs: said.get(party)?.timestampMs ?? null,
  }));
  return { orderedMs: erased.timestampMs, height: erased.height, holders };
}
