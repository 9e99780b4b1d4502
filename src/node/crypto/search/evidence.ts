// A keeper's answer about one record, with evidence: which number of each word it found there, and a proof that it looked up the words that
// were asked and no others. The reader, who holds the record's committed tags, checks it without the keeper's part: a keeper can leave a hit
// out, but invent none.
//   Q = q G, told by the patient;  for each word V = q T with one proof per scope that G, T give Q, V by the same q;  tag i of H(V) is in the set
// Sources: as grant.ts; Chaum, Pedersen: Wallet databases with observers (1992).
import { type RecordId, type Rejection, isRejection, present, reject, toHex } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  RISTRETTO,
  RISTRETTO_SCALARS,
  type RistrettoPoint,
  allAccepted,
  decodeEqualLogs,
  decodeRistretto,
  encodeEqualLogs,
  equalLogsHold,
  proveEqualLogs,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { type KeeperPart, type SearchQuery, encodeSearchQuery } from './grant.ts';
import { type TagIndex, ordinalOf } from './tag-index.ts';
import { tagOf, wordKeyOfPoint } from './tags.ts';

const USE = 'clinicord/search/look-up/1';
/** Encoded: a challenge and a response. */
export const LOOK_UP_PROOF_BYTES = 64;

/** Where a keyword's tag of the record is: in which scope of the query, and the how manieth of its word. */
export interface TagPlace {
  readonly scope: number;
  readonly ordinal: number;
}

/** What of one scope was looked up: a point for each keyword, and the proof that they are those of the query. */
export interface LookUpEvidence {
  readonly points: readonly Uint8Array[];
  readonly proof: Uint8Array;
}

/** About a record that has every keyword. */
export interface FoundRecord {
  readonly evidence: readonly LookUpEvidence[];
  /** For each keyword. */
  readonly places: readonly TagPlace[];
}

/** What the patient tells the reader of the keepers' part: 32 bytes. */
export function keeperKeyOf(part: KeeperPart): Uint8Array {
  return RISTRETTO.encode(RISTRETTO.generator.multiply(part));
}

function trapdoorsOf({ trapdoors }: SearchQuery, scope: number): readonly RistrettoPoint[] {
  return trapdoors.map((row) => present(row[scope], 'a trapdoor in each scope'));
}

/** Whether the record has every keyword; null where it lacks one. `parts` are the keeper's, for each scope of the query. */
export function findRecord(
  index: TagIndex,
  parts: readonly KeeperPart[],
  query: SearchQuery,
  record: RecordId,
  random: Randomness,
): FoundRecord | null {
  const looked = parts.map((part, scope) => trapdoorsOf(query, scope).map((trapdoor) => trapdoor.multiply(part)));
  const places: TagPlace[] = [];
  for (const keyword of query.trapdoors.keys()) {
    const place = placeOf(index, looked, keyword, record);
    if (place === null) return null;
    places.push(place);
  }
  const context = sha256(encodeSearchQuery(query));
  const evidence = parts.map((part, scope) => {
    const images = present(looked[scope], 'the points of a scope');
    const publicPoint = RISTRETTO.generator.multiply(part);
    const proof = proveEqualLogs(RISTRETTO, USE, part, { publicPoint, bases: trapdoorsOf(query, scope), images, context }, random);
    return { points: images.map((point) => point.toBytes()), proof: encodeEqualLogs(RISTRETTO_SCALARS, proof) };
  });
  return { evidence, places };
}

function placeOf(index: TagIndex, looked: readonly (readonly RistrettoPoint[])[], keyword: number, record: RecordId): TagPlace | null {
  for (const [scope, points] of looked.entries()) {
    const ordinal = ordinalOf(index, wordKeyOfPoint(present(points[keyword], 'a point for each keyword')), record);
    if (ordinal !== null) return { scope, ordinal };
  }
  return null;
}

/**
 * Why the answer does not show that the record has every keyword, or null. `keeperKeys` are for the scopes of the query, `tags` what the record
 * has in each of them, checked against its commitment; null for none.
 */
export function refusesFinding(
  query: SearchQuery,
  keeperKeys: readonly Uint8Array[],
  tags: readonly (readonly Uint8Array[] | null)[],
  { evidence, places }: FoundRecord,
): Rejection | null {
  const scopes = query.scopeIds.length;
  if ([keeperKeys, tags, evidence].some((each) => each.length !== scopes) || places.length !== query.trapdoors.length)
    return reject('bad-evidence', 'evidence for each scope and a place for each keyword were expected');
  const context = sha256(encodeSearchQuery(query));
  const looked: (readonly RistrettoPoint[])[] = [];
  for (const [scope, { points, proof }] of evidence.entries()) {
    const images = provedPoints(query, scope, present(keeperKeys[scope], 'a key'), { points, proof }, context);
    if (isRejection(images)) return images;
    looked.push(images);
  }
  for (const [keyword, { scope, ordinal }] of places.entries()) {
    const point = looked[scope]?.[keyword];
    const own = tags[scope] ?? null;
    if (point === undefined || own === null) return reject('bad-evidence', 'a keyword is placed in a scope that the record is not in');
    const wanted = toHex(tagOf(wordKeyOfPoint(point), ordinal));
    if (!own.some((tag) => toHex(tag) === wanted))
      return reject('false-hit', 'the record does not have the tag that the keeper says it found');
  }
  return null;
}

function provedPoints(
  query: SearchQuery,
  scope: number,
  keeperKey: Uint8Array,
  { points, proof }: LookUpEvidence,
  context: Uint8Array,
): readonly RistrettoPoint[] | Rejection {
  const images = allAccepted(points.map((bytes) => decodeRistretto(bytes, 'a looked-up point')));
  if (isRejection(images)) return images;
  const publicPoint = decodeRistretto(keeperKey, "a keepers' key");
  if (isRejection(publicPoint)) return publicPoint;
  const claimed = decodeEqualLogs(RISTRETTO_SCALARS, proof);
  if (isRejection(claimed)) return claimed;
  const holds = equalLogsHold(RISTRETTO, USE, { publicPoint, bases: trapdoorsOf(query, scope), images, context }, claimed);
  return holds ? images : reject('other-words', 'the keeper did not look up the words that it was asked for');
}
