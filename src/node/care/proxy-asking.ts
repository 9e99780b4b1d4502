// The reader's end of re-encryption (P3-10, T19): asks the proxies of its grant, checks every answer against the keys on the ledger, and puts
// the part keys together from as many as the patient's plan needs. With fewer it says how many answered and who is missing; a proxy that
// answers falsely is left out and named in the log.
import { AppError, type PartyId, isRejection, toHex } from '../base/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import { type Manifest, type PartCapsules, capsuleContext, refusesCapsules } from '../records/index.ts';
import type { Addressee } from './desk.ts';
import type { FinalVersion } from './facts.ts';
import { FETCH_TIMEOUT_MS, HANDOUT_PATIENCE_MS } from './limits.ts';
import {
  PROXY_REQUESTS,
  type ProxyPlan,
  type ReencryptAnswer,
  type ReencryptWish,
  pieceOf,
  planBytes,
  plansAnswer,
  plansWish,
  reencryptAnswer,
  reencryptWish,
} from './proxy-formats.ts';
import { PROXY_ROUND_MS } from './proxy-limits.ts';
import { delegationOf, refusesPlan } from './proxy-plans.ts';
import type { ReadingKeys } from './reading-keys.ts';
import { type PartKeys, fetchEnvelope } from './sealing.ts';
import type { Workplace } from './workplace.ts';

/** What proxies of one plan have answered. */
interface Answers {
  readonly plan: ProxyPlan;
  readonly byProxy: Map<PartyId, ReencryptAnswer>;
}

/** One reading: who is asked for which version under which grant. */
interface Reading {
  readonly grant: GrantRow;
  readonly version: FinalVersion;
  readonly capsules: PartCapsules;
  readonly wish: ReencryptWish;
  readonly readerSecret: Uint8Array;
  /** Who answered falsely is asked no more. */
  readonly liars: Set<PartyId>;
}

export class ProxyAsking {
  private readonly work: Workplace;
  private readonly keys: ReadingKeys;

  constructor(work: Workplace, keys: ReadingKeys) {
    this.work = work;
    this.keys = keys;
  }

  /** Throws AppError `proxies-missing` where a proxy knows a plan and fewer than its threshold answer now. No entry has been made yet then. */
  async refuseTooFew(grant: GrantRow): Promise<void> {
    const wish = { grant: grant.grant };
    const answered = new Set<PartyId>();
    let newest: ProxyPlan | null = null;
    const ask = async (proxy: Addressee): Promise<void> => {
      const answer = await tried(() => this.work.desk.ask(proxy, PROXY_REQUESTS.plans, plansWish, plansAnswer, wish));
      if (answer === null) return;
      answered.add(proxy.party);
      for (const signed of answer.plans) {
        if ((await refusesPlan(this.work, signed, grant)) === null) newest = newer(newest, signed.plan);
      }
    };
    await Promise.all(this.linked().map(ask));
    const plan = newest as ProxyPlan | null;
    if (plan !== null && plan.proxies.filter((party) => answered.has(party)).length < plan.threshold) throw this.missing(plan, answered);
  }

  /** The keys of the granted classes. Throws AppError `proxies-missing`, `keys-not-delivered`, `tampered`. */
  async keysFor(grant: GrantRow, version: FinalVersion, manifest: Manifest): Promise<PartKeys> {
    const reading = await this.readingOf(grant, version, manifest);
    const { clock, timers } = this.work.environment;
    const untilMs = clock.nowMs() + HANDOUT_PATIENCE_MS;
    const plans = new Map<string, Answers>();
    try {
      for (;;) {
        await this.askRound(reading, plans);
        for (const answers of plans.values()) {
          const keys = answers.byProxy.size >= answers.plan.threshold ? await this.open(reading, answers) : null;
          if (keys !== null) return keys;
        }
        if (clock.nowMs() >= untilMs) throw this.summary(plans);
        await new Promise<void>((resolve) => timers.after(PROXY_ROUND_MS, resolve));
      }
    } finally {
      reading.readerSecret.fill(0);
    }
  }

  private async readingOf(grant: GrantRow, version: FinalVersion, manifest: Manifest): Promise<Reading> {
    const { blobs } = this.work.environment;
    const { capsules, salt } = manifest;
    const found = await fetchEnvelope(blobs, manifest);
    const stray = isRejection(found) ? found : refusesCapsules(capsules, found.envelope);
    if (capsules === null || stray !== null || isRejection(found) || found.commitment !== version.commitment)
      throw new AppError({
        code: 'tampered',
        message: 'What the keepers gave does not match the ledger: the capsules are not those of this version.',
        remedy: 'Try again later: another keeper may hold an undamaged copy. Tell the supervision centre.',
      });
    const envelope = await blobs.get(manifest.envelope, { timeoutMs: FETCH_TIMEOUT_MS });
    const { record } = version;
    const wish = { grant: grant.grant, record, version: version.version, envelope, salt, capsules };
    return { grant, version, capsules, wish, readerSecret: (await this.keys.receivingPair()).secretKey.slice(), liars: new Set() };
  }

