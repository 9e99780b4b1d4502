// A keeper looks up for readers (P3-28, T20): only where the ledger shows the grant live, only the record and the classes that it covers, only
// with the part that the patient handed in for it. When a grant ends the part is destroyed, and its patient gets a signed receipt.
import { type GrantId, type PartyId, type Rejection, isRejection, reject, toHex } from '../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, list, nullable, struct, uint } from '../codec/index.ts';
import { grantId } from '../contracts/index.ts';
import { MAX_QUERY_SCOPES } from '../crypto/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import type { Correspondent } from './access.ts';
import { done } from './requests.ts';
import type { SearchEntries } from './search-entries.ts';
import {
  type QueryAnswer,
  type Receipt,
  SEARCH_REQUESTS,
  partsHandout,
  queries,
  queryAnswers,
  receiptBytes,
  receiptsAnswer,
  receiptsWish,
} from './search-formats.ts';
import { SEARCHES_PER_MINUTE } from './search-limits.ts';
import { isCovered } from './sharing.ts';
import type { Workplace } from './workplace.ts';

const TABLE = 'care-search-parts';
const MINUTE_MS = 60_000;
const SEED_BYTES = 32;

const held = struct({
  grant: grantId,
  parts: list(struct({ scopeId: fixedBytes(32), part: fixedBytes(32) }), MAX_QUERY_SCOPES),
  /** Since then there is none. */
  deletedMs: nullable(uint()),
});
type Held = Decoded<typeof held>;

export class SearchAnswering {
  private readonly work: Workplace;
  private readonly entries: SearchEntries;
  private readonly byGrant = new Map<GrantId, Held>();
  private readonly asked = new Map<PartyId, { readonly minute: number; count: number }>();

  constructor(work: Workplace, entries: SearchEntries) {
    this.work = work;
    this.entries = entries;
  }

  async load(): Promise<void> {
    const { notes } = this.work.environment;
    for (const [key, bytes] of await notes.entries(TABLE)) {
      const kept = decode(held, bytes, 16 * 1024);
      if (isRejection(kept)) await notes.delete(TABLE, key);
      else this.byGrant.set(kept.grant, kept);
    }
  }

  start(): void {
    const { desk } = this.work;
    desk.answer(SEARCH_REQUESTS.parts, partsHandout, done, async (from, asked) => (await this.take(from, asked)) ?? { ok: true });
    desk.answer(SEARCH_REQUESTS.query, queries, queryAnswers, (from, asked) => this.answer(from, asked));
    desk.answer(SEARCH_REQUESTS.receipts, receiptsWish, receiptsAnswer, (from, asked) => this.receipts(from, asked));
  }

  /** Destroys the parts of grants that have ended, by the ledger or by the clock. */
  async review(): Promise<void> {
    for (const kept of [...this.byGrant.values()]) {
      if (kept.deletedMs !== null) continue;
      const grant = this.work.facts.grant(kept.grant);
      if (grant !== null && this.work.facts.grantRefusal(grant) === null) continue;
      await this.put({ grant: kept.grant, parts: [], deletedMs: this.work.environment.clock.nowMs() });
      for (const { part } of kept.parts) part.fill(0);
    }
  }

  private async take(from: Correspondent, { grant: id, parts }: Decoded<typeof partsHandout>): Promise<Rejection | null> {
    const { environment, facts } = this.work;
    if (!environment.isKeeper()) return reject('not-a-keeper', 'this node keeps nothing for others');
    const grant = facts.grant(id);
    if (grant === null || from.party === null || from.party !== grant.patient || facts.certificateOf(grant.patient) === null)
      return reject('not-the-patient', 'only who gave a grant lets others search by it');
    const refused = facts.grantRefusal(grant);
    if (refused !== null) return refused;
    const before = (this.byGrant.get(id)?.parts ?? []).filter(
      ({ scopeId }) => !parts.some((each) => toHex(each.scopeId) === toHex(scopeId)),
    );
    const all = [...before, ...parts];
    if (all.length > MAX_QUERY_SCOPES) return reject('too-many-scopes', `a grant has at most ${MAX_QUERY_SCOPES} scopes`);
    await this.put({ grant: id, parts: all, deletedMs: null });
    return null;
  }

