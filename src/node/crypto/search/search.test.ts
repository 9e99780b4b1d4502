// Search by tags: what it finds for whom, what it refuses, and the guessing attack of row 42, which fails here.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { type GrantId, type RecordId, isRejection, toHex } from '../../base/index.ts';
import { decode, encode } from '../../codec/index.ts';
import { RISTRETTO_SCALARS } from '../curves/index.ts';
import { type FoundRecord, findRecord, keeperKeyOf, refusesFinding } from './evidence.ts';
import {
  type KeeperParts,
  answerQuery,
  decodeKeeperPart,
  decodeReaderPart,
  decodeSearchQuery,
  encodeSearchPart,
  encodeSearchQuery,
  searchQuery,
  splitScopeKey,
} from './grant.ts';
import { type Keyword, keywordOf } from './keyword.ts';
import { decodeSearchPublicKey, encodeSearchPublicKey, scopeIdOf, scopeKeyOf, searchKeyPair, searchKeyPairOf } from './scope.ts';
import { MAX_TAG_GAP, addTags, emptyTagIndex, nextOrdinal, recordsWith, removeTags, tagsOfRecord } from './tag-index.ts';
import { MAX_TAG_SET_BYTES, tagOf, tagSetCodec, tagSetCommitment, wordKeyOf, wordKeyOfPoint, wordPoint } from './tags.ts';

const random = testRandomness('search');
const word = (code: string): Keyword => accepted(keywordOf('http://loinc.org', code));
const recordId = (number: number) => number.toString(16).padStart(32, '0') as RecordId;
const SALT = new Uint8Array(32).fill(1);
const GRANT = 'a0'.repeat(16) as GrantId;
const OTHER_GRANT = 'b0'.repeat(16) as GrantId;

const [writer, patient, stranger] = [searchKeyPair(random), searchKeyPair(random), searchKeyPair(random)];
const scope = { writerKey: writer.publicKey, patientKey: patient.publicKey, sensitivityClass: 'normal', epoch: 1 };
const scopeKey = scopeKeyOf(patient, scope);
const scopeId = scopeIdOf(scopeKey);

/** Records with their keywords, written one after the other. */
function written(records: Readonly<Record<number, readonly string[]>>, key = scopeKey) {
  const index = emptyTagIndex();
  const sets = Object.entries(records).map(([number, codes]) => {
    const set = tagsOfRecord(index, key, recordId(Number(number)), codes.map(word), random);
    addTags(index, set);
    return set;
  });
  return { index, sets };
}
const library = written({ 1: ['a', 'b'], 2: ['b', 'c'], 3: ['a', 'b', 'c'], 4: [] });
const granted = splitScopeKey(scopeKey, random);
const keeper: KeeperParts = (grant, id) => (grant === GRANT && id === toHex(scopeId) ? granted.keeperPart : null);
const ask = (codes: readonly string[], parts = keeper, readerPart = granted.readerPart, grant = GRANT) => {
  const query = searchQuery(grant, [{ scopeId, readerPart }], codes.map(word));
  const answer = answerQuery(library.index, parts, accepted(decodeSearchQuery(encodeSearchQuery(query))));
  return isRejection(answer) ? answer : [...answer].map((record) => Number.parseInt(record, 16)).toSorted((a, b) => a - b);
};

