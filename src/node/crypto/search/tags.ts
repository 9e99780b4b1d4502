// Search tags: what stands in the index instead of a keyword. Every occurrence of a word has a tag of its own, numbered, so that at rest
// no two tags are alike and the index says nothing about frequencies; whoever is given a word's key finds all its occurrences by
// counting up. Padded, so that the number of keywords of a record shows only roughly.
//   word key = H(k H1(w));  tag i = first 16 bytes of H(word key, i)
// Source: Cash et al.: Dynamic searchable encryption in very-large databases (2014), basic construction.
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Brand, DIGEST_BYTES, ID_BYTES, type RecordId, assert, fromHex } from '../../base/index.ts';
import { type Decoded, encode, fixedBytes, hex, list, struct, textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { type RistrettoPoint, framed, hashToRistretto, uint32Bytes } from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import type { Keyword } from './keyword.ts';
import type { ScopeKey } from './scope.ts';

export const TAG_BYTES = 16;
/** Keywords of one part of a record (R18). */
export const MAX_KEYWORDS = 256;
const PADDED_TO = 8;
/** Tags of one part of a record. */
export const MAX_TAGS = MAX_KEYWORDS + PADDED_TO;
const WORD_KEY = textToBytes('clinicord/search/word-key/1');
const TAG = textToBytes('clinicord/tag/1');

/** What finds every occurrence of one word in one scope: 32 bytes. */
export type WordKey = Brand<Uint8Array, 'WordKey'>;

export function wordPoint(keyword: Keyword): RistrettoPoint {
  return hashToRistretto('clinicord/search/word/1', keyword);
}

/** From k H1(w), however it was come by. */
export function wordKeyOfPoint(point: RistrettoPoint): WordKey {
  return sha256(framed(WORD_KEY, point.toBytes())) as WordKey;
}

/** For writer and patient, who hold the scope's key. */
export function wordKeyOf(scopeKey: ScopeKey, keyword: Keyword): WordKey {
  return wordKeyOfPoint(wordPoint(keyword).multiply(scopeKey));
}

/** The tags of a word by number, from 0. Few enough bytes are hashed for one block, and they are laid out once. */
export function tagsOf(wordKey: WordKey): (ordinal: number) => Uint8Array {
  const block = concatBytes(TAG, wordKey, uint32Bytes(0));
  const view = new DataView(block.buffer);
  return (ordinal) => {
    view.setUint32(block.byteLength - 4, ordinal);
    return nobleSha256(block).subarray(0, TAG_BYTES);
  };
}

export function tagOf(wordKey: WordKey, ordinal: number): Uint8Array {
  return tagsOf(wordKey)(ordinal);
}

export const tagSetCodec = struct({
  record: hex<RecordId>(ID_BYTES),
  tags: list(fixedBytes(TAG_BYTES), MAX_TAGS),
});
export const MAX_TAG_SET_BYTES = 8 * 1024;

/** All tags of one part of a record: destroyed with it. Sorted, so that their order says nothing. */
export type TagSet = Decoded<typeof tagSetCodec>;

/**
 * What slip and item commit to (P3-15, P3-16), with the scope that the tags were made in (`scopeIdOf`, 32 bytes): the salt is destroyed with
 * the tags, and then the commitment can be tried no more.
 */
export function tagSetCommitment(set: TagSet, scopeId: Uint8Array, salt: Uint8Array): Uint8Array {
  assert(salt.byteLength === DIGEST_BYTES && scopeId.byteLength === DIGEST_BYTES, 'salt and scope have 32 bytes');
  return sha256(salt, scopeId, encode(tagSetCodec, set));
}

function byBytes(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < TAG_BYTES; i += 1) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** A record's tags with their padding; each tag is one that `tagOf` gave for the next free ordinal of a word. */
export function tagSetOf(record: RecordId, tags: readonly Uint8Array[], random: Randomness): TagSet {
  assert(tags.length <= MAX_KEYWORDS, `a part has at most ${MAX_KEYWORDS} keywords`);
  assert(fromHex(record).byteLength === ID_BYTES, 'a record id has 16 bytes');
  const missing = (PADDED_TO - (tags.length % PADDED_TO)) % PADDED_TO || (tags.length === 0 ? PADDED_TO : 0);
  const padding = Array.from({ length: missing }, () => random.bytes(TAG_BYTES));
  return { record, tags: [...tags, ...padding].toSorted(byBytes) };
}
