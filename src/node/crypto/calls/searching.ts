// Keyword search as calls from plain data to plain data, for a worker: keys, scopes, words, queries. The index itself is a port of its own
// (ports/work.ts, SearchIndex), over `SearchDesk` below: it stays where the work is done. Keywords are the bytes of `keywordOf`.
import { type GrantId, type RecordId, type Rejection, isRejection, reject, toHex } from '../../base/index.ts';
import type { IndexedTags } from '../../ports/index.ts';
import { RISTRETTO_SCALARS, allAccepted, decodeScalar, scalarToBytes, seededRandomness } from '../curves/index.ts';
import {
  type FoundRecord,
  type Keyword,
  MAX_KEYWORDS,
  MAX_KEYWORD_CHARS,
  type ScopeKey,
  type SearchKeyPair,
  addTags,
  answerQuery,
  decodeKeeperPart,
  decodeReaderPart,
  decodeSearchPublicKey,
  decodeSearchQuery,
  emptyTagIndex,
  encodeSearchPart,
  encodeSearchPublicKey,
  encodeSearchQuery,
  findRecord,
  keeperKeyOf,
  keywordOf,
  recordsWith,
  refusesFinding,
  removeTags,
  scopeIdOf,
  scopeKeyOf,
  searchKeyPairOf,
  searchQuery,
  splitScopeKey,
  tagsOfRecord,
  wordKeyOf,
} from '../search/index.ts';

/** Keywords are text of at most 300 characters: at most three bytes each. */
const MAX_KEYWORD_BYTES = 3 * MAX_KEYWORD_CHARS;

/** Whose tags, about whom, of which class and epoch: keys of 32 bytes. */
export interface ScopeBytes {
  readonly writerKey: Uint8Array;
  readonly patientKey: Uint8Array;
  readonly sensitivityClass: string;
  readonly epoch: number;
}

function scopeKeyFrom(bytes: Uint8Array): ScopeKey | Rejection {
  return decodeScalar(RISTRETTO_SCALARS, bytes, "a scope's key") as ScopeKey | Rejection;
}

function keywordsFrom(keywords: readonly Uint8Array[]): readonly Keyword[] | Rejection {
  const fit = keywords.length <= MAX_KEYWORDS && keywords.every((word) => word.byteLength > 0 && word.byteLength <= MAX_KEYWORD_BYTES);
  return fit ? (keywords as readonly Keyword[]) : reject('bad-keyword', 'too many keywords, or one that is no keyword');
}

export const SEARCH_CALLS = {
  /** The public search key of a party, from its root secret: 32 bytes. */
  searchPublicKey: ({ root }: { readonly root: Uint8Array }): Uint8Array => encodeSearchPublicKey(searchKeyPairOf(root)),

  /** The key and the id of a scope, for its writer or its patient. */
  searchScopeKey: (input: {
    readonly root: Uint8Array;
    readonly scope: ScopeBytes;
  }): { readonly scopeKey: Uint8Array; readonly scopeId: Uint8Array } | Rejection => {
    const keys = allAccepted([decodeSearchPublicKey(input.scope.writerKey), decodeSearchPublicKey(input.scope.patientKey)]);
    if (isRejection(keys)) return keys;
    const [writerKey, patientKey] = keys;
    const own: SearchKeyPair = searchKeyPairOf(input.root);
    if (!own.publicKey.equals(writerKey) && !own.publicKey.equals(patientKey))
      return reject('foreign-scope', 'only the writer and the patient have the key of a scope');
    const scopeKey = scopeKeyOf(own, { ...input.scope, writerKey, patientKey });
    return { scopeKey: scalarToBytes(RISTRETTO_SCALARS, scopeKey), scopeId: scopeIdOf(scopeKey) };
  },

  /** The patient's act of granting search in one scope: the reader's part and the keepers'. */
  searchSplit: (input: {
    readonly scopeKey: Uint8Array;
    readonly seed: Uint8Array;
  }): { readonly readerPart: Uint8Array; readonly keeperPart: Uint8Array; readonly keeperKey: Uint8Array } | Rejection => {
    const scopeKey = scopeKeyFrom(input.scopeKey);
    if (isRejection(scopeKey)) return scopeKey;
    const { readerPart, keeperPart } = splitScopeKey(scopeKey, seededRandomness(input.seed));
    return { readerPart: encodeSearchPart(readerPart), keeperPart: encodeSearchPart(keeperPart), keeperKey: keeperKeyOf(keeperPart) };
  },

  /** The bytes of a keyword, one spelling for each code. */
  searchKeyword: (input: { readonly system: string; readonly code: string }): Uint8Array | Rejection => keywordOf(input.system, input.code),

  /** An encoded query for records that have all the keywords, in any of the scopes. */
  searchQuery: (input: {
    readonly grant: GrantId;
    readonly scopes: readonly { readonly scopeId: Uint8Array; readonly readerPart: Uint8Array }[];
    readonly keywords: readonly Uint8Array[];
  }): Uint8Array | Rejection => {
    const readerParts = allAccepted(input.scopes.map(({ readerPart }) => decodeReaderPart(readerPart)));
    if (isRejection(readerParts)) return readerParts;
    const keywords = keywordsFrom(input.keywords);
    if (isRejection(keywords)) return keywords;
    const scopes = input.scopes.flatMap(({ scopeId }, index) => {
      const readerPart = readerParts[index];
      return readerPart === undefined ? [] : [{ scopeId, readerPart }];
    });
    return encodeSearchQuery(searchQuery(input.grant, scopes, keywords));
  },

  /** Why a keeper's answer does not show what it says, or null; see `refusesFinding`. */
  searchCheckFinding: (input: {
    readonly query: Uint8Array;
    readonly keeperKeys: readonly Uint8Array[];
    readonly tags: readonly (readonly Uint8Array[] | null)[];
    readonly found: FoundRecord;
  }): Rejection | null => {
    const query = decodeSearchQuery(input.query);
    return isRejection(query) ? query : refusesFinding(query, input.keeperKeys, input.tags, input.found);
  },
};

