// A holder's audit of evaluations (T13): who asked, when, whether it was answered, never for what. Entries are only added, each with the
// digest of the one before, so that a supervision centre that has seen some notices when they are changed. Read by the centre alone.
import { type Digest, type PartyId, type Rejection, reject } from '../base/index.ts';
import { type Decoded, struct, uint } from '../codec/index.ts';
import { digest } from '../contracts/index.ts';
import { COLLECT_PROOF_LIFETIME_MS } from './limits.ts';
import type { PrivateTable } from './private-notes.ts';
import {
  type AuditEntry,
  NO_ENTRY,
  SERIAL_REQUESTS,
  auditAnswer,
  auditDigest,
  auditEntry,
  auditWish,
  auditWishBytes,
} from './serial-formats.ts';
import { MAX_AUDIT_ANSWER_ENTRIES, MAX_SERIAL_AUDIT_ENTRIES, SERIAL_REFILL_MS } from './serial-limits.ts';
import type { Workplace } from './workplace.ts';

const HEAD = 'head';
const headNote = struct({ next: uint(), newest: digest });

export class SerialAudit {
  private readonly work: Workplace;
  private readonly table: PrivateTable<AuditEntry>;
  private readonly heads: PrivateTable<Decoded<typeof headNote>>;
  private head: { readonly next: number; readonly newest: Digest } | null = null;
  /** When a refusal of a clinic was last written down: one for each time in which a token comes back. */
  private readonly refusedMs = new Map<PartyId, number>();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-serial-audit', auditEntry);
    this.heads = work.table('care-serial-audit-head', headNote);
  }

  async load(): Promise<void> {
    this.head = (await this.heads.get(HEAD)) ?? { next: 0, newest: NO_ENTRY };
  }

  forget(): void {
    this.head = null;
  }

  start(): void {
    this.work.desk.answer(SERIAL_REQUESTS.audit, auditWish, auditAnswer, (_from, wish) => this.answer(wish));
  }

  async answered(party: PartyId, atMs: number): Promise<void> {
    await this.append(party, atMs, 'answered');
  }

  async refused(party: PartyId, atMs: number): Promise<void> {
    const lastMs = this.refusedMs.get(party);
    if (lastMs !== undefined && atMs - lastMs < SERIAL_REFILL_MS) return;
    this.refusedMs.set(party, atMs);
    await this.append(party, atMs, 'rate-limited');
  }

  /** The entry first, then the head: what a crash leaves between them is written over by the next entry. */
  private async append(party: PartyId, atMs: number, outcome: AuditEntry['outcome']): Promise<void> {
    this.work.person();
    const { next, newest } = this.head ?? { next: 0, newest: NO_ENTRY };
    const entry: AuditEntry = { index: next, previous: newest, party, atMs, outcome };
    await this.table.put(String(next), entry);
    this.head = { next: next + 1, newest: auditDigest(entry) };
    await this.heads.put(HEAD, this.head);
    if (next >= MAX_SERIAL_AUDIT_ENTRIES) await this.table.delete(String(next - MAX_SERIAL_AUDIT_ENTRIES));
  }

  private async answer(wish: Decoded<typeof auditWish>): Promise<Decoded<typeof auditAnswer> | Rejection> {
    this.work.person();
    const { environment, facts } = this.work;
    const certificate = facts.certificateOf(wish.authority);
    if (certificate?.role !== 'authority') return reject('not-the-authority', 'only a supervision centre reads the audit');
    if (Math.abs(environment.clock.nowMs() - wish.atMs) > COLLECT_PROOF_LIFETIME_MS)
      return reject('stale-proof', 'the wish is too old, or a clock is wrong');
    const bytes = auditWishBytes(facts.channelId, environment.party, wish.from, wish.atMs);
    if (!(await environment.verifier.verify(certificate.signingKey, bytes, wish.signature)))
      return reject('bad-signature', 'the wish is not signed by the supervision centre');
    const next = this.head?.next ?? 0;
    const from = Math.max(wish.from, next - MAX_SERIAL_AUDIT_ENTRIES, 0);
    const entries: AuditEntry[] = [];
    for (let index = from; index < Math.min(next, from + MAX_AUDIT_ANSWER_ENTRIES); index += 1) {
      const entry = await this.table.get(String(index));
      if (entry !== null) entries.push(entry);
    }
    return { entries, next };
  }
}