describe('search by tags: what it finds', () => {
  test('writer and patient come to the same key, for each class and epoch another', () => {
    expect(scopeKeyOf(writer, scope)).toBe(scopeKey);
    const keys = [scope, { ...scope, epoch: 2 }, { ...scope, sensitivityClass: 'psychiatry' }].map((each) => scopeKeyOf(writer, each));
    expect(new Set(keys).size).toBe(3);
    expect(() => scopeKeyOf(stranger, scope)).toThrow('only the writer and the patient');
  });

  test('the patient finds a word by index look-up', () => {
    expect(recordsWith(library.index, wordKeyOf(scopeKey, word('b')))).toEqual(new Set([1, 2, 3].map(recordId)));
    expect(recordsWith(library.index, wordKeyOf(scopeKey, word('z')))).toEqual(new Set());
  });

  test('a reader finds one word, and several words together (P3-32)', () => {
    expect(ask(['b'])).toEqual([1, 2, 3]);
    expect(ask(['a', 'b'])).toEqual([1, 3]);
    expect(ask(['a', 'b', 'c'])).toEqual([3]);
    expect(ask(['a', 'z', 'c'])).toEqual([]);
  });

  test('what is found is what has the words, for any library', () => {
    const codes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(codes, { maxLength: 8 }), codes, (records, wanted) => {
        const { index } = written(Object.fromEntries(records.entries()));
        for (const code of wanted) {
          const expected = records.flatMap((has, number) => (has.includes(code) ? [recordId(number)] : []));
          expect(recordsWith(index, wordKeyOf(scopeKey, word(code)))).toEqual(new Set(expected));
        }
      }),
      { numRuns: 15 },
    );
  });

  test('scopes of several writers and epochs are searched in one query', () => {
    const later = scopeKeyOf(writer, { ...scope, epoch: 2 });
    const { index } = written({ 1: ['a'], 2: ['b'] });
    addTags(index, tagsOfRecord(index, later, recordId(7), [word('a'), word('b')], random));
    const second = splitScopeKey(later, random);
    const laterId = scopeIdOf(later);
    const both = [
      { scopeId, readerPart: granted.readerPart },
      { scopeId: laterId, readerPart: second.readerPart },
    ];
    const parts: KeeperParts = (_, id) => (id === toHex(laterId) ? second.keeperPart : granted.keeperPart);
    expect(answerQuery(index, parts, searchQuery(GRANT, both, [word('a')]))).toEqual(new Set([recordId(1), recordId(7)]));
    expect(answerQuery(index, parts, searchQuery(GRANT, both, [word('a'), word('b')]))).toEqual(new Set([recordId(7)]));
  });
});

describe('search by tags: bound to grant, class and epoch', () => {
  test('without the keepers’ part there is no search: revoking is destroying it (T22)', () => {
    expect(ask(['b'], () => null)).toMatchObject({ reason: 'no-search-grant' });
    expect(ask(['b'], keeper, granted.readerPart, OTHER_GRANT)).toMatchObject({ reason: 'no-search-grant' });
  });

  test('parts of two grants do not fit together', () => {
    const another = splitScopeKey(scopeKey, random);
    expect(ask(['b'], keeper, another.readerPart)).toEqual([]);
    expect(ask(['b'], () => another.keeperPart)).toEqual([]);
    expect(ask(['b'], () => another.keeperPart, another.readerPart)).toEqual([1, 2, 3]);
  });

  test('a part for another class or epoch finds nothing', () => {
    for (const other of [
      { ...scope, epoch: 2 },
      { ...scope, sensitivityClass: 'psychiatry' },
    ]) {
      const parts = splitScopeKey(scopeKeyOf(patient, other), random);
      expect(ask(['b'], () => parts.keeperPart, parts.readerPart)).toEqual([]);
    }
  });
});

describe('search by tags: at rest and after erasing', () => {
  test('no two tags are alike, and their number is padded', () => {
    const tags = library.sets.flatMap((set) => set.tags.map(toHex));
    expect(new Set(tags).size).toBe(tags.length);
    for (const set of library.sets) {
      expect(set.tags).toHaveLength(8);
      expect(set.tags.map(toHex)).toEqual(set.tags.map(toHex).toSorted());
    }
  });

  test('a word twice in one record has one tag', () => {
    const { index } = written({ 1: ['a', 'a', 'a'] });
    expect(nextOrdinal(index, wordKeyOf(scopeKey, word('a')))).toBe(1);
  });

  test('an erased record is found no more, and the next record takes its number', () => {
    const { index, sets } = written({ 1: ['a'], 2: ['a'], 3: ['a'] });
    const wordKey = wordKeyOf(scopeKey, word('a'));
    removeTags(index, sets[1]!);
    expect(recordsWith(index, wordKey)).toEqual(new Set([1, 3].map(recordId)));
    expect(nextOrdinal(index, wordKey)).toBe(1);
    removeTags(index, sets[0]!);
    removeTags(index, sets[2]!);
    expect(index.recordsByTag.size).toBe(0);
  });

  test('a gap shorter than the limit hides nothing', () => {
    const index = emptyTagIndex();
    const wordKey = wordKeyOf(scopeKey, word('a'));
    const at = (ordinal: number) => addTags(index, { record: recordId(ordinal), tags: [tagOf(wordKey, ordinal)] });
    at(MAX_TAG_GAP - 1);
    at(2 * MAX_TAG_GAP - 1);
    expect(recordsWith(index, wordKey).size).toBe(2);
    at(3 * MAX_TAG_GAP);
    expect(recordsWith(index, wordKey).size).toBe(2);
  });

  test('two writers that took one number lose nothing', () => {
    const index = emptyTagIndex();
    const wordKey = wordKeyOf(scopeKey, word('a'));
    for (const number of [1, 2]) addTags(index, { record: recordId(number), tags: [tagOf(wordKey, 0)] });
    expect(recordsWith(index, wordKey).size).toBe(2);
  });

  test('the commitment holds every tag and cannot be tried without its salt (row 46)', () => {
    const [set] = library.sets;
    const salt = SALT;
    const commitment = tagSetCommitment(set!, scopeId, salt);
    expect(tagSetCommitment({ ...set!, record: recordId(9) }, scopeId, salt)).not.toEqual(commitment);
    expect(tagSetCommitment({ ...set!, tags: set!.tags.slice(1) }, scopeId, salt)).not.toEqual(commitment);
    expect(tagSetCommitment(set!, scopeId, new Uint8Array(32))).not.toEqual(commitment);
    expect(tagSetCommitment(set!, new Uint8Array(32), salt)).not.toEqual(commitment);
  });
});

