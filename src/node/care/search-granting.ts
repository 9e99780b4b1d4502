// A patient lets those whom she granted search (P3-24, T20): for each scope of a granted record and class she splits the scope's key, gives the
// keepers one part and the reader the other. Parts follow from her secret, the grant and the scope, so nothing has to be remembered to give
// them again. When a grant has ended she collects the keepers' receipts that their parts are destroyed.
import { AppError, type GrantId, type PartyId, isRejection, toHex } from '../base/index.ts';
import { type Decoded, encode, fixedBytes, flag, list, oneOf, struct, uint } from '../codec/index.ts';
import { grantId, partyId, signature } from '../contracts/index.ts';
import { MAX_QUERY_SCOPES, sha256 } from '../crypto/index.ts';
import type { GrantRow } from '../ledger/index.ts';
import type { TagEntry } from '../records/index.ts';
import type { SearchView } from '../api.ts';
import { Errand, type Progress } from './errand.ts';
import type { Involved } from './involved.ts';
import type { PrivateTable } from './private-notes.ts';
import { done } from './requests.ts';
import type { Fetching } from './search-fetching.ts';
import { SEARCH_REQUESTS, partsHandout, receiptBytes, receiptsAnswer, receiptsWish } from './search-formats.ts';
import type { SearchKeys } from './search-keys.ts';
import type { OwnTags } from './search-own.ts';
import { isCovered } from './sharing.ts';
import type { Workplace } from './workplace.ts';

const splitInput = struct({ domain: oneOf('clinicord/search/split/1'), grant: grantId, scopeId: fixedBytes(32) });

const grantedNote = struct({
  grant: grantId,
  scopeIds: list(fixedBytes(32), MAX_QUERY_SCOPES),
  /** Keepers that hold a part for every scope. */
  heldBy: list(partyId, 32),
  /** Whether the reader was sent its parts. */
  told: flag,
  receipts: list(struct({ keeper: partyId, deletedMs: uint(), signature }), 32),
});
type GrantedNote = Decoded<typeof grantedNote>;

interface Split {
  readonly scopeId: Uint8Array;
  readonly readerPart: Uint8Array;
  readonly keeperPart: Uint8Array;
  readonly keeperKey: Uint8Array;
}

export interface GrantingInit {
  readonly work: Workplace;
  readonly involved: Involved;
  readonly keys: SearchKeys;
  readonly own: OwnTags;
  readonly fetching: Fetching;
}

export class SearchGranting {
  private readonly init: GrantingInit;
  private readonly table: PrivateTable<GrantedNote>;
  private readonly errand: Errand;
  private notes: ReadonlyMap<GrantId, GrantedNote> = new Map();

  constructor(init: GrantingInit) {
    this.init = init;
    this.table = init.work.table('care-search-granted', grantedNote);
    this.errand = new Errand('grant-search', init.work.environment, () => this.run());
  }

  async load(): Promise<void> {
    this.notes = new Map([...(await this.table.all()).values()].map((note) => [note.grant, note]));
  }

  forget(): void {
    this.notes = new Map();
  }

