// Keyword search as this node takes part in it (P3-11, P3-12, P3-28, P3-32, T20), put together: it tags what it writes, keeps and looks up for
// others, lets readers search as a patient, and searches. What is searched for leaves the tab only as trapdoors, and is logged nowhere.
import type { SearchCommands, SearchFinding, SearchView } from '../api.ts';
import { AppError, type PartyId, type RecordId, isRejection } from '../base/index.ts';
import { MAX_QUERY_KEYWORDS, keywordOf } from '../crypto/index.ts';
import { type GrantRow, type RecordRow, chained } from '../ledger/index.ts';
import { typedTerms } from '../records/index.ts';
import { Errand } from './errand.ts';
import type { Involved } from './involved.ts';
import type { Keeping } from './keeping.ts';
import type { LetterContent } from './letter.ts';
import type { Reception } from './box-reader.ts';
import { SearchAnswering } from './search-answering.ts';
import { type Answers, SearchAsking } from './search-asking.ts';
import { SearchEntries } from './search-entries.ts';
import { type Asked, Fetching } from './search-fetching.ts';
import { SearchGranting } from './search-granting.ts';
import { SearchKeys } from './search-keys.ts';
import { MAX_TYPED_CHARS } from './search-limits.ts';
import { OwnTags } from './search-own.ts';
import { Tagging } from './search-tagging.ts';
import type { Workplace } from './workplace.ts';

type SearchLetter = Extract<LetterContent, { kind: 'search-parts' }>;

const NOBODY: Answers = {
  found: new Set(),
  searched: new Set(),
  answered: new Set(),
  silent: new Set(),
  refuted: new Set(),
  incomplete: new Set(),
};

export class Searching {
  readonly commands: SearchCommands;
  readonly tagging: Tagging;
  private readonly work: Workplace;
  private readonly keys: SearchKeys;
  private readonly own: OwnTags;
  private readonly fetching: Fetching;
  private readonly granting: SearchGranting;
  private readonly asking: SearchAsking;
  private readonly entries: SearchEntries;
  private readonly answering: SearchAnswering;
  private readonly news: Errand;

  constructor(work: Workplace, involved: Involved, keeping: () => Keeping) {
    this.work = work;
    const keys = new SearchKeys(work);
    const own = new OwnTags(work, keys);
    const fetching = new Fetching(work, keys, own);
    this.keys = keys;
    this.own = own;
    this.fetching = fetching;
    this.tagging = new Tagging(work, keys, own);
    this.granting = new SearchGranting({ work, involved, keys, own, fetching });
    this.asking = new SearchAsking(work);
    this.entries = new SearchEntries(work, keeping);
    this.answering = new SearchAnswering(work, this.entries);
    this.news = new Errand('search-news', work.environment, async () => {
      await this.answering.review();
      if (work.environment.person() === null) return 'done';
      await own.review();
      await this.asking.review();
      return 'done';
    });
    this.commands = { find: (text, within) => this.find(text, within?.patient ?? null) };
  }

  /** What is not sealed; then requests are answered. */
  async start(): Promise<void> {
    await this.entries.load();
    await this.answering.load();
    this.entries.start();
    this.answering.start();
  }

  async unlocked(): Promise<void> {
    await this.own.load();
    await this.granting.load();
    await this.asking.load();
    this.kick();
  }

  forget(): void {
    for (const part of [this.keys, this.own, this.granting, this.asking]) part.forget();
  }

  /** The ledger grew, or links came or went. */
  kick(): void {
    for (const part of [this.keys, this.tagging, this.granting, this.entries, this.news]) part.kick();
  }

  async expire(): Promise<void> {
    await this.entries.expire();
    await this.answering.review();
  }

  async stop(): Promise<void> {
    await Promise.all([this.tagging, this.granting, this.entries, this.news].map((part) => part.stop()));
    this.own.index.close();
  }

  /** Destroys what is here of a record's tags, its own and those that are kept for others (T16). */
  async erase(record: RecordId): Promise<void> {
    await this.entries.erase(record);
    if (this.work.environment.person() !== null) await this.own.erase(record);
  }

  async receive(from: PartyId, letter: SearchLetter): Promise<Reception> {
    const grant = this.work.facts.grant(letter.grant);
    if (grant === null) return 'later';
    if (grant.patient === from && grant.grantee === this.work.environment.party) await this.asking.receive(letter);
    return 'taken';
  }

