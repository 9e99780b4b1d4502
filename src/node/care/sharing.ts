// Access that a patient gives (P3-24, P3-25) and a clinic asks for. The grant is final first; then her tab hands the proxies their pieces
// (P3-10), which also serve later versions that she confirms while the grant lives and the epoch lasts, with her tab closed. What has no
// capsules that she signed (no reading keys then, or not confirmed) is wrapped for the grantee by her tab. After its end nothing more is.
import { AppError, type GrantId, type PartyId, type RecordId, ID_BYTES, MAX_REASON_CHARS, isRejection, toHex } from '../base/index.ts';
import type { Certificate, SensitivityClass } from '../contracts/index.ts';
import type { GrantRow, VersionRow } from '../ledger/index.ts';
import { CLASS_ORDER, type Manifest } from '../records/index.ts';
import { act } from './acting.ts';
import type { Reception } from './box-reader.ts';
import type { Delegating } from './delegating.ts';
import { Errand, type Progress } from './errand.ts';
import type { FinalVersion } from './facts.ts';
import type { Involved } from './involved.ts';
import type { SignedReceipt } from './proxy-formats.ts';
import { wrapForGrantee } from './sealing.ts';
import { type Workplace, typed } from './workplace.ts';

const DELIVERED = 'care-delivered';

export interface GrantWish {
  readonly record: RecordId;
  readonly grantee: PartyId;
  readonly purpose: string;
  readonly untilMs: number;
}

export class Sharing {
  private readonly work: Workplace;
  private readonly errand: Errand;
  private readonly involved: Involved;
  private readonly delegating: Delegating;
  /** Versions whose keys the keepers have, or, for a grantee, are said to have. Nothing in it is private: it follows from the ledger. */
  private readonly delivered = new Map<GrantId, Set<number>>();

  constructor(work: Workplace, involved: Involved, delegating: Delegating) {
    this.work = work;
    this.involved = involved;
    this.delegating = delegating;
    this.errand = new Errand('deliver-keys', work.environment, () => this.deliverAll());
  }

  async load(): Promise<void> {
    for (const [key] of await this.work.environment.notes.entries(DELIVERED)) {
      const [grant = '', version = ''] = key.split('/');
      this.note(grant as GrantId, Number(version));
    }
  }

