// Guardians (design: Keys, T23): certified parties, each with one share of a key that opens somebody's sealed root. Two roles in
// one part, because everybody may have both: the person who appoints guardians, and the guardian who holds shares of others
// in its own sealed table. A share leaves a guardian only by its person's own deed, towards a request whose words were compared.
// This part never holds a root secret and never joins shares.
import { AppError, type PartyId, ID_BYTES, MAX_NAME_CHARS, toHex } from '../base/index.ts';
import type { GuardianPlanView, WardView } from '../api.ts';
import { type Decoded, boundedBytes, list, oneOf, struct, text, uint } from '../codec/index.ts';
import { partyId } from '../contracts/index.ts';
import type { Reception } from './box-reader.ts';
import type { KeyRequest } from './key-request.ts';
import { type LetterContent, type PlanId, newLetterId, planId, writeLetter } from './letter.ts';
import { MAX_ANSWER_COPIES, MAX_ESTATE_BYTES, MAX_GUARDIANS, MAX_SHARE_BYTES, MAX_WARDS } from './limits.ts';
import type { PrivateTable } from './private-notes.ts';
import { REQUEST_KINDS, done, post } from './requests.ts';
import type { Workplace } from './workplace.ts';

const ONLY = 'only';

const guardianNote = struct({
  party: partyId,
  share: boundedBytes(MAX_SHARE_BYTES),
  state: oneOf('sent', 'held', 'ended'),
  atMs: uint(),
});
/** Her own plan, with all shares, so that one can be sent again: whoever reads this has the root anyway. */
const planNote = struct({
  plan: planId,
  threshold: uint(MAX_GUARDIANS),
  name: text(MAX_NAME_CHARS),
  estate: boundedBytes(MAX_ESTATE_BYTES),
  madeMs: uint(),
  guardians: list(guardianNote, MAX_GUARDIANS),
});
type PlanNote = Decoded<typeof planNote>;

/** What a guardian holds. */
const wardNote = struct({
  ward: partyId,
  plan: planId,
  madeMs: uint(),
  threshold: uint(MAX_GUARDIANS),
  guardians: uint(MAX_GUARDIANS),
  name: text(MAX_NAME_CHARS),
  share: boundedBytes(MAX_SHARE_BYTES),
  estate: boundedBytes(MAX_ESTATE_BYTES),
  sinceMs: uint(),
});
type WardNote = Decoded<typeof wardNote>;

type Content<Kind extends LetterContent['kind']> = Extract<LetterContent, { kind: Kind }>;

/** Shares that were made for a person's guardians. */
export interface Appointment {
  readonly threshold: number;
  /** As the guardians will know her. */
  readonly name: string;
  readonly estate: Uint8Array;
  readonly shares: readonly { readonly party: PartyId; readonly share: Uint8Array }[];
}