  view(): SearchView {
    return { ready: this.keys.isPublished(), granted: this.granting.view() };
  }

  /** Throws AppError `locked`, `nothing-typed`, `too-many-words`, `bad-keyword`. */
  private async find(text: string, patient: PartyId | null): Promise<SearchFinding> {
    this.work.person();
    const keywords = keywordsOf(text);
    const grants = this.asking.grants().filter((grant) => patient === null || grant.patient === patient);
    const ownRows = this.ownRows(patient);
    const fetched = await this.fetching.fetch(ownRows);
    const own = await this.own.find(ownRows, keywords);
    const granted = grants.length === 0 ? NOBODY : await this.asking.find(grants, keywords);
    const searched = own.searched + granted.searched.size;
    return {
      words: keywords.length,
      hits: this.hits(new Set([...own.found, ...granted.found])),
      searched,
      unsearched: ownRows.length + this.liveGrants(patient).size - searched,
      ...this.keepersOf(fetched, granted),
    };
  }

  private hits(records: ReadonlySet<RecordId>): SearchFinding['hits'] {
    const rows = [...records].map((record) => this.work.facts.recordRow(record)).filter((row) => row !== null);
    return rows
      .flatMap(({ record, versions }) => versions.slice(-1).map(({ version, timestampMs }) => ({ record, version, timestampMs })))
      .sort((a, b) => b.timestampMs - a.timestampMs)
      .map(({ record, version }) => ({ record, version }));
  }

  private keepersOf(
    fetched: Asked,
    granted: Answers,
  ): SearchFinding['keepers'] extends infer Keepers ? { readonly keepers: Keepers } : never {
    const names = (...sets: readonly ReadonlySet<PartyId>[]): readonly string[] =>
      [...new Set(sets.flatMap((set) => [...set]))].map((party) => this.work.facts.nameOf(party)).sort();
    return {
      keepers: {
        answered: names(fetched.answered, granted.answered),
        silent: names(fetched.silent, granted.silent),
        refuted: names(fetched.refuted, granted.refuted),
        incomplete: names(granted.incomplete),
      },
    };
  }

  /** Final records that this party wrote, or that are about her; newest first. */
  private ownRows(patient: PartyId | null): readonly RecordRow[] {
    const { party } = this.work.environment;
    const { records, recordsOfPatient } = this.work.environment.channel.projection();
    const about = this.work.environment.role === 'patient' ? party : patient;
    const rows =
      about === null
        ? [...records.newestFirst()]
        : [...chained(recordsOfPatient.get(about))].map((record) => records.get(record)).filter((row) => row !== undefined);
    return rows.filter((row) => (row.patient === party || row.clinic === party) && this.isSearchable(row));
  }

  /** Neither entered in error nor erased. */
  private isSearchable(row: RecordRow | null): boolean {
    return row?.withdrawn === null && !this.work.facts.isErased(row.record);
  }

  /** Records that somebody else wrote and this party may read now. */
  private liveGrants(patient: PartyId | null): ReadonlyMap<RecordId, GrantRow> {
    const { facts, environment } = this.work;
    const live = new Map<RecordId, GrantRow>();
    for (const grant of environment.channel.projection().grants.values()) {
      const ours = grant.grantee === environment.party && (patient === null || grant.patient === patient);
      if (ours && facts.grantRefusal(grant) === null && this.isSearchable(facts.recordRow(grant.record))) live.set(grant.record, grant);
    }
    return live;
  }
}

function keywordsOf(text: string): readonly Uint8Array[] {
  const terms = typedTerms(text.slice(0, MAX_TYPED_CHARS));
  if (terms.length === 0)
    throw new AppError({
      code: 'nothing-typed',
      message: 'There is no word or code to look for.',
      remedy: 'Type a diagnosis, a medicine or a code.',
    });
  if (terms.length > MAX_QUERY_KEYWORDS)
    throw new AppError({ code: 'too-many-words', message: `A search has at most ${MAX_QUERY_KEYWORDS} words.`, remedy: 'Leave some out.' });
  return terms.map(({ system, code }) => {
    const keyword = keywordOf(system, code);
    if (isRejection(keyword)) throw new AppError({ code: keyword.reason, message: keyword.detail, remedy: 'Type it another way.' });
    return keyword;
  });
}
