// The index of tags: look-up by tag, whatever the number of records (T20: no pairing for each record). It holds no secret. Entries go when
// their record is erased, which leaves gaps in a word's numbering; looking up steps over gaps, and the next writing fills them.
import type { RecordId } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import type { Keyword } from './keyword.ts';
import type { ScopeKey } from './scope.ts';
import { type TagSet, type WordKey, tagOf, tagSetOf, wordKeyOf } from './tags.ts';

/** So many numbers in a row without an entry end a word. More erased in a row would hide what was written after them. */
export const MAX_TAG_GAP = 64;
/** Occurrences of one word in one scope (R18). */
export const MAX_OCCURRENCES = 100_000;

/** A tag as a key of a map: one character for each byte. */
function keyOf(tag: Uint8Array): string {
  return String.fromCharCode(...tag);
}

/** Mutable, rebuilt from the stored sets at a start. */
export interface TagIndex {
  readonly recordsByTag: Map<string, RecordId[]>;
}

export function emptyTagIndex(): TagIndex {
  return { recordsByTag: new Map() };
}

export function addTags(index: TagIndex, set: TagSet): void {
  for (const tag of set.tags) {
    const key = keyOf(tag);
    const records = index.recordsByTag.get(key);
    if (records === undefined) index.recordsByTag.set(key, [set.record]);
    else if (!records.includes(set.record)) records.push(set.record);
  }
}

/** Takes out what `addTags` put in. */
export function removeTags(index: TagIndex, set: TagSet): void {
  for (const tag of set.tags) {
    const key = keyOf(tag);
    const left = (index.recordsByTag.get(key) ?? []).filter((record) => record !== set.record);
    if (left.length === 0) index.recordsByTag.delete(key);
    else index.recordsByTag.set(key, left);
  }
}

function* occurrences(index: TagIndex, wordKey: WordKey): Generator<{ readonly ordinal: number; readonly records: readonly RecordId[] }> {
  let gap = 0;
  for (let ordinal = 0; ordinal < MAX_OCCURRENCES && gap < MAX_TAG_GAP; ordinal += 1) {
    const records = index.recordsByTag.get(keyOf(tagOf(wordKey, ordinal))) ?? [];
    gap = records.length === 0 ? gap + 1 : 0;
    yield { ordinal, records };
  }
}

/** Every record with the word, each once. */
export function recordsWith(index: TagIndex, wordKey: WordKey): ReadonlySet<RecordId> {
  const found = new Set<RecordId>();
  for (const { records } of occurrences(index, wordKey)) for (const record of records) found.add(record);
  return found;
}

/** The lowest number that the word does not use: for its next occurrence. Two writers that take the same one lose nothing. */
export function nextOrdinal(index: TagIndex, wordKey: WordKey): number {
  for (const { ordinal, records } of occurrences(index, wordKey)) if (records.length === 0) return ordinal;
  return MAX_OCCURRENCES;
}

/** The tags of a new part of a record: for each different keyword the next free number. The writer's copy of the index is enough. */
export function tagsOfRecord(
  index: TagIndex,
  scopeKey: ScopeKey,
  record: RecordId,
  keywords: readonly Keyword[],
  random: Randomness,
): TagSet {
  const tags = new Map<string, Uint8Array>();
  for (const keyword of keywords) {
    const wordKey = wordKeyOf(scopeKey, keyword);
    const tag = tagOf(wordKey, nextOrdinal(index, wordKey));
    tags.set(keyOf(tag), tag);
  }
  return tagSetOf(record, [...tags.values()], random);
}