export class Guardians {
  private readonly work: Workplace;
  private readonly plans: PrivateTable<PlanNote>;
  private readonly table: PrivateTable<WardNote>;
  private plan: PlanNote | null = null;
  private wards: ReadonlyMap<PartyId, WardNote> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.plans = work.table('care-guardian-plan', planNote);
    this.table = work.table('care-wards', wardNote);
  }

  async load(): Promise<void> {
    this.plan = await this.plans.get(ONLY);
    this.wards = new Map([...(await this.table.all()).values()].map((note) => [note.ward, note]));
  }

  forget(): void {
    this.plan = null;
    this.wards = new Map();
  }

  view(): { readonly guardians: GuardianPlanView | null; readonly wards: readonly WardView[] } {
    const { plan, work } = this;
    return {
      guardians: plan && {
        threshold: plan.threshold,
        madeMs: plan.madeMs,
        guardians: plan.guardians.map(({ party, state, atMs }) => ({ party, name: work.facts.nameOf(party), state, atMs })),
      },
      wards: [...this.wards.values()].map(({ ward, name, threshold, guardians, sinceMs }) => ({
        party: ward,
        name,
        threshold,
        guardians,
        sinceMs,
      })),
    };
  }

  /** Throws AppError `unfit-guardian` for who cannot be one. */
  refuseUnfit(parties: readonly PartyId[]): void {
    for (const party of parties) {
      const { role } = this.work.facts.certified(party, 'A guardian');
      const fit = party !== this.work.environment.party && (role === 'clinic' || role === 'patient');
      if (!fit) throw unfit();
    }
  }

  /** Keeps the new plan and sends its shares; guardians of the one before that are not in it are told that it has ended. */
  async appoint({ threshold, name, estate, shares }: Appointment): Promise<void> {
    const { clock, randomness } = this.work.environment;
    const nowMs = clock.nowMs();
    const before = this.plan;
    const guardians = shares.map(({ party, share }) => ({ party, share, state: 'sent' as const, atMs: nowMs }));
    const plan = { plan: toHex(randomness.bytes(ID_BYTES)) as PlanId, threshold, name, estate, madeMs: nowMs, guardians };
    await this.keepPlan(plan);
    await this.send(plan);
    if (before !== null) await this.end(before, new Set(shares.map(({ party }) => party)));
  }

  /** Sends every share again: who lost it has it again, and who holds it says so. */
  async check(): Promise<void> {
    const { plan } = this;
    if (plan === null) throw noGuardians();
    const nowMs = this.work.environment.clock.nowMs();
    const asked = { ...plan, guardians: plan.guardians.map((guardian) => ({ ...guardian, state: 'sent' as const, atMs: nowMs })) };
    await this.keepPlan(asked);
    await this.send(asked);
  }

  async dismiss(): Promise<void> {
    const { plan } = this;
    if (plan === null) throw noGuardians();
    await this.end(plan, new Set());
    await this.plans.delete(ONLY);
    this.plan = null;
    this.work.environment.changed();
  }

  async stopGuarding(ward: PartyId): Promise<void> {
    const note = this.ward(ward);
    await this.drop(ward);
    await this.work.write(ward, { kind: 'guardian-receipt', plan: note.plan, held: false });
  }

  /** A share for this guardian. It takes the place of any share that it held for the same person. */
  async receiveShare(from: PartyId, content: Content<'guardian-share'>): Promise<Reception> {
    const { environment } = this.work;
    if (this.wards.size >= MAX_WARDS && !this.wards.has(from)) {
      environment.log.warn('too-many-wards');
      return 'taken';
    }
    // An older plan's share that a keeper brings once more must not take the newer one's place.
    if ((this.wards.get(from)?.madeMs ?? 0) > content.madeMs) return 'taken';
    const { kind: _, ...rest } = content;
    const note: WardNote = { ...rest, ward: from, sinceMs: environment.clock.nowMs() };
    await this.table.put(from, note);
    this.wards = new Map(this.wards).set(from, note);
    environment.changed();
    await this.work.write(from, { kind: 'guardian-receipt', plan: content.plan, held: true });
    return 'taken';
  }

  async receiveReceipt(from: PartyId, { plan, held }: Content<'guardian-receipt'>): Promise<Reception> {
    const current = this.plan;
    if (current?.plan !== plan) return 'taken';
    const atMs = this.work.environment.clock.nowMs();
    const state = held ? ('held' as const) : ('ended' as const);
    await this.keepPlan({
      ...current,
      guardians: current.guardians.map((guardian) => (guardian.party === from ? { ...guardian, state, atMs } : guardian)),
    });
    return 'taken';
  }

  async receiveEnd(from: PartyId, { plan }: Content<'guardian-end'>): Promise<Reception> {
    if (this.wards.get(from)?.plan === plan) await this.drop(from);
    return 'taken';
  }

  /** The guardian's deed: its share, sealed to the key of the request. Throws AppError `unknown-ward`, `unreachable`. */
  async handOut(request: KeyRequest, ward: PartyId): Promise<void> {
    const { plan, threshold, share, estate } = this.ward(ward);
    const certificate = this.work.facts.certified(this.work.environment.party, 'This party');
    await this.answer(request, { kind: 'recovery-share', certificate, ward, plan, threshold, share, estate });
  }

  /** The person's own deed: everything, sealed to the key of her other device's request. */
  async handOver(request: KeyRequest, estate: Uint8Array): Promise<void> {
    const certificate = this.work.facts.certified(this.work.environment.party, 'This party');
    await this.answer(request, { kind: 'handover', certificate, estate });
  }

  private async answer(request: KeyRequest, content: LetterContent): Promise<void> {
    const { letterTools, desk, keepers, environment } = this.work;
    const person = this.work.person();
    const letter = await writeLetter(letterTools, {
      id: newLetterId(environment.randomness),
      to: request.box,
      recipientWrapKey: request.key,
      from: person.party,
      signer: person.signer,
      content,
    });
    let taken = 0;
    for (const keeper of keepers.linked().slice(0, MAX_ANSWER_COPIES)) {
      try {
        await desk.ask(keeper, REQUEST_KINDS.post, post, done, { purpose: 'answer', letter });
        taken += 1;
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        environment.log.debug('answer-not-posted', { code: error.code });
      }
    }
    if (taken === 0) throw unreachable();
  }

  private async send({ plan, madeMs, threshold, name, estate, guardians }: PlanNote): Promise<void> {
    for (const { party, share } of guardians) {
      // Who is certified no longer gets nothing and is shown as not having answered.
      if (this.work.facts.certificateOf(party) === null) continue;
      await this.work.write(party, {
        kind: 'guardian-share',
        plan,
        madeMs,
        threshold,
        guardians: guardians.length,
        name,
        share,
        estate,
      });
    }
  }

  private async end({ plan, guardians }: PlanNote, staying: ReadonlySet<PartyId>): Promise<void> {
    for (const { party } of guardians) {
      if (staying.has(party) || this.work.facts.certificateOf(party) === null) continue;
      await this.work.write(party, { kind: 'guardian-end', plan });
    }
  }

  private ward(party: PartyId): WardNote {
    this.work.person();
    const note = this.wards.get(party);
    if (note !== undefined) return note;
    throw new AppError({
      code: 'unknown-ward',
      message: 'This profile holds no share for that person.',
      remedy: 'Ask which guardians were appointed.',
    });
  }

  private async drop(ward: PartyId): Promise<void> {
    await this.table.delete(ward);
    const rest = new Map(this.wards);
    rest.delete(ward);
    this.wards = rest;
    this.work.environment.changed();
  }

  private async keepPlan(plan: PlanNote): Promise<void> {
    await this.plans.put(ONLY, plan);
    this.plan = plan;
    this.work.environment.changed();
  }
}

function unfit(): AppError {
  return new AppError({
    code: 'unfit-guardian',
    message: 'A guardian is another clinic or patient of this consortium.',
    remedy: 'Choose others.',
  });
}

function noGuardians(): AppError {
  return new AppError({ code: 'no-guardians', message: 'There are no guardians.', remedy: 'Choose some first.' });
}

function unreachable(): AppError {
  return new AppError({
    code: 'unreachable',
    message: 'No member is reached that would pass this on.',
    remedy: 'Wait until this page is connected, then try again.',
  });
}