  kick(): void {
    const { environment } = this.init.work;
    if (environment.role === 'patient' && environment.person() !== null) this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  view(): SearchView['granted'] {
    return [...this.notes.values()].map(({ grant, heldBy, receipts }) => ({ grant, keepers: heldBy.length, receipts: receipts.length }));
  }

  private async run(): Promise<Progress> {
    const { work, involved, keys } = this.init;
    if (work.environment.person() === null || !keys.isPublished()) return 'done';
    let progress: Progress = 'done';
    for (const grant of involved.grants()) {
      if (grant.patient !== work.environment.party) continue;
      const live = work.facts.grantRefusal(grant) === null;
      if (!(await this.tried(() => (live ? this.deliver(grant) : this.collect(grant.grant))))) progress = 'later';
    }
    return progress;
  }

  private async tried(step: () => Promise<boolean>): Promise<boolean> {
    try {
      return await step();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      this.init.work.environment.log.debug('search-not-granted', { code: error.code });
      return false;
    }
  }

  /** Whether keepers and reader have what they need. */
  private async deliver(grant: GrantRow): Promise<boolean> {
    const { work, own, fetching } = this.init;
    const row = work.facts.recordRow(grant.record);
    const newest = row?.versions.at(-1);
    if (row === null || newest === undefined || row.withdrawn !== null || !isCovered(grant, newest)) return true;
    const of = { record: grant.record, version: newest.version };
    const asked = own.entryOf(of, newest.commitment) === null ? await fetching.fetch([row]) : null;
    const entry = own.entryOf(of, newest.commitment);
    // No tags, or none yet.
    if (entry === null) return asked !== null && fetching.isUntagged(row);
    const scopeIds = entry.sets.filter((set) => grant.classes.includes(set.class)).map(({ scopeId }) => scopeId);
    return scopeIds.length === 0 || this.handOut(grant, entry, scopeIds);
  }

  private async handOut(grant: GrantRow, entry: TagEntry, scopeIds: readonly Uint8Array[]): Promise<boolean> {
    const { work } = this.init;
    const before = this.notes.get(grant.grant);
    const same = before !== undefined && before.scopeIds.map(toHex).join() === scopeIds.map(toHex).join();
    let note: GrantedNote = same ? before : { grant: grant.grant, scopeIds, heldBy: [], told: false, receipts: [] };
    const lacking = work.keepers.linked().filter(({ party }) => !note.heldBy.includes(party));
    if (note.told && lacking.length === 0) return true;
    const splits = await this.splitsOf(grant, entry);
    const request = { grant: grant.grant, parts: splits.map(({ scopeId, keeperPart }) => ({ scopeId, part: keeperPart })) };
    const held: PartyId[] = [];
    for (const keeper of lacking) {
      const taken = await this.tried(async () => (await work.desk.ask(keeper, SEARCH_REQUESTS.parts, partsHandout, done, request)).ok);
      if (taken) held.push(keeper.party);
    }
    note = { ...note, heldBy: [...note.heldBy, ...held] };
    if (!note.told && note.heldBy.length > 0) {
      const scopes = splits.map(({ scopeId, readerPart, keeperKey }) => ({ scopeId, readerPart, keeperKey }));
      await work.write(grant.grantee, { kind: 'search-parts', grant: grant.grant, scopes });
      note = { ...note, told: true };
    }
    await this.put(note);
    return note.heldBy.length >= Math.min(work.facts.copies(), work.keepers.count());
  }

  private async splitsOf(grant: GrantRow, { writerKey, patientKey, epoch, sets }: TagEntry): Promise<readonly Split[]> {
    const { work, keys } = this.init;
    const splits: Split[] = [];
    for (const set of sets) {
      if (!grant.classes.includes(set.class)) continue;
      const { scopeKey, scopeId } = await keys.scope({ writerKey, patientKey, epoch, sensitivityClass: set.class });
      const seed = sha256(
        work.person().searchSecret,
        encode(splitInput, { domain: 'clinicord/search/split/1', grant: grant.grant, scopeId }),
      );
      const split = await work.environment.schemes.call('searchSplit', { scopeKey, seed }).done;
      if (isRejection(split)) throw new AppError({ code: split.reason, message: split.detail, remedy: 'Reload the page.' });
      splits.push({ scopeId, ...split });
    }
    return splits;
  }

  /** Whether every keeper that had parts has signed that it has none. */
  private async collect(grant: GrantId): Promise<boolean> {
    const { work } = this.init;
    let note = this.notes.get(grant);
    if (note === undefined) return true;
    for (const keeper of work.keepers.linked()) {
      if (!note.heldBy.includes(keeper.party) || note.receipts.some((receipt) => receipt.keeper === keeper.party)) continue;
      const { receipts } = await work.desk.ask(keeper, SEARCH_REQUESTS.receipts, receiptsWish, receiptsAnswer, { grants: [grant] });
      const [receipt] = receipts.filter((each) => each.grant === grant);
      const signingKey = work.facts.party(keeper.party)?.certificate.signingKey;
      if (receipt === undefined || signingKey === undefined) continue;
      const bytes = receiptBytes(work.facts.channelId, grant, keeper.party, receipt.deletedMs);
      if (!(await work.environment.verifier.verify(signingKey, bytes, receipt.signature))) continue;
      const { deletedMs, signature: signed } = receipt;
      note = { ...note, receipts: [...note.receipts, { keeper: keeper.party, deletedMs, signature: signed }] };
      await this.put(note);
    }
    return note.receipts.length >= note.heldBy.length;
  }

  private async put(note: GrantedNote): Promise<void> {
    await this.table.put(note.grant, note);
    this.notes = new Map(this.notes).set(note.grant, note);
    this.init.work.environment.changed();
  }
}
