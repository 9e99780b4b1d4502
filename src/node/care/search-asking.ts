// A reader searches what it was granted (P3-28, T20): with the parts that patients sent it makes one query for each grant, several keepers look
// it up, and every hit is checked against the ledger before it is believed. Which word it is stays in this tab.
import { AppError, type GrantId, type PartyId, type RecordId, type Rejection, isRejection, reject, toHex } from '../base/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import type { Keeper } from './keepers.ts';
import type { PrivateTable } from './private-notes.ts';
import { boundEnvelope, refusesPartTags } from './search-entry.ts';
import { type QueryAnswer, type ReaderParts, SEARCH_REQUESTS, queries, queryAnswers, readerParts } from './search-formats.ts';
import { ASKED_KEEPERS, MAX_QUERIES, MAX_SEARCHED_GRANTS, SEARCH_TIMEOUT_MS } from './search-limits.ts';
import type { Workplace } from './workplace.ts';

/** A grant, its parts, and the query by it. */
interface Query {
  readonly grant: GrantRow;
  readonly parts: ReaderParts;
  readonly query: Uint8Array;
}

export interface Answers {
  readonly found: ReadonlySet<RecordId>;
  /** Records that at least one keeper has looked up. */
  readonly searched: ReadonlySet<RecordId>;
  readonly answered: ReadonlySet<PartyId>;
  readonly silent: ReadonlySet<PartyId>;
  /** Whose hits were none. */
  readonly refuted: ReadonlySet<PartyId>;
  /** Who did not find what another one showed. */
  readonly incomplete: ReadonlySet<PartyId>;
}

type Verdict = 'hit' | 'none' | 'not-searched' | Rejection;

export class SearchAsking {
  private readonly work: Workplace;
  private readonly table: PrivateTable<ReaderParts>;
  private byGrant: ReadonlyMap<GrantId, ReaderParts> = new Map();

  constructor(work: Workplace) {
    this.work = work;
    this.table = work.table('care-search-reader', readerParts);
  }

  async load(): Promise<void> {
    this.byGrant = new Map([...(await this.table.all()).values()].map((parts) => [parts.grant, parts]));
  }

  forget(): void {
    this.byGrant = new Map();
  }

  /** Parts for a grant of this party, sent by its patient. */
  async receive(parts: ReaderParts): Promise<void> {
    await this.table.put(parts.grant, parts);
    this.byGrant = new Map(this.byGrant).set(parts.grant, parts);
    this.work.environment.changed();
  }

  /** Parts of grants that have ended are of no use to anybody. */
  async review(): Promise<void> {
    for (const id of this.byGrant.keys()) {
      const grant = this.work.facts.grant(id);
      if (grant !== null && this.work.facts.grantRefusal(grant) === null) continue;
      await this.table.delete(id);
      const rest = new Map(this.byGrant);
      rest.delete(id);
      this.byGrant = rest;
    }
  }

  /** Live grants that can be searched by, one for each record: the newest. */
  grants(): readonly GrantRow[] {
    const { facts, environment } = this.work;
    const byRecord = new Map<RecordId, GrantRow>();
    for (const id of this.byGrant.keys()) {
      const grant = facts.grant(id);
      if (grant?.grantee !== environment.party || facts.grantRefusal(grant) !== null) continue;
      const before = byRecord.get(grant.record);
      if (before === undefined || before.height < grant.height) byRecord.set(grant.record, grant);
    }
    return [...byRecord.values()];
  }

  async find(grants: readonly GrantRow[], keywords: readonly Uint8Array[]): Promise<Answers> {
    const asked = await this.queriesFor(grants.slice(0, MAX_SEARCHED_GRANTS), keywords);
    const answers = {
      found: new Set<RecordId>(),
      searched: new Set<RecordId>(),
      answered: new Set<PartyId>(),
      silent: new Set<PartyId>(),
      refuted: new Set<PartyId>(),
      incomplete: new Set<PartyId>(),
    };
    const missedBy = new Map<RecordId, PartyId[]>();
    if (asked.length > 0) await Promise.all(this.keepers().map((keeper) => this.askKeeper(keeper, asked, answers, missedBy)));
    for (const record of answers.found) for (const party of missedBy.get(record) ?? []) answers.incomplete.add(party);
    return answers;
  }