describe('search by tags: the guessing attack fails (row 42)', () => {
  const dictionary = ['a', 'b', 'c', 'd', 'e'].map(word);
  const secret = word('b');
  const trapdoor = searchQuery(GRANT, [{ scopeId, readerPart: granted.readerPart }], [secret]).trapdoors[0]![0]!;

  test('a keeper with index, its part, trapdoors and all public keys cannot tell which word it looks up', () => {
    const found = wordKeyOfPoint(trapdoor.multiply(granted.keeperPart));
    // It can look the word up, which is its task ...
    expect(recordsWith(library.index, found).size).toBe(3);
    // ... but nothing that it can compute from a candidate word meets what it holds.
    const known = [1n, granted.keeperPart, RISTRETTO_SCALARS.inv(granted.keeperPart), stranger.secretKey];
    const guessedKeys = [
      { ...scope, writerKey: stranger.publicKey },
      { ...scope, patientKey: stranger.publicKey },
    ].map((each) => scopeKeyOf(stranger, each));
    const hits = dictionary.filter((candidate) =>
      [...known, ...guessedKeys].some((scalar) => {
        const point = wordPoint(candidate).multiply(scalar);
        return (
          point.equals(trapdoor) ||
          toHex(wordKeyOfPoint(point)) === toHex(found) ||
          recordsWith(library.index, wordKeyOfPoint(point)).size > 0
        );
      }),
    );
    expect(hits).toEqual([]);
  });

  test('a reader without a keeper cannot look up by himself', () => {
    const hits = dictionary.filter(
      (candidate) => recordsWith(library.index, wordKeyOfPoint(wordPoint(candidate).multiply(granted.readerPart))).size > 0,
    );
    expect(hits).toEqual([]);
  });

  test('a reader and a keeper together find the key of that scope and of no other: written in docs/cryptography.md', () => {
    expect(RISTRETTO_SCALARS.mul(granted.readerPart, granted.keeperPart)).toBe(scopeKey);
    expect(scopeKeyOf(patient, { ...scope, epoch: 2 })).not.toBe(scopeKey);
  });
});

describe('search by tags: what a keeper shows of a hit', () => {
  const query = searchQuery(GRANT, [{ scopeId, readerPart: granted.readerPart }], [word('a'), word('b')]);
  const keeperKeys = [keeperKeyOf(granted.keeperPart)];
  const about = (record: number, asked = query) => findRecord(library.index, [granted.keeperPart], asked, recordId(record), random);
  const tagsOf = (record: number) => [library.sets.find((set) => set.record === recordId(record))!.tags];
  const good = about(3)!;
  const refused = (found: FoundRecord, record = 3, asked = query) => refusesFinding(asked, keeperKeys, tagsOf(record), found);

  test('a record with every keyword is shown to have them, by the number of each', () => {
    expect(good.places).toEqual([
      { scope: 0, ordinal: 1 },
      { scope: 0, ordinal: 2 },
    ]);
    expect(refused(good)).toBeNull();
    expect(refused(about(1)!, 1)).toBeNull();
    expect(about(2)).toBeNull();
    expect(about(4)).toBeNull();
  });

  test('a hit that is none is refused: another record, another number, other words', () => {
    expect(refused(good, 2)).toMatchObject({ reason: 'false-hit' });
    expect(refused({ ...good, places: good.places.map((place) => ({ ...place, ordinal: place.ordinal + 1 })) })).toMatchObject({
      reason: 'false-hit',
    });
    expect(refused({ ...good, places: good.places.map((place) => ({ ...place, scope: 1 })) })).toMatchObject({ reason: 'bad-evidence' });
    expect(refused({ ...good, places: good.places.slice(1) })).toMatchObject({ reason: 'bad-evidence' });
    expect(refused({ ...good, evidence: [] })).toMatchObject({ reason: 'bad-evidence' });
    // What it found for other words, asked before, does not pass for these.
    const others = searchQuery(GRANT, [{ scopeId, readerPart: granted.readerPart }], [word('b'), word('c')]);
    expect(refused(about(2, others)!, 2)).toMatchObject({ reason: 'other-words' });
    expect(refused(about(2, others)!, 2, others)).toBeNull();
  });

  test('evidence by another part, or with a bit changed, is refused', () => {
    const other = splitScopeKey(scopeKey, random);
    expect(refusesFinding(query, [keeperKeyOf(other.keeperPart)], tagsOf(3), good)).toMatchObject({ reason: 'other-words' });
    const [evidence] = good.evidence;
    fc.assert(
      fc.property(damaged(evidence!.proof), (proof) => refused({ ...good, evidence: [{ ...evidence!, proof }] }) !== null),
      { numRuns: 20 },
    );
    fc.assert(
      fc.property(
        damaged(evidence!.points[0]!),
        (point) => refused({ ...good, evidence: [{ ...evidence!, points: [point, evidence!.points[1]!] }] }) !== null,
      ),
      { numRuns: 20 },
    );
  });
});

