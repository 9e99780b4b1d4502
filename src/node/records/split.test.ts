// Classes of entries, and splitting a bundle by them (P0-08).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRejection, present } from '../base/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import type { BundleEntry, FhirBundle } from './bundle.ts';
import { classOfCode, classifyEntries } from './classify.ts';
import { CODE_RULES } from './sensitive-codes.ts';
import { joinParts, splitBundle } from './split.ts';

const ICD10 = 'http://hl7.org/fhir/sid/icd-10';
const SNOMED = 'http://snomed.info/sct';

function bundleOf(...entry: readonly BundleEntry[]): FhirBundle {
  return { resourceType: 'Bundle', type: 'collection', entry };
}

function condition(id: string, system: string, code: string): BundleEntry {
  return { fullUrl: `urn:uuid:${id}`, resource: { resourceType: 'Condition', id, code: { coding: [{ system, code }] } } };
}

const classesOf = (...entries: readonly BundleEntry[]) => classifyEntries(bundleOf(...entries));

describe('the class of an entry (P0-08)', () => {
  test.each<[string, string, string, SensitivityClass]>([
    ['hypertension', ICD10, 'I10', 'general'],
    ['an anxiety disorder', ICD10, 'F41.1', 'restricted'],
    ['alcohol dependence', SNOMED, '66590003', 'restricted'],
    ['HIV', ICD10, 'B20', 'restricted'],
    ['syphilis', ICD10, 'A53.9', 'restricted'],
    ['pregnancy', SNOMED, '72892002', 'restricted'],
    ['trisomy 21', ICD10, 'Q90', 'restricted'],
    ['abuse of an adult', ICD10, 'T74.1', 'very-restricted'],
    ['an antidepressant', 'http://www.whocc.no/atc', 'N06AB06', 'restricted'],
    ['a confidentiality label R', 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', 'R', 'restricted'],
    ['a psychotherapy note', 'http://terminology.hl7.org/CodeSystem/v3-ActCode', 'PSYTHPN', 'very-restricted'],
    ['a letter F in another system', 'http://example.org', 'F41.1', 'general'],
  ])('of %s', (_, system, code, expected) => {
    expect(classOfCode(system, code)).toBe(expected);
    expect(classesOf(condition('a', system, code))).toEqual([expected]);
  });

  test('of people is identity, unless a label asks for more', () => {
    const security = [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }];
    expect(classesOf({ resource: { resourceType: 'Patient' } }, { resource: { resourceType: 'RelatedPerson' } })).toEqual([
      'identity',
      'identity',
    ]);
    expect(classesOf({ resource: { resourceType: 'Patient', meta: { security } } })).toEqual(['very-restricted']);
    expect(classesOf({ resource: { resourceType: 'Practitioner' } })).toEqual(['general']);
  });

  test('of a claim that repeats a protected code anywhere inside is that of the code', () => {
    const claim = {
      resource: { resourceType: 'Claim', contained: [{ resourceType: 'Condition', code: { coding: [{ system: ICD10, code: 'F20.0' }] } }] },
    };
    expect(classesOf(claim)).toEqual(['restricted']);
  });

  test('of what points at a protected finding is that of the finding, one step far', () => {
    const report = {
      fullUrl: 'urn:uuid:r',
      resource: { resourceType: 'DiagnosticReport', id: 'r', result: [{ reference: 'Condition/a', display: 'its name' }] },
    };
    const further = { resource: { resourceType: 'Task', focus: { reference: 'urn:uuid:r' } } };
    expect(classesOf(condition('a', ICD10, 'F32.1'), report, further)).toEqual(['restricted', 'restricted', 'general']);
  });

  test('does not spread from a visit to everything that was done there', () => {
    const encounter = {
      fullUrl: 'urn:uuid:e',
      resource: { resourceType: 'Encounter', id: 'e', reasonCode: [{ coding: [{ system: ICD10, code: 'F32.1' }] }] },
    };
    const weight = { resource: { resourceType: 'Observation', encounter: { reference: 'urn:uuid:e' } } };
    expect(classesOf(encounter, weight)).toEqual(['restricted', 'general']);
  });

  test('has no code that two rules see differently', () => {
    const seen = new Map<string, string>();
    for (const rule of CODE_RULES) {
      for (const code of rule.codes ?? []) {
        const name = `${rule.system}|${code}`;
        expect(seen.get(name) ?? rule.class, name).toBe(rule.class);
        seen.set(name, rule.class);
      }
    }
  });
});

