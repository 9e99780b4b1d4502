// A holder of a share of the key of serial numbers (T13): deals when a key is made, keeps its share sealed in its own storage, and
// evaluates blinded elements for certified clinics, within their allowance. What is spent and the audit entry are kept before the
// answer leaves. It learns neither person nor serial, and alone can compute neither.
import { AppError, type Digest, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, fixedBytes, struct, uint } from '../codec/index.ts';
import { SERIAL_SHARE_BYTES, spendEvaluation } from '../crypto/index.ts';
import { digest, partyId } from '../contracts/index.ts';
import type { Correspondent } from './access.ts';
import type { PrivateTable } from './private-notes.ts';
import { SerialAudit } from './serial-audit.ts';
import {
  type Dealings,
  type Dealt,
  SERIAL_REQUESTS,
  type SerialPlan,
  type SignedPlan,
  dealings,
  dealt,
  dealtBytes,
  evaluated,
  evaluation,
  heldAnswer,
  heldBytes,
  labelOf,
  planBytes,
  shareContextBytes,
  signedPlan,
  transcriptOf,
} from './serial-formats.ts';
import type { SerialKeys } from './serial-keys.ts';
import { MAX_SERIAL_HOLDERS, MAX_SERIAL_SHARES, SERIAL_BURST, SERIAL_REFILL_MS, SERIAL_SET_UP_LIFETIME_MS } from './serial-limits.ts';
import type { Workplace } from './workplace.ts';

const RULE = { burst: SERIAL_BURST, refillMs: SERIAL_REFILL_MS };
const SEED_BYTES = 32;

const shareNote = struct({ label: digest, madeMs: uint(), holder: uint(MAX_SERIAL_HOLDERS), share: fixedBytes(SERIAL_SHARE_BYTES) });
type ShareNote = Decoded<typeof shareNote>;
const allowanceNote = struct({ party: partyId, fullAtMs: uint() });

export class SerialHolding {
  readonly audit: SerialAudit;
  private readonly work: Workplace;
  private readonly keys: SerialKeys;
  private readonly shareTable: PrivateTable<ShareNote>;
  private readonly allowanceTable: PrivateTable<Decoded<typeof allowanceNote>>;
  private shares: ReadonlyMap<Digest, ShareNote> = new Map();
  private readonly allowances = new Map<PartyId, number>();
  /** One evaluation at a time: the allowance is read, spent and kept before the next looks at it. */
  private turn: Promise<unknown> = Promise.resolve();

  constructor(work: Workplace, keys: SerialKeys) {
    this.work = work;
    this.keys = keys;
    this.audit = new SerialAudit(work);
    this.shareTable = work.table('care-serial-shares', shareNote);
    this.allowanceTable = work.table('care-serial-allowance', allowanceNote);
  }

  async load(): Promise<void> {
    this.shares = new Map([...(await this.shareTable.all()).values()].map((note) => [note.label, note]));
    for (const { party, fullAtMs } of (await this.allowanceTable.all()).values()) this.allowances.set(party, fullAtMs);
    await this.audit.load();
  }

  /** What each clinic has spent stays in memory: locking gives nobody a new allowance. */
  forget(): void {
    this.shares = new Map();
    this.audit.forget();
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(SERIAL_REQUESTS.deal, signedPlan, dealt, (_from, signed) => this.deal(signed));
    desk.answer(SERIAL_REQUESTS.hold, dealings, heldAnswer, (_from, asked) => this.hold(asked));
    desk.answer(SERIAL_REQUESTS.evaluate, evaluation, evaluated, (from, asked) => this.inTurn(() => this.evaluate(from, asked)));
    this.audit.start();
  }

  /** A fresh secret, shared among all holders. Nothing is kept: what counts is what all of them are shown. */
  private async deal(signed: SignedPlan): Promise<Dealt | Rejection> {
    const person = this.work.person();
    const refused = await this.refusesPlan(signed);
    if (refused !== null) return refused;
    const { schemes, randomness, keyWrap } = this.work.environment;
    const { plan } = signed;
    const label = labelOf(plan);
    const dealer = this.numberIn(plan);
    const input = { label: planBytes(plan), dealer, threshold: plan.threshold, holders: plan.holders.length };
    const { dealing, shares } = await schemes.call('serialDeal', { ...input, seed: randomness.bytes(SEED_BYTES) }).done;
    const sealed = await Promise.all(
      plan.holders.map((party, index) => {
        const { wrapKey } = this.work.facts.certified(party, 'A holder');
        return keyWrap.wrap(wrapKey, shares[index] ?? new Uint8Array(), shareContextBytes(label, dealer, index + 1));
      }),
    );
    const own = { dealing, shares: sealed };
    return { ...own, signature: await person.signer.sign(dealtBytes(label, dealer, own)) };
  }

