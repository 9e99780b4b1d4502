// Sealing plan, padding, envelope and manifest: what is bound to what.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAead, createRandomness } from '../adapters/index.ts';
import { MAX_PART_BYTES, type PartyId, type RecordId, isRejection, toHex } from '../base/index.ts';
import { textToBytes } from '../codec/index.ts';
import { addressContext, partContext, reasonContext, wrapContext } from './contexts.ts';
import { type SealedPart, commitmentOf, envelopeBytes, readEnvelope } from './envelope.ts';
import { type Manifest, MAX_WRAPS, manifestBytes, readManifest, withWraps, withoutWrapsOf, wrapsFor } from './manifest.ts';
import { SMALLEST_BUCKET_BYTES, bucketOf, pad, unpad } from './padding.ts';
import { readPart } from './part.ts';
import { samplePatient } from './sample.ts';
import { joinOpened, planSealing } from './sealing.ts';

const patient = 'aa'.repeat(16) as PartyId;
const other = 'bb'.repeat(16) as PartyId;
const record = 'cc'.repeat(16) as RecordId;
const of = { patient, record, version: 1 };
const reasonOf = (value: unknown) => (isRejection(value) ? value.reason : 'taken');

describe('padding', () => {
  test('gives back what was padded, in a bucket that is at most 12 % larger', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 300_000 }), (size) => {
        const bytes = new Uint8Array(size).fill(7);
        const padded = pad(bytes);
        expect(unpad(padded)).toEqual(bytes);
        expect(padded.byteLength).toBe(bucketOf(size + 4));
        if (size + 4 > SMALLEST_BUCKET_BYTES) expect(padded.byteLength / (size + 4)).toBeLessThan(1.12);
      }),
    );
  });

  test('leaves few lengths to tell apart', () => {
    const buckets = new Set(Array.from({ length: 100_000 }, (_, size) => bucketOf(size)));
    expect(buckets.size).toBeLessThan(100);
    expect(bucketOf(1)).toBe(SMALLEST_BUCKET_BYTES);
  });

  test('is refused when it is not exactly ours', () => {
    const padded = pad(textToBytes('x'.repeat(5_000)));
    const changed = (change: (bytes: Uint8Array) => void) => {
      const copy = padded.slice();
      change(copy);
      return copy;
    };
    for (const bad of [
      padded.subarray(1),
      new Uint8Array(3),
      new Uint8Array(0),
      changed((bytes) => bytes.fill(1, bytes.length - 1)),
      changed((bytes) => bytes.fill(255, 0, 4)),
    ]) {
      expect(reasonOf(unpad(bad))).toBe('bad-padding');
    }
  });
});

describe('a sealed version', () => {
  const bundle = samplePatient({ seed: 20, visits: 4 });

  test('opens again, part by part, with each part’s key and context', async () => {
    const aead = createAead();
    const random = createRandomness();
    const opened = [];
    for (const part of planSealing(bundle, of)) {
      const key = random.bytes(32);
      const sealed = await aead.seal(key, part.plaintext, part.context);
      opened.push({ class: part.class, plaintext: await aead.open(key, sealed, partContext(of, part.class)) });
    }
    expect(joinOpened(opened)).toEqual({ bundle, files: [] });
  });

  test('does not open as another class, version, record or patient (fault 48)', () => {
    const contexts = [
      partContext(of, 'general'),
      partContext(of, 'restricted'),
      partContext({ ...of, version: 2 }, 'general'),
      partContext({ ...of, record: patient as string as RecordId }, 'general'),
      partContext({ ...of, patient: other }, 'general'),
      wrapContext(of, 'general', patient),
      wrapContext(of, 'general', other),
      addressContext(of),
      reasonContext(of, patient),
      reasonContext(of, other),
    ];
    expect(new Set(contexts.map(toHex)).size).toBe(contexts.length);
  });

  test('is refused when a part says it is of another class', () => {
    const [first, ...rest] = planSealing(bundle, of);
    expect(first?.class).toBe('identity');
    expect(
      reasonOf(joinOpened([{ class: 'restricted', plaintext: first?.plaintext ?? new Uint8Array() }, ...rest.map((part) => part)])),
    ).toBe('wrong-class');
  });

  test.each([
    ['no JSON', '{'],
    ['another format', JSON.stringify({ format: 'x', class: 'general', frame: {}, rest: null, entries: [] })],
    ['no class', JSON.stringify({ format: 'clinicord/part/1', class: 'x', frame: {}, rest: null, entries: [] })],
    [
      'places that go back',
      JSON.stringify({
        format: 'clinicord/part/1',
        class: 'general',
        frame: {},
        rest: null,
        entries: [
          [1, {}],
          [1, {}],
        ],
      }),
    ],
    ['an entry that is none', JSON.stringify({ format: 'clinicord/part/1', class: 'general', frame: {}, rest: null, entries: [[0, 1]] })],
    ['a prototype key', '{"format":"clinicord/part/1","class":"general","frame":{"__proto__":{}},"rest":null,"entries":[]}'],
  ])('is refused when a part holds %s (fault 30)', (_, json) => {
    expect(reasonOf(readPart(pad(textToBytes(json))))).not.toBe('taken');
  });

  test('is refused when a part is too large', () => {
    expect(reasonOf(readPart(new Uint8Array(MAX_PART_BYTES + 1)))).toBe('oversized');
  });
});

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const part = (partClass: SealedPart['class']): SealedPart => ({ class: partClass, cid: CID, sizeBytes: 4_124 });