  /** Asks every linked keeper that has not answered yet. */
  private async askRound({ grant, capsules, wish, liars }: Reading, plans: Map<string, Answers>): Promise<void> {
    const has = (party: PartyId): boolean => [...plans.values()].some(({ byProxy }) => byProxy.has(party));
    const ask = async (proxy: Addressee): Promise<void> => {
      const answer = await tried(() => this.work.desk.ask(proxy, PROXY_REQUESTS.reencrypt, reencryptWish, reencryptAnswer, wish));
      if (answer === null) return;
      const { plan } = answer.signed;
      const fits = plan.epoch === capsules.epoch && plan.proxies.includes(proxy.party);
      if (!fits || (await refusesPlan(this.work, answer.signed, grant)) !== null) return;
      const name = toHex(planBytes(plan));
      const answers = plans.get(name) ?? { plan, byProxy: new Map<PartyId, ReencryptAnswer>() };
      answers.byProxy.set(proxy.party, answer);
      plans.set(name, answers);
    };
    await Promise.all(
      this.linked()
        .filter(({ party }) => !has(party) && !liars.has(party))
        .map(ask),
    );
  }

  /** Null where answers that do not hold leave too few. */
  private async open(reading: Reading, { plan, byProxy }: Answers): Promise<PartKeys | null> {
    const { grant, version, capsules, readerSecret, liars } = reading;
    const { environment } = this.work;
    const keys = new Map<SensitivityClass, Uint8Array>();
    for (const { class: partClass, capsule, sealedKey } of capsules.parts) {
      const delegation = delegationOf(this.work, grant, capsules.epoch, partClass);
      if (!grant.classes.includes(partClass) || delegation === null) continue;
      const given = [...byProxy].map(([party, { turned }]) => ({
        party,
        fragment: pieceOf(turned, partClass)?.fragment ?? new Uint8Array(),
      }));
      const context = capsuleContext(version, partClass, capsules.epoch);
      const input = { readerSecret, delegation, capsule, ciphertext: sealedKey, context, fragments: given.map(({ fragment }) => fragment) };
      const opened = await environment.schemes.call('umbralOpen', input).done;
      const wrong = isRejection(opened) ? given : opened.wrong.map((index) => given[index]).filter((each) => each !== undefined);
      if (given.length - wrong.length < plan.threshold) {
        for (const { party } of wrong) {
          byProxy.delete(party);
          liars.add(party);
          environment.log.warn('proxy-answered-falsely', { proxy: party });
        }
        return null;
      }
      if (!isRejection(opened)) keys.set(partClass, opened.secret);
    }
    return keys;
  }

  private linked(): readonly Addressee[] {
    return this.work.keepers.linked();
  }

  private summary(plans: ReadonlyMap<string, Answers>): AppError {
    const best = [...plans.values()].sort((a, b) => b.byProxy.size - a.byProxy.size)[0];
    if (best !== undefined) return this.missing(best.plan, new Set(best.byProxy.keys()));
    return new AppError({
      code: 'keys-not-delivered',
      message: 'No proxy that can be reached has its piece of the patient’s permission yet.',
      remedy: 'Try again when the patient has opened their page.',
    });
  }

  /** "1 of 3 proxies answered; 2 are needed." and who is missing. */
  private missing({ proxies, threshold }: ProxyPlan, answered: ReadonlySet<PartyId>): AppError {
    const { facts } = this.work;
    const present = proxies.filter((party) => answered.has(party)).length;
    const absent = proxies.filter((party) => !answered.has(party)).map((party) => facts.nameOf(party));
    return new AppError({
      code: 'proxies-missing',
      message: `${present} of ${proxies.length} proxies answered; ${threshold} are needed. Missing: ${absent.join(', ')}.`,
      remedy: 'Wait until they are connected, then open the record again.',
    });
  }
}

async function tried<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
}

function newer(known: ProxyPlan | null, plan: ProxyPlan): ProxyPlan {
  if (known === null || plan.epoch > known.epoch) return plan;
  return plan.epoch === known.epoch && plan.madeMs > known.madeMs ? plan : known;
}