  kick(): void {
    if (this.work.environment.role === 'patient' && this.work.environment.person() !== null) this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  isDelivered(grant: GrantId): boolean {
    return this.delivered.has(grant);
  }

  async grant(wish: GrantWish): Promise<void> {
    await this.give(wish, null);
  }

  async approve(request: GrantId): Promise<void> {
    const row = this.openRequest(request);
    await this.give({ record: row.record, grantee: row.requester, purpose: row.purpose, untilMs: row.untilMs }, request);
  }

  async decline(request: GrantId): Promise<void> {
    const { person } = this.work.patient();
    this.openRequest(request);
    await act(this.work.environment.channel, this.work.environment.clock, person, { kind: 'decline', request });
  }

  async revoke(grant: GrantId): Promise<void> {
    const { person } = this.work.patient();
    await act(this.work.environment.channel, this.work.environment.clock, person, { kind: 'end-grant', grant });
  }

  /** By a clinic that would read. Resolves when the request is final. */
  async request(record: RecordId, purpose: string, untilMs: number): Promise<void> {
    const { person } = this.work.clinic();
    const { facts, environment } = this.work;
    const head = facts.record(record);
    if (head === null)
      throw new AppError({ code: 'unknown-record', message: 'There is no such record on the ledger.', remedy: 'Reload the page.' });
    const words = typed(purpose, 'The purpose', MAX_REASON_CHARS);
    const request = toHex(environment.randomness.bytes(ID_BYTES)) as GrantId;
    await act(environment.channel, environment.clock, person, {
      kind: 'request',
      request,
      patient: head.patient,
      record,
      purpose: words,
      untilMs,
    });
  }

  /** A grantee learns that it can read. */
  async receiveDelivered(grant: GrantId, version: number): Promise<'taken'> {
    await this.remember(grant, version);
    return 'taken';
  }

  /** A proxy signed that it holds its pieces, or has deleted them. */
  async receiveReceipt(from: PartyId, receipt: SignedReceipt): Promise<Reception> {
    const reception = await this.delegating.receive(from, receipt);
    this.kick();
    return reception;
  }

  private openRequest(request: GrantId): NonNullable<ReturnType<Workplace['facts']['request']>> {
    const row = this.work.facts.request(request);
    if (row?.patient === this.work.environment.party && row.answer === 'open') return row;
    throw new AppError({ code: 'already-answered', message: 'This request is not open any more.', remedy: 'Reload the page.' });
  }

  private async give(wish: GrantWish, answers: GrantId | null): Promise<void> {
    const { person } = this.work.patient();
    const { facts, environment } = this.work;
    const row = facts.recordRow(wish.record);
    if (row?.patient !== person.party)
      throw new AppError({ code: 'not-the-patient', message: 'This is not your record.', remedy: 'Only its patient shares a record.' });
    const grantee = facts.certified(wish.grantee, 'The clinic');
    if (grantee.subject === row.clinic) {
      throw new AppError({
        code: 'own-record',
        message: `${grantee.name} wrote this record and can read it already.`,
        remedy: 'Choose another clinic.',
      });
    }
    const nowMs = environment.clock.nowMs();
    if (wish.untilMs <= nowMs)
      throw new AppError({
        code: 'bad-period',
        message: 'The access would be over before it begins.',
        remedy: 'Choose a date in the future.',
      });
    await act(environment.channel, environment.clock, person, {
      kind: 'grant',
      grant: toHex(environment.randomness.bytes(ID_BYTES)) as GrantId,
      grantee: wish.grantee,
      record: wish.record,
      classes: classesOf(row.versions),
      actions: ['read'],
      purpose: typed(wish.purpose, 'The purpose', MAX_REASON_CHARS),
      // A block may be dated a little before this clock.
      fromMs: Math.min(nowMs, environment.channel.ledger().head.timestampMs),
      untilMs: wish.untilMs,
      answers,
    });
    this.errand.kick();
  }

  /** Everything that live grants cover and the grantees lack. */
  private async deliverAll(): Promise<Progress> {
    if (this.work.environment.person() === null) return 'done';
    let progress: Progress = 'done';
    for (const grant of this.involved.grants()) {
      if (grant.patient !== this.work.environment.party || this.work.facts.grantRefusal(grant) !== null) continue;
      if (!(await this.tried(() => this.delegating.renew(grant)))) progress = 'later';
      for (const version of this.versionsFor(grant)) if (!(await this.tried(() => this.deliver(grant, version)))) progress = 'later';
    }
    return progress;
  }

  /** What the grant was given for, and what she has confirmed since. */
  private versionsFor(grant: GrantRow): readonly FinalVersion[] {
    const row = this.work.facts.recordRow(grant.record);
    return (row?.versions ?? [])
      .filter((entry) => this.delivered.get(grant.grant)?.has(entry.version) !== true)
      .filter((entry) => isCovered(grant, entry))
      .map((entry) => this.work.facts.version(grant.record, entry.version))
      .filter((version) => version !== null);
  }

  private async tried(work: () => Promise<boolean>): Promise<boolean> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.work.environment.log.debug('keys-not-delivered', { code: error.code });
      return false;
    }
  }

  private async deliver(grant: GrantRow, version: FinalVersion): Promise<boolean> {
    const { facts, custody } = this.work;
    const grantee = facts.certificateOf(grant.grantee);
    if (grantee === null) return true;
    const manifest = await custody.manifest(version, null, 0);
    const epoch = this.delegating.epochFor(grant, version, manifest);
    // A version may have only classes that were unknown when the grant was made.
    if (!version.classes.some((each) => grant.classes.includes(each))) return this.remember(grant.grant, version.version);
    const served = epoch === null ? await this.wrap(grant, version, manifest, grantee) : await this.delegating.serves(grant, epoch);
    if (!served) return false;
    await this.remember(grant.grant, version.version);
    await this.work.write(grant.grantee, { kind: 'keys-delivered', grant: grant.grant, record: version.record, version: version.version });
    return true;
  }

  /** Part keys wrapped for the grantee, at as many keepers as the channel wants. */
  private async wrap(grant: GrantRow, version: FinalVersion, manifest: Manifest, grantee: Certificate): Promise<boolean> {
    const { facts, custody, environment, keepers } = this.work;
    const wraps = await wrapForGrantee(environment.keyWrap, manifest, version, this.work.person(), grantee, grant.classes);
    if (isRejection(wraps)) throw new AppError({ code: wraps.reason, message: wraps.detail, remedy: 'Try again with another keeper.' });
    const holders = await custody.addWraps(version, wraps);
    return holders.length >= Math.min(facts.copies(), keepers.count());
  }

  private async remember(grant: GrantId, version: number): Promise<true> {
    this.note(grant, version);
    await this.work.environment.notes.put(DELIVERED, `${grant}/${version}`, new Uint8Array());
    this.work.environment.changed();
    return true;
  }

  private note(grant: GrantId, version: number): void {
    this.delivered.set(grant, (this.delivered.get(grant) ?? new Set()).add(version));
  }
}

/** What a grant was given for: versions that were there, and later ones that the patient has confirmed. */
export function isCovered(grant: GrantRow, version: VersionRow): boolean {
  return version.height <= grant.height || version.status === 'confirmed';
}

function classesOf(versions: readonly VersionRow[]): readonly SensitivityClass[] {
  const found = new Set(versions.flatMap((version) => version.classes));
  return CLASS_ORDER.filter((each) => found.has(each));
}