/** One index of tags and what is asked of it, in plain data. */
export class SearchDesk {
  private readonly index = emptyTagIndex();

  add(sets: readonly IndexedTags[]): void {
    for (const set of sets) addTags(this.index, set);
  }

  remove(sets: readonly IndexedTags[]): void {
    for (const set of sets) removeTags(this.index, set);
  }

  scopesOf(bytes: Uint8Array): { readonly grant: GrantId; readonly scopeIds: readonly string[] } | Rejection {
    const query = decodeSearchQuery(bytes);
    return isRejection(query) ? query : { grant: query.grant, scopeIds: query.scopeIds.map(toHex) };
  }

  answer(bytes: Uint8Array, keeperParts: readonly Uint8Array[]): readonly RecordId[] | Rejection {
    const query = decodeSearchQuery(bytes);
    if (isRejection(query)) return query;
    const parts = allAccepted(keeperParts.map(decodeKeeperPart));
    if (isRejection(parts)) return parts;
    const partByScope = new Map(query.scopeIds.map((scopeId, index) => [toHex(scopeId), parts[index]]));
    const found = answerQuery(this.index, (_, scopeId) => partByScope.get(scopeId) ?? null, query);
    return isRejection(found) ? found : [...found];
  }

  about(bytes: Uint8Array, keeperParts: readonly Uint8Array[], record: RecordId, seed: Uint8Array): FoundRecord | Rejection | null {
    const query = decodeSearchQuery(bytes);
    if (isRejection(query)) return query;
    const parts = allAccepted(keeperParts.map(decodeKeeperPart));
    if (isRejection(parts)) return parts;
    if (parts.length !== query.scopeIds.length) return reject('no-search-grant', 'a part for each scope of the query is needed');
    return findRecord(this.index, parts, query, record, seededRandomness(seed));
  }

  find(scopeKeys: readonly Uint8Array[], words: readonly Uint8Array[]): readonly RecordId[] | Rejection {
    const keys = allAccepted(scopeKeys.map(scopeKeyFrom));
    if (isRejection(keys)) return keys;
    const keywords = keywordsFrom(words);
    if (isRejection(keywords)) return keywords;
    const sets = keywords.map((keyword) => new Set(keys.flatMap((key) => [...recordsWith(this.index, wordKeyOf(key, keyword))])));
    const [first, ...others] = sets;
    return [...(first ?? [])].filter((record) => others.every((set) => set.has(record)));
  }

  tagsFor(scopeKey: Uint8Array, record: RecordId, words: readonly Uint8Array[], seed: Uint8Array): IndexedTags | Rejection {
    const key = scopeKeyFrom(scopeKey);
    if (isRejection(key)) return key;
    const keywords = keywordsFrom(words);
    return isRejection(keywords) ? keywords : tagsOfRecord(this.index, key, record, keywords, seededRandomness(seed));
  }
}