  private async answer(from: Correspondent, asked: Decoded<typeof queries>): Promise<Decoded<typeof queryAnswers> | Rejection> {
    const { facts } = this.work;
    const { party } = from;
    if (party === null || facts.certificateOf(party) === null) return reject('no-access', 'only certified readers search');
    if (!this.isWithinRate(party)) return reject('rate-limited', `at most ${SEARCHES_PER_MINUTE} searches in a minute`);
    const answers: QueryAnswer[] = [];
    for (const query of asked.queries) {
      const answer = await this.lookUp(party, query);
      if (isRejection(answer)) return answer;
      answers.push(answer);
    }
    return { answers };
  }

  private async lookUp(party: PartyId, query: Uint8Array): Promise<QueryAnswer | Rejection> {
    const { facts, environment } = this.work;
    const about = await this.entries.index.use((index) => index.scopesOf(query));
    if (isRejection(about)) return about;
    const grant = facts.grant(about.grant);
    const without = (outcome: QueryAnswer['outcome']): QueryAnswer => ({ grant: about.grant, outcome, version: 0, finding: null });
    if (grant?.grantee !== party || facts.grantRefusal(grant) !== null) return without('no-grant');
    const parts = this.partsFor(about.grant, about.scopeIds);
    if (parts === null) return without('no-part');
    const version = this.coveredVersion(grant);
    const searched = version === null ? null : await this.entries.searched(version);
    if (version === null || searched === null) return without('no-tags');
    const sets = searched.entry.sets.filter(({ scopeId }) => about.scopeIds.includes(toHex(scopeId)));
    if (!sets.every((set) => grant.classes.includes(set.class))) return without('other-class');
    const seed = environment.randomness.bytes(SEED_BYTES);
    const found = await this.entries.index.use((index) => index.about(query, parts, grant.record, seed));
    if (isRejection(found)) return found;
    const finding = found === null ? null : { ...found, binding: searched.binding, sets };
    return { grant: about.grant, outcome: 'searched', version: version.version, finding };
  }

  private partsFor(grant: GrantId, scopeIds: readonly string[]): readonly Uint8Array[] | null {
    const byScope = new Map((this.byGrant.get(grant)?.parts ?? []).map(({ scopeId, part }) => [toHex(scopeId), part]));
    const parts = scopeIds.map((scopeId) => byScope.get(scopeId));
    return parts.every((part) => part !== undefined) ? parts : null;
  }

  /** The newest version, where the grant lets it be read. */
  private coveredVersion(grant: GrantRow): ReturnType<Workplace['facts']['version']> {
    const newest = this.work.facts.recordRow(grant.record)?.versions.at(-1);
    return newest !== undefined && isCovered(grant, newest) ? this.work.facts.version(grant.record, newest.version) : null;
  }

  private async receipts(
    from: Correspondent,
    { grants }: Decoded<typeof receiptsWish>,
  ): Promise<Decoded<typeof receiptsAnswer> | Rejection> {
    const { facts, environment } = this.work;
    await this.review();
    const receipts: Receipt[] = [];
    for (const id of grants) {
      const deletedMs = this.byGrant.get(id)?.deletedMs ?? null;
      if (deletedMs === null || from.party === null || facts.grant(id)?.patient !== from.party) continue;
      const signature = await this.work.person().signer.sign(receiptBytes(facts.channelId, id, environment.party, deletedMs));
      receipts.push({ grant: id, deletedMs, signature });
    }
    return { receipts };
  }

  private isWithinRate(party: PartyId): boolean {
    const minute = Math.floor(this.work.environment.clock.nowMs() / MINUTE_MS);
    const before = this.asked.get(party);
    const now = before?.minute === minute ? before : { minute, count: 0 };
    now.count += 1;
    this.asked.set(party, now);
    return now.count <= SEARCHES_PER_MINUTE;
  }

  private async put(kept: Held): Promise<void> {
    this.byGrant.set(kept.grant, kept);
    await this.work.environment.notes.put(TABLE, kept.grant, encode(held, kept));
  }
}