describe('search by tags: decoders', () => {
  const query = encodeSearchQuery(searchQuery(GRANT, [{ scopeId, readerPart: granted.readerPart }], [word('a'), word('b')]));

  test('a damaged query finds nothing or is refused', () => {
    fc.assert(
      fc.property(damaged(query), (bytes) => {
        const read = decodeSearchQuery(bytes);
        if (isRejection(read)) return true;
        const answer = answerQuery(library.index, keeper, read);
        return isRejection(answer) || answer.size === 0;
      }),
      { numRuns: 60 },
    );
  });

  test('keys and parts are refused when they are zero, too large, the identity or of a wrong length', () => {
    const part = encodeSearchPart(granted.readerPart);
    expect(decodeReaderPart(part)).toBe(granted.readerPart);
    expect(decodeKeeperPart(encodeSearchPart(granted.keeperPart))).toBe(granted.keeperPart);
    expect(accepted(decodeSearchPublicKey(encodeSearchPublicKey(writer))).equals(writer.publicKey)).toBe(true);
    expect(decodeReaderPart(new Uint8Array(32))).toMatchObject({ reason: 'zero-scalar' });
    expect(decodeKeeperPart(new Uint8Array(32).fill(255))).toMatchObject({ reason: 'non-canonical-scalar' });
    expect(decodeReaderPart(new Uint8Array(31))).toMatchObject({ reason: 'scalar-length' });
    expect(decodeSearchPublicKey(new Uint8Array(32))).toMatchObject({ reason: 'identity-point' });
    expect(decodeSearchPublicKey(new Uint8Array(32).fill(255))).toMatchObject({ reason: 'not-an-element' });
  });

  test('a search key follows from the root secret', () => {
    const [first, again, other] = [1, 1, 2].map((byte) => encodeSearchPublicKey(searchKeyPairOf(new Uint8Array(32).fill(byte))));
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  test('a damaged set of tags is refused or is another set', () => {
    const [set] = library.sets;
    const bytes = encode(tagSetCodec, set!);
    expect(decode(tagSetCodec, bytes, MAX_TAG_SET_BYTES)).toEqual(set);
    fc.assert(
      fc.property(damaged(bytes), (broken) => {
        const read = decode(tagSetCodec, broken, MAX_TAG_SET_BYTES);
        return isRejection(read) || toHex(tagSetCommitment(read, scopeId, SALT)) !== toHex(tagSetCommitment(set!, scopeId, SALT));
      }),
    );
  });

  test('a keyword has one spelling, a system and a code', () => {
    expect(keywordOf(' HTTP://loinc.org', '718-7 ')).toEqual(keywordOf('http://loinc.org', '718-7'));
    expect(keywordOf('a', 'b|c')).not.toEqual(keywordOf('a', 'b'));
    expect(keywordOf('a|b', 'c')).toMatchObject({ reason: 'bad-keyword' });
    expect(keywordOf('', 'c')).toMatchObject({ reason: 'bad-keyword' });
    expect(keywordOf('a', ' ')).toMatchObject({ reason: 'bad-keyword' });
    expect(keywordOf('a', 'x'.repeat(300))).toMatchObject({ reason: 'keyword-length' });
    expect(keywordOf('a', '\uD800')).toMatchObject({ reason: 'bad-text' });
  });
});
