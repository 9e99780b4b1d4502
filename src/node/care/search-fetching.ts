// Index entries that their owner lacks, from whichever keeper has them: a patient's of what clinics wrote, a clinic's after it was restored on
// another device. Nothing is taken that the ledger does not commit to; a keeper that gives something else is named.
import { AppError, type PartyId, isRejection } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import type { RecordRow } from '../ledger/index.ts';
import type { TagEntry } from '../records/index.ts';
import type { Keeper } from './keepers.ts';
import { boundEntry, boundEnvelope } from './search-entry.ts';
import { type HeldEntry, SEARCH_REQUESTS, entriesAnswer, entriesWish } from './search-formats.ts';
import type { SearchKeys } from './search-keys.ts';
import { MAX_ENTRIES_PER_ANSWER, SEARCH_TIMEOUT_MS } from './search-limits.ts';
import { type OwnTags, ownNoteOf } from './search-own.ts';
import { type VersionName, versionName } from './ways.ts';
import type { Workplace } from './workplace.ts';

/** What asking keepers gave. */
export interface Asked {
  readonly answered: ReadonlySet<PartyId>;
  readonly silent: ReadonlySet<PartyId>;
  /** Whose answer did not match the ledger. */
  readonly refuted: ReadonlySet<PartyId>;
}

type Fate = 'here' | 'untagged' | 'lacking' | 'refuted';

export class Fetching {
  private readonly work: Workplace;
  private readonly keys: SearchKeys;
  private readonly own: OwnTags;
  /** Versions that have no tags, by name and commitment: they are asked for once in a visit. */
  private readonly untagged = new Set<string>();

  constructor(work: Workplace, keys: SearchKeys, own: OwnTags) {
    this.work = work;
    this.keys = keys;
    this.own = own;
  }

  /** Fetches what is missing of the newest versions of these records. */
  async fetch(rows: readonly RecordRow[]): Promise<Asked> {
    const asked = { answered: new Set<PartyId>(), silent: new Set<PartyId>(), refuted: new Set<PartyId>() };
    let missing = rows.flatMap((row) => this.missing(row));
    for (const keeper of this.work.keepers.linked()) {
      const left: VersionName[] = [];
      for (let from = 0; from < missing.length; from += MAX_ENTRIES_PER_ANSWER) {
        const wanted = missing.slice(from, from + MAX_ENTRIES_PER_ANSWER);
        left.push(...(await this.fetchFrom(keeper, wanted, asked)));
      }
      missing = left;
      if (missing.length === 0) break;
    }
    return asked;
  }

  /** Whether the newest version is known to have no tags. */
  isUntagged({ record, versions }: RecordRow): boolean {
    const newest = versions.at(-1);
    return newest !== undefined && this.untagged.has(`${versionName({ record, version: newest.version })}/${newest.commitment}`);
  }

  private missing({ record, versions, withdrawn }: RecordRow): readonly VersionName[] {
    const newest = versions.at(-1);
    if (newest === undefined || withdrawn !== null) return [];
    const of = { record, version: newest.version };
    const known = this.own.entryOf(of, newest.commitment) !== null || this.untagged.has(`${versionName(of)}/${newest.commitment}`);
    return known ? [] : [of];
  }

  /** Returns what is still missing. */
  private async fetchFrom(
    keeper: Keeper,
    wanted: readonly VersionName[],
    asked: { readonly answered: Set<PartyId>; readonly silent: Set<PartyId>; readonly refuted: Set<PartyId> },
  ): Promise<readonly VersionName[]> {
    const { desk, environment } = this.work;
    try {
      const request = { versions: wanted.map(({ record, version }) => ({ record, version })) };
      const { entries } = await desk.ask(keeper, SEARCH_REQUESTS.entries, entriesWish, entriesAnswer, request, SEARCH_TIMEOUT_MS);
      asked.answered.add(keeper.party);
      const settled = new Set<string>();
      for (const held of entries) {
        const fate = wanted.some((of) => versionName(of) === versionName(held)) ? await this.take(held) : 'refuted';
        if (fate === 'refuted') asked.refuted.add(keeper.party);
        if (fate === 'here' || fate === 'untagged') settled.add(versionName(held));
      }
      return wanted.filter((of) => !settled.has(versionName(of)));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      environment.log.debug('tags-not-fetched', { code: error.code });
      asked.silent.add(keeper.party);
      return wanted;
    }
  }

  private async take(held: HeldEntry): Promise<Fate> {
    const final = this.work.facts.version(held.record, held.version);
    if (final === null) return 'lacking';
    const envelope = boundEnvelope(held.binding, final.commitment);
    if (isRejection(envelope)) return 'refuted';
    const none = (): Fate => {
      this.untagged.add(`${versionName(held)}/${final.commitment}`);
      return 'untagged';
    };
    if (envelope.tags.length === 0) return none();
    if (held.entry === null) return 'lacking';
    const entry = boundEntry(held.entry, held, envelope);
    if (isRejection(entry)) return 'refuted';
    // What its writer made for another scope is of no use; no keeper is to blame.
    if (!(await this.isOurs(entry))) return none();
    await this.own.keep(ownNoteOf(entry, final.commitment, this.work.environment.clock.nowMs(), false), entry);
    return 'here';
  }

  private async isOurs({ writerKey, patientKey, epoch, sets }: TagEntry): Promise<boolean> {
    try {
      for (const set of sets) {
        const { scopeId } = await this.keys.scope({ writerKey, patientKey, epoch, sensitivityClass: set.class });
        if (!equalBytes(scopeId, set.scopeId)) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof AppError && error.code !== 'locked') return false;
      throw error;
    }
  }
}
