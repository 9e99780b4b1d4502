// What a record can be found by (P3-12), that what is typed means the same, and that the envelope binds the tags.
import { describe, expect, test } from 'vitest';
import type { RecordId } from '../base/index.ts';
import { keywordOf } from '../crypto/index.ts';
import {
  type FhirBundle,
  type TagEntry,
  committedTagsOf,
  envelopeBytes,
  readEnvelope,
  refusesTags,
  termsByClass,
  typedTerms,
} from './index.ts';

const CID = 'bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy';
const SNOMED = 'http://snomed.info/sct';

function bundle(...resources: readonly Record<string, unknown>[]): FhirBundle {
  return { resourceType: 'Bundle', type: 'collection', entry: resources.map((resource) => ({ resource })) };
}

const asthma = {
  resourceType: 'Condition',
  meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'N', display: 'normal' }] },
  clinicalStatus: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/condition-clinical', code: 'active' }], text: 'Active' },
  code: { coding: [{ system: SNOMED, code: '195967001', display: 'Asthma, type-2 (disorder)' }], text: 'Bronchial Ásthma' },
  note: [{ text: 'told in confidence' }],
};

const typed = (text: string): readonly string[] =>
  typedTerms(text).map(({ system, code }) => (system.startsWith('http') ? `${system}|${code}` : code));

describe('keywords of a record (P3-12)', () => {
  test('are its codes with and without their system, and the words that they are called by', () => {
    const terms = termsByClass(bundle(asthma)).get('general') ?? [];
    expect(terms.map(({ system, code }) => (system === SNOMED ? `sct|${code}` : code)).toSorted()).toEqual([
      '195967001',
      'asthma',
      'bronchial',
      'disorder',
      'sct|195967001',
      'type',
      'type-2',
    ]);
  });

  test('are none of names, numbers of persons, notes, states, labels and units', () => {
    const found = termsByClass(
      bundle(
        { resourceType: 'Patient', name: [{ text: 'Ada Example' }], identifier: [{ system: 'urn:x', value: '123' }] },
        {
          resourceType: 'Observation',
          code: { coding: [{ system: 'http://loinc.org', code: '718-7' }] },
          valueQuantity: { value: 13, unit: 'g/dL', system: 'http://unitsofmeasure.org', code: 'g/dL' },
        },
      ),
    );
    expect([...found.values()].flat().map(({ code }) => code)).toEqual(['718-7', '718-7']);
  });

  test('of a class stay in it', () => {
    const hiv = {
      resourceType: 'Condition',
      code: { coding: [{ system: 'http://hl7.org/fhir/sid/icd-10', code: 'B20', display: 'Disease' }] },
    };
    const found = termsByClass(bundle(asthma, hiv));
    expect(found.get('general')?.some(({ code }) => code === 'B20' || code === 'b20')).toBe(false);
    expect([...found].filter(([, terms]) => terms.some(({ code }) => code === 'b20')).map(([each]) => each)).not.toContain('general');
  });

  test('at most 256 of a class', () => {
    const many = Array.from({ length: 400 }, (_, index) => ({
      resourceType: 'Condition',
      code: { coding: [{ system: SNOMED, code: `${index}` }] },
    }));
    expect(termsByClass(bundle(...many)).get('general')).toHaveLength(256);
  });
});

describe('what a person types', () => {
  test('is read like the record: without case, accents, outer signs and small words', () => {
    expect(typed('  ÁSTHMA, and "Type-2" ')).toEqual(['asthma', 'type-2']);
    expect(typed('Asthma asthma')).toEqual(['asthma']);
    expect(typed(`${SNOMED}|195967001 718-7`)).toEqual([`${SNOMED}|195967001`, '718-7']);
    expect(typed(' the | ')).toEqual([]);
  });

  test('gives keywords that the schemes take', () => {
    for (const { system, code } of [...typedTerms(`Ásthma ${SNOMED}|1 a|b|c ü`), ...(termsByClass(bundle(asthma)).get('general') ?? [])])
      expect(keywordOf(system, code)).toBeInstanceOf(Uint8Array);
  });
});

describe('tags and their envelope (T20)', () => {
  const entry: TagEntry = {
    format: 'clinicord/tags/1',
    record: 'ab'.repeat(16) as RecordId,
    version: 1,
    epoch: 0,
    writerKey: new Uint8Array(32).fill(1),
    patientKey: new Uint8Array(32).fill(2),
    sets: [{ class: 'general', scopeId: new Uint8Array(32), salt: new Uint8Array(32).fill(3), tags: [new Uint8Array(16).fill(4)] }],
  };
  const [set] = entry.sets;
  const parts = [{ class: 'general' as const, cid: CID, sizeBytes: 4_124 }];

  test('an envelope without tags is written and read as before', () => {
    expect(readEnvelope(envelopeBytes(parts))).toMatchObject({ parts, files: [], tags: [] });
  });

  test('the envelope binds every tag, its scope and its record', () => {
    const envelope = readEnvelope(envelopeBytes(parts, [], committedTagsOf(entry)));
    if ('rejected' in envelope) throw new Error(envelope.detail);
    expect(refusesTags(entry, envelope)).toBeNull();
    const changed: readonly TagEntry[] = [
      { ...entry, record: 'cd'.repeat(16) as RecordId },
      { ...entry, sets: [{ ...set!, tags: [new Uint8Array(16)] }] },
      { ...entry, sets: [{ ...set!, scopeId: new Uint8Array(32).fill(9) }] },
      { ...entry, sets: [{ ...set!, salt: new Uint8Array(32) }] },
      { ...entry, sets: [{ ...set!, class: 'restricted' }] },
      { ...entry, sets: [] },
    ];
    for (const other of changed) expect(refusesTags(other, envelope)).toMatchObject({ reason: 'wrong-tags' });
  });

  test('tags of a class that has no part are refused', () => {
    const stray = envelopeBytes(parts, [], [{ ...committedTagsOf(entry)[0]!, class: 'restricted' }]);
    expect(readEnvelope(stray)).toMatchObject({ reason: 'malformed' });
  });
});
