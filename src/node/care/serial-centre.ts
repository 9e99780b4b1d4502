// The supervision centre's part in serial numbers (T13): has the linked keepers make a key together, signs what they agree on, hands it
// out, and reads the holders' audits. It passes dealings on and sees no share that it does not hold itself; a holder that deals falsely or
// is silent ends the making, with its name.
import { AppError, type PartyId, assert, isRejection } from '../base/index.ts';
import type { SerialAuditView } from '../api.ts';
import type { Codec } from '../codec/index.ts';
import { equalBytes } from '../codec/index.ts';
import type { Addressee } from './desk.ts';
import { Errand, type Progress } from './errand.ts';
import { locked } from './private-notes.ts';
import { done } from './requests.ts';
import { holdersOf } from './serial-asking.ts';
import { type SeenAudit, extendAudit, seenAudit } from './serial-audit-reader.ts';
import {
  type SerialKey,
  type SerialPlan,
  SERIAL_REQUESTS,
  auditAnswer,
  auditWish,
  auditWishBytes,
  dealings,
  dealt,
  heldAnswer,
  keyBytes,
  planBytes,
  published,
  signedPlan,
  transcriptOf,
} from './serial-formats.ts';
import type { SerialKeys } from './serial-keys.ts';
import { MAX_SERIAL_HOLDERS, SERIAL_SETTLE_MS, SERIAL_SET_UP_TIMEOUT_MS } from './serial-limits.ts';
import type { PrivateTable } from './private-notes.ts';
import type { Workplace } from './workplace.ts';

type Authority = NonNullable<ReturnType<Workplace['environment']['authority']>>;

export class SerialCentre {
  private readonly work: Workplace;
  private readonly keys: SerialKeys;
  private readonly automatic: boolean;
  private readonly errand: Errand;
  private readonly seen: PrivateTable<SeenAudit>;
  /** Since when the same keepers are linked. */
  private steady: { readonly keepers: string; readonly sinceMs: number } | null = null;

  /** `automatic`: the demonstration's centre makes a key without a person. */
  constructor(work: Workplace, keys: SerialKeys, automatic: boolean) {
    this.work = work;
    this.keys = keys;
    this.automatic = automatic;
    this.errand = new Errand('serial-set-up', work.environment, () => this.run());
    this.seen = work.table('care-serial-audits', seenAudit);
  }

  kick(): void {
    if (this.automatic && this.work.environment.authority() !== null) this.errand.kick();
  }

  stop(): Promise<void> {
    return this.errand.stop();
  }

  /** Who would hold a key that is made now. */
  candidates(): readonly PartyId[] {
    return this.work.keepers
      .linked()
      .slice(0, MAX_SERIAL_HOLDERS)
      .map(({ party }) => party);
  }

  /** Makes a new key; every serial number changes. Throws AppError `not-the-authority`, `locked`, `no-holders`, `holder-failed`. */
  async setUp(): Promise<void> {
    const authority = this.authority();
    const holders = this.work.keepers.linked().slice(0, MAX_SERIAL_HOLDERS);
    if (holders.length === 0) {
      throw new AppError({ code: 'no-holders', message: 'No member that keeps for others is linked.', remedy: 'Wait until one is.' });
    }
    const plan: SerialPlan = {
      domain: 'clinicord/serial-plan/1',
      channel: this.work.facts.channelId,
      authority: authority.party,
      madeMs: this.work.environment.clock.nowMs(),
      threshold: Math.floor(holders.length / 2) + 1,
      holders: holders.map(({ party }) => party),
    };
    const key = await this.make(authority, plan, holders);
    const refused = await this.keys.take(key);
    if (refused !== null) throw failed('The new key', refused.detail);
    await this.publish(key);
  }

  /** New entries of every holder's audit, added to what was read before. */
  async audits(): Promise<readonly SerialAuditView[]> {
    const authority = this.authority();
    const current = this.keys.current();
    if (current === null) return [];
    return Promise.all(holdersOf(this.work, current.key).map(({ party, addressee }) => this.audit(authority, party, addressee)));
  }