describe('the envelope', () => {
  test('is canonical: parts are in order whatever order they come in', () => {
    const bytes = envelopeBytes([part('restricted'), part('identity')]);
    expect(bytes).toEqual(envelopeBytes([part('identity'), part('restricted')]));
    expect(readEnvelope(bytes)).toMatchObject({ parts: [{ class: 'identity' }, { class: 'restricted' }] });
  });

  test('is refused with no part, a class twice, or a CID that is none', () => {
    expect(reasonOf(readEnvelope(envelopeBytes([])))).toBe('malformed');
    expect(reasonOf(readEnvelope(envelopeBytes([part('general'), part('general')])))).toBe('malformed');
    expect(reasonOf(readEnvelope(envelopeBytes([{ ...part('general'), cid: 'Qm../etc' }])))).toBe('malformed');
    expect(reasonOf(readEnvelope(new Uint8Array(5_000)))).toBe('oversized');
  });

  test('is bound by a commitment that a salt hides (T24)', () => {
    const bytes = envelopeBytes([part('general')]);
    const salt = new Uint8Array(32).fill(1);
    expect(commitmentOf(salt, bytes)).not.toBe(commitmentOf(new Uint8Array(32), bytes));
    expect(commitmentOf(salt, bytes)).not.toBe(commitmentOf(salt, envelopeBytes([part('identity')])));
  });

  test('is refused when any bit is flipped, or binds to another commitment (fault 48)', () => {
    const bytes = envelopeBytes([part('general')]);
    const salt = new Uint8Array(32);
    for (let bit = 0; bit < 8 * bytes.byteLength; bit += 1) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      if (!isRejection(readEnvelope(flipped))) expect(commitmentOf(salt, flipped)).not.toBe(commitmentOf(salt, bytes));
    }
  });
});

describe('the manifest', () => {
  const wrapped = new Uint8Array(80);
  const manifest: Manifest = {
    record,
    version: 1,
    patient,
    envelope: CID,
    salt: new Uint8Array(32),
    wraps: [{ class: 'general', recipient: patient, wrapped }],
    capsules: null,
  };

  test('survives its bytes', () => {
    expect(readManifest(manifestBytes(manifest))).toEqual(manifest);
  });

  test('gains wraps, replaces those for the same reader and class, and loses a reader', () => {
    const added = withWraps(manifest, [
      { class: 'general', recipient: other, wrapped },
      { class: 'general', recipient: patient, wrapped: new Uint8Array(81) },
    ]) as Manifest;
    expect(added.wraps).toHaveLength(2);
    expect(wrapsFor(added, patient).map((entry) => entry.wrapped.byteLength)).toEqual([81]);
    expect(wrapsFor(withoutWrapsOf(added, other), other)).toEqual([]);
  });

  test('has a limit (R18)', () => {
    const many = Array.from({ length: MAX_WRAPS }, (_, index) => ({
      class: 'general' as const,
      recipient: index.toString(16).padStart(32, '0') as PartyId,
      wrapped,
    }));
    expect(reasonOf(withWraps(manifest, many))).toBe('too-many-wraps');
    const full = withWraps({ ...manifest, wraps: [] }, many) as Manifest;
    expect(reasonOf(readManifest(manifestBytes(full)))).toBe('taken');
  });

  test('is refused with two wraps for one reader and class', () => {
    const [entry] = manifest.wraps;
    expect(reasonOf(readManifest(manifestBytes({ ...manifest, wraps: entry === undefined ? [] : [entry, entry] })))).toBe('malformed');
  });
});
