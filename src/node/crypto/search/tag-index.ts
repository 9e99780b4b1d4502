// The index of tags: look-up by tag, whatever the number of records (T20: no pairing for each record). It holds no secret. Entries go when
// their record is erased, which leaves gaps in a word's numbering; looking up steps over gaps, and the next writing fills them.
import type { RecordId } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import type { Keyword } from './keyword.ts';
import type { ScopeKey } from './scope.ts';
import { TAG_BYTES, type TagSet, type WordKey, tagOf, tagSetOf, tagsOf, wordKeyOf } from './tags.ts';

/** So many numbers in a row without an entry end a word. More erased in a row would hide what was written after them. */
export const MAX_TAG_GAP = 64;
/** Occurrences of one word in one scope (R18). */
export const MAX_OCCURRENCES = 100_000;
const NONE: readonly RecordId[] = [];

/** A tag as a key of a map: a character for two bytes. */
function keyOf(tag: Uint8Array): string {
  let key = '';
  for (let at = 0; at < TAG_BYTES; at += 2) key += String.fromCharCode(((tag[at] ?? 0) << 8) | (tag[at + 1] ?? 0));
  return key;
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

/** Calls `visit` with every number of the word in turn, until it returns false or the word ends. */
function walk(index: TagIndex, wordKey: WordKey, visit: (ordinal: number, records: readonly RecordId[]) => boolean): void {
  let gap = 0;
  const tags = tagsOf(wordKey);
  for (let ordinal = 0; ordinal < MAX_OCCURRENCES && gap < MAX_TAG_GAP; ordinal += 1) {
    const records = index.recordsByTag.get(keyOf(tags(ordinal))) ?? NONE;
    gap = records.length === 0 ? gap + 1 : 0;
    if (!visit(ordinal, records)) return;
  }
}

/** Every record with the word, each once. */
export function recordsWith(index: TagIndex, wordKey: WordKey): ReadonlySet<RecordId> {
  const found = new Set<RecordId>();
  walk(index, wordKey, (_, records) => {
    for (const record of records) found.add(record);
    return true;
  });
  return found;
}

/** Which number of the word stands for this record; null where it does not have the word. */
export function ordinalOf(index: TagIndex, wordKey: WordKey, record: RecordId): number | null {
  let found: number | null = null;
  walk(index, wordKey, (ordinal, records) => {
    if (records.includes(record)) found = ordinal;
    return found === null;
  });
  return found;
}

/** The lowest number that the word does not use: for its next occurrence. Two writers that take the same one lose nothing. */
export function nextOrdinal(index: TagIndex, wordKey: WordKey): number {
  let free = MAX_OCCURRENCES;
  walk(index, wordKey, (ordinal, records) => {
    if (records.length === 0) free = ordinal;
    return records.length > 0;
  });
  return free;
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
