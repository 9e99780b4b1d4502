// A reader's power to search, bound to one grant, class and epoch: the patient splits the scope's key into the reader's part and the
// keepers' part. The reader's trapdoor is a blinded word; a keeper with its part turns it into the word's key and looks up. Keepers who
// drop their part end the grant; parts of two grants do not fit together; a keeper cannot try words, nor can a reader without a keeper.
//   k = p q;  trapdoor T = p H1(w);  word key from q T = k H1(w)
// Sources: Dong, Russello, Dulay: Shared and searchable encrypted data for untrusted servers (2008); DDH in ristretto255.
import {
  type Brand,
  DIGEST_BYTES,
  type GrantId,
  ID_BYTES,
  type RecordId,
  type Rejection,
  isRejection,
  present,
  reject,
  toHex,
} from '../../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, hex, list, oneOf, struct } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  RISTRETTO_POINT_BYTES,
  RISTRETTO_SCALARS,
  type RistrettoPoint,
  decodeRistretto,
  decodeScalar,
  randomScalar,
  scalarToBytes,
} from '../curves/index.ts';
import type { Keyword } from './keyword.ts';
import type { ScopeKey } from './scope.ts';
import { type TagIndex, recordsWith } from './tag-index.ts';
import { wordKeyOfPoint, wordPoint } from './tags.ts';

/** Secret of the reader, for one grant and scope. */
export type ReaderPart = Brand<bigint, 'ReaderPart'>;
/** Secret of the keepers, for one grant and scope; destroyed when the grant ends. */
export type KeeperPart = Brand<bigint, 'KeeperPart'>;

/** The patient's act of granting search in one scope. */
export function splitScopeKey(
  scopeKey: ScopeKey,
  random: Randomness,
): { readonly readerPart: ReaderPart; readonly keeperPart: KeeperPart } {
  const readerPart = randomScalar(RISTRETTO_SCALARS, random);
  return { readerPart: readerPart as ReaderPart, keeperPart: RISTRETTO_SCALARS.div(scopeKey, readerPart) as KeeperPart };
}

/** 32 bytes. */
export function encodeSearchPart(part: ReaderPart | KeeperPart): Uint8Array {
  return scalarToBytes(RISTRETTO_SCALARS, part);
}

export function decodeReaderPart(bytes: Uint8Array): ReaderPart | Rejection {
  return decodeScalar(RISTRETTO_SCALARS, bytes, "a reader's part") as ReaderPart | Rejection;
}

export function decodeKeeperPart(bytes: Uint8Array): KeeperPart | Rejection {
  return decodeScalar(RISTRETTO_SCALARS, bytes, "a keeper's part") as KeeperPart | Rejection;
}

export function trapdoorOf(readerPart: ReaderPart, keyword: Keyword): RistrettoPoint {
  return wordPoint(keyword).multiply(readerPart);
}

/** Keywords in one query, and scopes (writers, classes, epochs) that it covers (R18). */
export const MAX_QUERY_KEYWORDS = 16;
export const MAX_QUERY_SCOPES = 64;
export const MAX_QUERY_BYTES = 128 * 1024;

const queryCodec = struct({
  domain: oneOf('clinicord/search-query/1'),
  grant: hex<GrantId>(ID_BYTES),
  scopeIds: list(fixedBytes(DIGEST_BYTES), MAX_QUERY_SCOPES),
  /** For each keyword a trapdoor in each scope, in the order of the scopes. */
  trapdoors: list(list(fixedBytes(RISTRETTO_POINT_BYTES), MAX_QUERY_SCOPES), MAX_QUERY_KEYWORDS),
});
type QueryFields = Decoded<typeof queryCodec>;

/** A query as a keeper works on it. */
export interface SearchQuery {
  readonly grant: GrantId;
  readonly scopeIds: readonly Uint8Array[];
  readonly trapdoors: readonly (readonly RistrettoPoint[])[];
}

/** A query for records that have all the keywords, in any of the scopes that the reader has parts for. */
export function searchQuery(
  grant: GrantId,
  scopes: readonly { readonly scopeId: Uint8Array; readonly readerPart: ReaderPart }[],
  keywords: readonly Keyword[],
): SearchQuery {
  return {
    grant,
    scopeIds: scopes.map(({ scopeId }) => scopeId),
    trapdoors: keywords.map((keyword) => scopes.map(({ readerPart }) => trapdoorOf(readerPart, keyword))),
  };
}

export function encodeSearchQuery({ grant, scopeIds, trapdoors }: SearchQuery): Uint8Array {
  const encoded = trapdoors.map((points) => points.map((point) => point.toBytes()));
  return encode(queryCodec, { domain: 'clinicord/search-query/1', grant, scopeIds, trapdoors: encoded });
}

function checkedTrapdoors(fields: QueryFields): readonly (readonly RistrettoPoint[])[] | Rejection {
  const rows: RistrettoPoint[][] = [];
  for (const row of fields.trapdoors) {
    if (row.length !== fields.scopeIds.length) return reject('bad-query', 'a keyword has a trapdoor for each scope');
    const points: RistrettoPoint[] = [];
    for (const bytes of row) {
      const point = decodeRistretto(bytes, 'a trapdoor');
      if (isRejection(point)) return point;
      points.push(point);
    }
    rows.push(points);
  }
  return rows;
}

export function decodeSearchQuery(bytes: Uint8Array): SearchQuery | Rejection {
  const fields = decode(queryCodec, bytes, MAX_QUERY_BYTES);
  if (isRejection(fields)) return fields;
  if (fields.scopeIds.length === 0 || fields.trapdoors.length === 0) return reject('bad-query', 'a query has a scope and a keyword');
  const trapdoors = checkedTrapdoors(fields);
  return isRejection(trapdoors) ? trapdoors : { grant: fields.grant, scopeIds: fields.scopeIds, trapdoors };
}

/** How a keeper finds its part for a grant and a scope; null when the grant has ended. */
export type KeeperParts = (grant: GrantId, scopeId: string) => KeeperPart | null;

function intersection(some: ReadonlySet<RecordId>, others: ReadonlySet<RecordId>): ReadonlySet<RecordId> {
  return new Set([...some].filter((record) => others.has(record)));
}

/** A keeper's answer: the records that have every keyword of the query, or why it does not look. */
export function answerQuery(index: TagIndex, parts: KeeperParts, query: SearchQuery): ReadonlySet<RecordId> | Rejection {
  const keeperParts: KeeperPart[] = [];
  for (const scopeId of query.scopeIds) {
    const part = parts(query.grant, toHex(scopeId));
    if (part === null) return reject('no-search-grant', 'this keeper has no part for the grant and scope, or has destroyed it');
    keeperParts.push(part);
  }
  let left: ReadonlySet<RecordId> | null = null;
  for (const trapdoors of query.trapdoors) {
    const found = new Set<RecordId>();
    trapdoors.forEach((trapdoor, at) => {
      const wordKey = wordKeyOfPoint(trapdoor.multiply(present(keeperParts[at], 'the part of a scope')));
      for (const record of recordsWith(index, wordKey)) found.add(record);
    });
    left = left === null ? found : intersection(left, found);
    if (left.size === 0) break;
  }
  return left ?? new Set();
}