  private async make(authority: Authority, plan: SerialPlan, holders: readonly Addressee[]): Promise<SerialKey> {
    const signed = { plan, signature: await authority.signer.sign(planBytes(plan)) };
    const all = await this.askAll(holders, SERIAL_REQUESTS.deal, signedPlan, dealt, signed);
    const answers = await this.askAll(holders, SERIAL_REQUESTS.hold, dealings, heldAnswer, { signed, all });
    const [first] = answers;
    assert(first !== undefined, 'a key has a holder');
    const { commitments } = first;
    const other = answers.findIndex((answer) => !equalBytes(answer.commitments, commitments));
    if (other >= 0) throw failed(this.nameOf(holders, other), 'it found another key than the others');
    const body = { plan, transcript: transcriptOf(all), commitments };
    return { ...body, held: answers.map(({ signature }) => signature), signature: await authority.signer.sign(keyBytes(body)) };
  }

  /** The same of all holders, in their order. */
  private askAll<Asked, Answer>(
    holders: readonly Addressee[],
    kind: string,
    asked: Codec<Asked>,
    answer: Codec<Answer>,
    request: Asked,
  ): Promise<readonly Answer[]> {
    return Promise.all(
      holders.map(async (holder, index) => {
        try {
          return await this.work.desk.ask(holder, kind, asked, answer, request, SERIAL_SET_UP_TIMEOUT_MS);
        } catch (error) {
          if (error instanceof AppError) throw failed(this.nameOf(holders, index), error.message);
          throw error;
        }
      }),
    );
  }

  /** Whoever is away asks for it when it is back. */
  private async publish(key: SerialKey): Promise<void> {
    const { desk, keepers, environment } = this.work;
    for (const keeper of keepers.others()) {
      try {
        await desk.ask(keeper, SERIAL_REQUESTS.publish, published, done, { key });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        environment.log.debug('serial-key-not-published', { code: error.code });
      }
    }
  }

  private async audit(authority: Authority, holder: PartyId, addressee: Addressee | null): Promise<SerialAuditView> {
    const { environment, facts } = this.work;
    let seen = (await this.seen.get(holder)) ?? null;
    let trouble: string | null = addressee === null ? 'It is not connected; this is what was read before.' : null;
    while (addressee !== null && trouble === null) {
      const from = seen?.next ?? 0;
      try {
        const atMs = environment.clock.nowMs();
        const signature = await authority.signer.sign(auditWishBytes(facts.channelId, holder, from, atMs));
        const wish = { authority: authority.party, from, atMs, signature };
        const answer = await this.work.desk.ask(addressee, SERIAL_REQUESTS.audit, auditWish, auditAnswer, wish);
        const extended = extendAudit(seen, answer);
        if (isRejection(extended)) {
          trouble = extended.detail;
        } else {
          seen = extended;
          await this.seen.put(holder, seen);
          if (seen.next >= answer.next || answer.entries.length === 0) break;
        }
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        trouble = error.message;
      }
    }
    const clinics = (seen?.clinics ?? []).map((row) => ({ ...row, name: facts.nameOf(row.party) }));
    return { holder, name: facts.nameOf(holder), trouble, clinics };
  }

  private async run(): Promise<Progress> {
    await this.keys.learn();
    const { environment, keepers } = this.work;
    if (environment.authority() === null || this.keys.current() !== null) return 'done';
    const { configuration, settings } = environment.channel.ledger();
    const archives = configuration.members.filter(({ kind }) => kind === 'archive').length;
    const linked = keepers.linked();
    if (archives < settings.copies || linked.length < keepers.count()) return 'done';
    const names = linked.map(({ party }) => party).join();
    const nowMs = environment.clock.nowMs();
    if (this.steady?.keepers !== names) this.steady = { keepers: names, sinceMs: nowMs };
    const waitMs = this.steady.sinceMs + SERIAL_SETTLE_MS - nowMs;
    if (waitMs > 0) return waitMs;
    await this.setUp();
    return 'done';
  }

  private nameOf(holders: readonly Addressee[], index: number): string {
    const party = holders[index]?.party;
    return party === undefined ? 'A holder' : this.work.facts.nameOf(party);
  }

  private authority(): Authority {
    const authority = this.work.environment.authority();
    if (authority === null) {
      throw new AppError({
        code: 'not-the-authority',
        message: 'This page is no supervision centre, or it is locked.',
        remedy: 'Use the supervision centre’s own page, unlocked.',
      });
    }
    if (this.work.environment.person() === null) throw locked();
    return authority;
  }
}

function failed(who: string, why: string): AppError {
  return new AppError({
    code: 'holder-failed',
    message: `No key was made. ${who}: ${why}`,
    remedy: 'Wait until every holder is connected and unlocked, then try again.',
  });
}