  /** Checks every dealing, keeps the share that comes of them, and says so under its signature. */
  private async hold({ signed, all }: Dealings): Promise<Decoded<typeof heldAnswer> | Rejection> {
    const person = this.work.person();
    const refused = (await this.refusesPlan(signed)) ?? (await this.refusesDealt(signed.plan, all));
    if (refused !== null) return refused;
    const { plan } = signed;
    const label = labelOf(plan);
    const holder = this.numberIn(plan);
    const received = await this.receivedShares(label, holder, all);
    if (isRejection(received)) return received;
    const joined = await this.work.environment.schemes.call('serialJoin', {
      label: planBytes(plan),
      threshold: plan.threshold,
      dealings: all.map(({ dealing }) => dealing),
      holder,
      received,
    }).done;
    if (isRejection(joined)) return joined;
    await this.keep({ label, madeMs: plan.madeMs, holder, share: joined.share });
    const { commitments } = joined;
    return { commitments, signature: await person.signer.sign(heldBytes(label, holder, transcriptOf(all), commitments)) };
  }

  private async evaluate(from: Correspondent, asked: Decoded<typeof evaluation>): Promise<Decoded<typeof evaluated> | Rejection> {
    const { facts, environment } = this.work;
    this.work.person();
    const role = from.party === null ? null : (facts.certificateOf(from.party)?.role ?? null);
    if (from.party === null || role !== 'clinic') return reject('not-a-clinic', 'only certified clinics ask for serial numbers');
    const note = this.shares.get(asked.label);
    // A key that was made while this node was away.
    if (this.keys.current()?.label !== asked.label) await this.keys.learn();
    if (note === undefined || this.keys.current()?.label !== asked.label)
      return reject('other-key', 'this node holds no share of that key');
    const nowMs = environment.clock.nowMs();
    const before = this.allowances.get(from.party);
    const spent = spendEvaluation(RULE, before === undefined ? null : { fullAtMs: before }, nowMs);
    if (isRejection(spent)) {
      await this.audit.refused(from.party, nowMs);
      return spent;
    }
    const { holder, share } = note;
    const seed = environment.randomness.bytes(SEED_BYTES);
    const part = await environment.schemes.call('serialEvaluatePart', { holder, share, blinded: asked.blinded, seed }).done;
    if (isRejection(part)) return part;
    this.allowances.set(from.party, spent.fullAtMs);
    await this.allowanceTable.put(from.party, { party: from.party, fullAtMs: spent.fullAtMs });
    await this.audit.answered(from.party, nowMs);
    return { part };
  }

  private async refusesPlan({ plan, signature }: SignedPlan): Promise<Rejection | null> {
    const { environment, facts } = this.work;
    const refused = this.keys.refusesPlan(plan);
    if (refused !== null) return refused;
    if (Math.abs(environment.clock.nowMs() - plan.madeMs) > SERIAL_SET_UP_LIFETIME_MS)
      return reject('stale-plan', 'the plan is too old, or a clock is wrong');
    if (!plan.holders.includes(environment.party)) return reject('not-a-holder', 'this node is not among the holders');
    if (plan.holders.some((party) => facts.certificateOf(party) === null))
      return reject('not-certified', 'a holder is not certified today');
    const publicKey = facts.certificateOf(plan.authority)?.signingKey;
    const good = publicKey !== undefined && (await environment.verifier.verify(publicKey, planBytes(plan), signature));
    return good ? null : reject('bad-signature', 'the plan is not signed by the supervision centre');
  }

  private async refusesDealt(plan: SerialPlan, all: readonly Dealt[]): Promise<Rejection | null> {
    const { facts, environment } = this.work;
    const count = plan.holders.length;
    if (all.length !== count || all.some(({ shares }) => shares.length !== count))
      return reject('bad-dealings', 'one dealing from each holder, with a share for each');
    const label = labelOf(plan);
    for (const [index, one] of all.entries()) {
      const { signingKey } = facts.certified(plan.holders[index] ?? environment.party, 'A holder');
      const good = await environment.verifier.verify(signingKey, dealtBytes(label, index + 1, one), one.signature);
      if (!good) return reject('bad-signature', `holder ${index + 1} did not sign its dealing`);
    }
    return null;
  }

  private async receivedShares(label: Digest, holder: number, all: readonly Dealt[]): Promise<readonly Uint8Array[] | Rejection> {
    const { wrapPrivateKey } = this.work.person();
    const received: Uint8Array[] = [];
    for (const [index, { shares }] of all.entries()) {
      try {
        const sealed = shares[holder - 1] ?? new Uint8Array();
        received.push(await this.work.environment.keyWrap.unwrap(wrapPrivateKey, sealed, shareContextBytes(label, index + 1, holder)));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        return reject('cannot-open', `the share from holder ${index + 1} does not open`);
      }
    }
    return received;
  }

  private async keep(note: ShareNote): Promise<void> {
    await this.shareTable.put(note.label, note);
    const shares = new Map(this.shares).set(note.label, note);
    const current = this.keys.current()?.label;
    const spare = [...shares.values()].filter(({ label }) => label !== current && label !== note.label).sort((a, b) => a.madeMs - b.madeMs);
    for (const { label } of spare.slice(0, Math.max(0, shares.size - MAX_SERIAL_SHARES))) {
      shares.delete(label);
      await this.shareTable.delete(label);
    }
    this.shares = shares;
  }

  /** From 1, as shares are numbered. */
  private numberIn(plan: SerialPlan): number {
    return plan.holders.indexOf(this.work.environment.party) + 1;
  }

  private inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.turn.then(work);
    this.turn = mine.catch(() => undefined);
    return mine;
  }
}
