// What keyword search puts on the wire and on disks (P3-11, P3-28): index entries, the keepers' parts of a grant, queries and answers,
// receipts for parts that were destroyed. Declares and decides nothing.
import { type ChannelId, type GrantId, type PartyId, DIGEST_BYTES } from '../base/index.ts';
import { type Decoded, boundedBytes, encode, fixedBytes, hex, list, nullable, oneOf, struct, uint } from '../codec/index.ts';
import { digest, grantId, partyId, recordId, signature } from '../contracts/index.ts';
import {
  LOOK_UP_PROOF_BYTES,
  MAX_OCCURRENCES,
  MAX_QUERY_BYTES,
  MAX_QUERY_KEYWORDS,
  MAX_QUERY_SCOPES,
  SEARCH_KEY_BYTES,
} from '../crypto/index.ts';
import { CLASS_ORDER, MAX_ENVELOPE_BYTES, MAX_TAG_ENTRY_BYTES, SALT_BYTES, partTags } from '../records/index.ts';
import { MAX_ENTRIES_PER_ANSWER, MAX_QUERIES, MAX_RECEIPTS } from './search-limits.ts';

const version = uint(10_000);
const scopeId = fixedBytes(DIGEST_BYTES);
/** A scalar of ristretto255. */
const searchPart = fixedBytes(32);

/** A clinic hands in the tags of a version that the keeper keeps. `commitment` tells which of several. Answer: `done`. */
export const keepTags = struct({ commitment: digest, entry: boundedBytes(MAX_TAG_ENTRY_BYTES) });

/** What binds tags to the ledger: the salt of the version's commitment, and the envelope. */
export const binding = struct({ salt: fixedBytes(SALT_BYTES), envelope: boundedBytes(MAX_ENVELOPE_BYTES) });
export type Binding = Decoded<typeof binding>;

/** Patient, author or another keeper asks for index entries of final versions. */
export const entriesWish = struct({ versions: list(struct({ record: recordId, version }), MAX_ENTRIES_PER_ANSWER) });
const heldEntry = struct({ record: recordId, version, binding, entry: nullable(boundedBytes(MAX_TAG_ENTRY_BYTES)) });
export type HeldEntry = Decoded<typeof heldEntry>;
/** Of those that the keeper holds; without an entry where the version has no tags, or they have not come yet. */
export const entriesAnswer = struct({ entries: list(heldEntry, MAX_ENTRIES_PER_ANSWER) });

/** The patient hands the keepers' parts of a grant out. Answer: `done`. */
export const partsHandout = struct({ grant: grantId, parts: list(struct({ scopeId, part: searchPart }), MAX_QUERY_SCOPES) });

/** The reader's parts, by letter. */
export const readerParts = struct({
  grant: grantId,
  scopes: list(struct({ scopeId, readerPart: searchPart, keeperKey: fixedBytes(SEARCH_KEY_BYTES) }), MAX_QUERY_SCOPES),
});
export type ReaderParts = Decoded<typeof readerParts>;

/** Queries, one for each grant (`encodeSearchQuery`). */
export const queries = struct({ queries: list(boundedBytes(MAX_QUERY_BYTES), MAX_QUERIES) });
const evidence = struct({ points: list(fixedBytes(SEARCH_KEY_BYTES), MAX_QUERY_KEYWORDS), proof: fixedBytes(LOOK_UP_PROOF_BYTES) });
const place = struct({ scope: uint(MAX_QUERY_SCOPES), ordinal: uint(MAX_OCCURRENCES) });
const finding = struct({
  evidence: list(evidence, MAX_QUERY_SCOPES),
  places: list(place, MAX_QUERY_KEYWORDS),
  binding,
  /** The tags of the parts that the grant lets be searched. */
  sets: list(partTags, CLASS_ORDER.length),
});
export type Finding = Decoded<typeof finding>;
const queryAnswer = struct({
  grant: grantId,
  /** `searched`, or why not. */
  outcome: oneOf('searched', 'no-grant', 'no-part', 'no-tags', 'other-class'),
  version,
  /** Null where a keyword is missing. */
  finding: nullable(finding),
});
export type QueryAnswer = Decoded<typeof queryAnswer>;
export const queryAnswers = struct({ answers: list(queryAnswer, MAX_QUERIES) });

/** The patient asks whether a keeper has destroyed its parts of these grants. */
export const receiptsWish = struct({ grants: list(grantId, MAX_RECEIPTS) });
const receipt = struct({ grant: grantId, deletedMs: uint(), signature });
export type Receipt = Decoded<typeof receipt>;
export const receiptsAnswer = struct({ receipts: list(receipt, MAX_RECEIPTS) });

const receiptToSign = struct({
  domain: oneOf('clinicord/search-receipt/1'),
  channel: hex<ChannelId>(DIGEST_BYTES),
  grant: grantId,
  keeper: partyId,
  deletedMs: uint(),
});
/** What a keeper signs: it holds no part of this grant any more. */
export function receiptBytes(channel: ChannelId, grant: GrantId, keeper: PartyId, deletedMs: number): Uint8Array {
  return encode(receiptToSign, { domain: 'clinicord/search-receipt/1', channel, grant, keeper, deletedMs });
}

export const SEARCH_REQUESTS = {
  keep: 'search-keep',
  entries: 'search-entries',
  parts: 'search-parts',
  query: 'search-query',
  receipts: 'search-receipts',
} as const;