  private async queriesFor(grants: readonly GrantRow[], keywords: readonly Uint8Array[]): Promise<readonly Query[]> {
    const { schemes } = this.work.environment;
    const made: Query[] = [];
    for (const grant of grants) {
      const parts = this.byGrant.get(grant.grant);
      if (parts === undefined) continue;
      const query = await schemes.call('searchQuery', { grant: grant.grant, scopes: parts.scopes, keywords }).done;
      if (!isRejection(query)) made.push({ grant, parts, query });
    }
    return made;
  }

  private keepers(): readonly Keeper[] {
    return this.work.keepers.linked().slice(0, ASKED_KEEPERS);
  }

  private async askKeeper(
    keeper: Keeper,
    all: readonly Query[],
    answers: { readonly [Key in keyof Answers]: Set<Answers[Key] extends ReadonlySet<infer Item> ? Item : never> },
    missedBy: Map<RecordId, PartyId[]>,
  ): Promise<void> {
    const { desk, facts, environment } = this.work;
    // Who wrote a record knows the key of its tags, and could try which word is looked up: others are asked where there are any.
    const own = this.keepers().length === 1 ? all : all.filter(({ grant }) => facts.record(grant.record)?.clinic !== keeper.party);
    try {
      for (let from = 0; from < own.length; from += MAX_QUERIES) {
        const batch = own.slice(from, from + MAX_QUERIES);
        const request = { queries: batch.map(({ query }) => query) };
        const got = await desk.ask(keeper, SEARCH_REQUESTS.query, queries, queryAnswers, request, SEARCH_TIMEOUT_MS);
        answers.answered.add(keeper.party);
        for (const asked of batch) {
          const verdict = await this.judge(
            asked,
            got.answers.find(({ grant }) => grant === asked.grant.grant),
          );
          const { record } = asked.grant;
          if (isRejection(verdict)) {
            environment.log.warn('false-hit', { keeper: keeper.party, reason: verdict.reason });
            answers.refuted.add(keeper.party);
          } else if (verdict !== 'not-searched') answers.searched.add(record);
          if (verdict === 'hit') answers.found.add(record);
          if (verdict === 'none') missedBy.set(record, [...(missedBy.get(record) ?? []), keeper.party]);
        }
      }
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      environment.log.debug('not-searched', { code: error.code });
      answers.silent.add(keeper.party);
    }
  }

  /** What an answer is worth: a hit is one only where everything in it follows from the ledger and from the patient's letter. */
  private async judge({ grant, parts, query }: Query, answer: QueryAnswer | undefined): Promise<Verdict> {
    const { facts, environment } = this.work;
    if (answer?.outcome !== 'searched') return 'not-searched';
    const final = facts.version(grant.record, answer.version);
    // The keeper may be a block ahead or behind.
    if (final === null || facts.record(grant.record)?.version !== answer.version) return 'not-searched';
    const { finding } = answer;
    if (finding === null) return 'none';
    const envelope = boundEnvelope(finding.binding, final.commitment);
    if (isRejection(envelope)) return envelope;
    const refused = refusesPartTags(grant.record, finding.sets, envelope);
    if (refused !== null) return refused;
    if (!finding.sets.every((set) => grant.classes.includes(set.class)))
      return reject('other-class', 'the grant does not cover this class');
    const tagsByScope = new Map(finding.sets.map((set) => [toHex(set.scopeId), set.tags]));
    const { evidence, places } = finding;
    const wrong = await environment.schemes.call('searchCheckFinding', {
      query,
      keeperKeys: parts.scopes.map(({ keeperKey }) => keeperKey),
      tags: parts.scopes.map(({ scopeId }) => tagsByScope.get(toHex(scopeId)) ?? null),
      found: { evidence, places },
    }).done;
    return wrong ?? 'hit';
  }
}