const anyClass = fc.constantFrom<readonly [string, string]>([ICD10, 'I10'], [ICD10, 'F32.1'], [ICD10, 'T74.0']);
const anyEntry: fc.Arbitrary<BundleEntry> = fc.oneof(
  fc.record({ fullUrl: fc.uuid(), resource: fc.record({ resourceType: fc.constant('Patient'), unknown: fc.jsonValue() }) }),
  fc.tuple(fc.uuid(), anyClass, fc.jsonValue()).map(([id, [system, code], unknown]) => {
    const entry = condition(id, system, code);
    return { ...entry, resource: { ...present(entry.resource, 'resource'), unknown }, request: { method: 'POST' } };
  }),
);
const anyBundle: fc.Arbitrary<FhirBundle> = fc
  .tuple(
    fc.array(anyEntry, { minLength: 1, maxLength: 12 }),
    fc.dictionary(fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1, maxLength: 3 }), fc.jsonValue()),
  )
  .map(([entry, unknown]) => ({ ...unknown, resourceType: 'Bundle', type: 'batch', id: 'x', entry }));

describe('splitting', () => {
  test('and joining in any order gives the same content, unknown fields included', () => {
    fc.assert(
      fc.property(anyBundle, fc.boolean(), (bundle, reversed) => {
        const parts = splitBundle(bundle);
        expect(joinParts(reversed ? [...parts].reverse() : parts)).toEqual(bundle);
      }),
    );
  });

  test('shows no part anything of a stricter class, not even a gap', () => {
    fc.assert(
      fc.property(anyBundle, (bundle) => {
        const all = splitBundle(bundle);
        const open = all.filter((part) => part.class === 'identity' || part.class === 'general');
        const classes = classifyEntries(bundle);
        const expected = present(bundle.entry as readonly BundleEntry[], 'entries').filter((_, index) =>
          ['identity', 'general'].includes(classes[index] ?? ''),
        );
        if (open.length === 0) return;
        const joined = joinParts(open);
        expect((joined as FhirBundle).entry ?? []).toEqual(expected);
        for (const [index, part] of all.entries()) {
          const upToHere = all.slice(0, index + 1).reduce((sum, each) => sum + each.entries.length, 0);
          expect(Math.max(-1, ...part.entries.map(([place]) => place))).toBeLessThan(upToHere);
        }
      }),
    );
  });

  test('keeps the order of what a reader with gaps in between can open', () => {
    const bundle = bundleOf(
      condition('a', ICD10, 'T74.0'),
      condition('b', ICD10, 'I10'),
      condition('c', ICD10, 'F32.1'),
      { resource: { resourceType: 'Patient' } },
      condition('d', ICD10, 'T74.0'),
    );
    const parts = splitBundle(bundle).filter((part) => part.class !== 'general');
    const joined = joinParts(parts) as FhirBundle;
    const names = (joined.entry as readonly BundleEntry[]).map((entry) => entry.resource?.id ?? entry.resource?.resourceType);
    expect(names.filter((name) => name !== 'Patient')).toEqual(['a', 'c', 'd']);
  });

  test('gives a bundle without entries one part', () => {
    const parts = splitBundle({ resourceType: 'Bundle', type: 'collection' });
    expect(parts.map((part) => part.class)).toEqual(['general']);
    expect(joinParts(parts)).toEqual({ resourceType: 'Bundle', type: 'collection' });
  });

  test('is refused to be undone with two parts of a class, with none, and with parts of no bundle', () => {
    const [part] = splitBundle(bundleOf(condition('a', ICD10, 'I10')));
    expect(isRejection(joinParts([present(part, 'part'), present(part, 'part')]))).toBe(true);
    expect(isRejection(joinParts([]))).toBe(true);
    expect(isRejection(joinParts([{ class: 'general', frame: {}, rest: null, entries: [], files: [] }]))).toBe(true);
  });
});
