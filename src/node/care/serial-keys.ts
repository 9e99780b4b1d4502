// The key of serial numbers as this node knows it (T13): a statement that the supervision centre and every holder signed, checked against
// the ledger's certificates, kept, and handed on to whoever asks. It holds no secret. The newest valid one counts: a centre that signs two
// is not found out by this alone, which a slip on the ledger would change.
import { AppError, type Digest, type PartyId, type Rejection, MAX_CLOCK_AHEAD_MS, isRejection, reject } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { serialCommitmentBytes } from '../crypto/index.ts';
import { done } from './requests.ts';
import {
  MAX_SERIAL_KEY_BYTES,
  SERIAL_REQUESTS,
  type SerialKey,
  type SerialPlan,
  heldBytes,
  keyAnswer,
  keyBytes,
  keyWish,
  labelOf,
  published,
  serialKey,
} from './serial-formats.ts';
import { MAX_KEY_SOURCES } from './serial-limits.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-serial-key';
const ONLY = 'only';

export class SerialKeys {
  private readonly work: Workplace;
  private known: { readonly key: SerialKey; readonly label: Digest } | null = null;

  constructor(work: Workplace) {
    this.work = work;
  }

  async load(): Promise<void> {
    const bytes = await this.work.environment.notes.get(TABLE, ONLY);
    const kept = bytes === null ? null : decode(serialKey, bytes, MAX_SERIAL_KEY_BYTES);
    if (kept !== null && !isRejection(kept)) await this.take(kept);
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(SERIAL_REQUESTS.key, keyWish, keyAnswer, async () => ({ key: this.current()?.key ?? null }));
    desk.answer(SERIAL_REQUESTS.publish, published, done, async (_from, { key }) => (await this.take(key)) ?? { ok: true });
  }

  /** The key that counts now; none once its supervision centre was revoked. */
  current(): { readonly key: SerialKey; readonly label: Digest } | null {
    return this.known !== null && this.refusesAuthority(this.known.key.plan) === null ? this.known : null;
  }

  /** Keeps a key that is valid and newer than the one known; null, or why it is refused. */
  async take(key: SerialKey): Promise<Rejection | null> {
    const current = this.current();
    if (current !== null && current.key.plan.madeMs >= key.plan.madeMs) return null;
    const refused = await this.refuses(key);
    if (refused !== null) return refused;
    this.known = { key, label: labelOf(key.plan) };
    await this.work.environment.notes.put(TABLE, ONLY, encode(serialKey, key));
    this.work.environment.changed();
    return null;
  }

  /** Asks a few linked keepers for the newest key. Who cannot be reached or answers nonsense is passed over. */
  async learn(): Promise<void> {
    const { desk, keepers, environment } = this.work;
    for (const keeper of keepers.others().slice(0, MAX_KEY_SOURCES)) {
      try {
        const wish = { domain: 'clinicord/serial-key-wish/1' as const };
        const { key } = await desk.ask(keeper, SERIAL_REQUESTS.key, keyWish, keyAnswer, wish);
        const refused = key === null ? null : await this.take(key);
        if (refused !== null) environment.log.warn('serial-key-refused', { reason: refused.reason });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
      }
    }
  }

  /** Why a plan cannot be one of this channel, or null. Its signature is checked apart. */
  refusesPlan(plan: SerialPlan): Rejection | null {
    const { threshold, holders } = plan;
    if (plan.channel !== this.work.facts.channelId) return reject('foreign-key', 'this key is of another channel');
    if (holders.length === 0 || new Set(holders).size !== holders.length) return reject('bad-holders', 'each holder is named once');
    if (threshold > holders.length || 2 * threshold <= holders.length)
      return reject('bad-threshold', 'more than half of the holders are needed');
    const uncertified = holders.find((party) => this.signingKeyOf(party) === null);
    if (uncertified !== undefined) return reject('not-certified', 'a holder was never certified');
    return this.refusesAuthority(plan);
  }

  private refusesAuthority({ authority, madeMs }: SerialPlan): Rejection | null {
    const entry = this.work.facts.party(authority);
    if (entry?.certificate.role !== 'authority') return reject('not-the-authority', 'a key is made by a supervision centre');
    if (entry.revoked !== null) return reject('revoked', 'the supervision centre was revoked');
    const { notBeforeMs, notAfterMs } = entry.certificate;
    return madeMs >= notBeforeMs && madeMs <= notAfterMs ? null : reject('expired', 'the certificate did not hold when the key was made');
  }

  /** Holders whose certificate has ended since still vouch for what they signed. */
  private signingKeyOf(party: PartyId): Uint8Array | null {
    return this.work.facts.party(party)?.certificate.signingKey ?? null;
  }

  private async refuses(key: SerialKey): Promise<Rejection | null> {
    const { plan, transcript, commitments, held } = key;
    const { clock, verifier } = this.work.environment;
    const wrong = this.refusesPlan(plan);
    if (wrong !== null) return wrong;
    if (plan.madeMs > clock.nowMs() + MAX_CLOCK_AHEAD_MS) return reject('key-ahead', 'this key was made in the future');
    if (commitments.byteLength !== serialCommitmentBytes(plan.threshold))
      return reject('bad-commitments', 'the commitments are not as many');
    if (held.length !== plan.holders.length) return reject('not-held', 'not every holder has signed that it holds its share');
    const label = labelOf(plan);
    const checks = [
      { party: plan.authority, bytes: keyBytes(key), signature: key.signature },
      ...plan.holders.map((party, index) => ({
        party,
        bytes: heldBytes(label, index + 1, transcript, commitments),
        signature: held[index] ?? new Uint8Array(),
      })),
    ];
    const good = await Promise.all(
      checks.map(async ({ party, bytes, signature }) => {
        const publicKey = this.signingKeyOf(party);
        return publicKey !== null && verifier.verify(publicKey, bytes, signature);
      }),
    );
    return good.every(Boolean) ? null : reject('bad-signature', 'the supervision centre or a holder did not sign this key');
  }
}
