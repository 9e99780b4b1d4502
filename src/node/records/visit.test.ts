// A visit form as FHIR R4, and the forms that cannot be one.
import { describe, expect, test } from 'vitest';
import { createBundleValidator } from '../adapters/node.ts';
import type { VisitForm } from '../api.ts';
import type { PartyId } from '../base/index.ts';
import { type FhirBundle, type FhirResource, resourcesOf } from './bundle.ts';
import { classifyEntries } from './classify.ts';
import { NO_KNOWN_ALLERGY } from './code-systems.ts';
import { readableRecord } from './readable.ts';
import { type VisitContext, visitBundle } from './visit.ts';

const EMPTY: VisitForm = {
  dateTime: '2026-03-09T08:07:00.000Z',
  reason: 'Cough',
  findings: '',
  diagnoses: [],
  medication: [],
  allergies: { state: 'not-asked', list: [] },
  vitalSigns: {
    systolicMmHg: null,
    diastolicMmHg: null,
    heartRatePerMin: null,
    temperatureC: null,
    oxygenSaturationPercent: null,
    weightKg: null,
    heightCm: null,
  },
};
const CONTEXT: VisitContext = {
  patient: { party: 'aa'.repeat(16) as PartyId, name: 'Iñaki Núñez', birthDate: '1970-01-31' },
  clinic: { party: 'bb'.repeat(16) as PartyId, name: 'Clinic' },
  clinician: 'Dr. Weiss',
  random: new Uint8Array(16).fill(1),
};
const ICD10 = 'http://hl7.org/fhir/sid/icd-10';
const validator = createBundleValidator();

function built(form: Partial<VisitForm>, context: Partial<VisitContext> = {}): FhirBundle {
  const bundle = visitBundle({ ...EMPTY, ...form }, { ...CONTEXT, ...context });
  if (!('resourceType' in bundle)) throw new Error(JSON.stringify(bundle));
  return bundle;
}

function ofType(bundle: FhirBundle, type: string): readonly FhirResource[] {
  return resourcesOf(bundle).filter((resource) => resource.resourceType === type);
}

const FULL: Partial<VisitForm> = {
  findings: 'Wheeze\u0007 on both sides\n\tno fever',
  diagnoses: [
    { code: 'J45.9', system: ICD10, text: 'Asthma' },
    { code: '', system: '', text: 'Tiredness' },
    { code: 'I10', system: ICD10, text: '' },
  ],
  medication: [
    { text: 'Salbutamol', dosage: '2 puffs' },
    { text: 'Honey', dosage: '' },
  ],
  allergies: {
    state: 'listed',
    list: [
      { substance: 'Penicillin', reaction: 'Rash' },
      { substance: 'Nuts', reaction: '' },
    ],
  },
  vitalSigns: {
    systolicMmHg: 150,
    diastolicMmHg: 80,
    heartRatePerMin: 59,
    temperatureC: 36.6,
    oxygenSaturationPercent: 97,
    weightKg: 70.5,
    heightCm: 170,
  },
};

describe('a visit as FHIR', () => {
  test.each<[string, Partial<VisitForm>, Partial<VisitContext>]>([
    ['everything filled', FULL, {}],
    ['next to nothing', {}, { patient: { ...CONTEXT.patient, name: '', birthDate: '' }, clinician: ' ' }],
    ['no known allergy', { allergies: { state: 'none-known', list: [] } }, {}],
    ['one half of the blood pressure', { vitalSigns: { ...EMPTY.vitalSigns, systolicMmHg: 120 } }, {}],
    ['a protected diagnosis', { diagnoses: [{ code: 'F32.1', system: ICD10, text: 'Depression' }] }, {}],
    [
      'a zone and a child',
      { ...FULL, dateTime: '2026-03-09T08:07:00+01:00' },
      { patient: { ...CONTEXT.patient, birthDate: '2020-02-29' } },
    ],
  ])('is valid with %s', async (_, form, context) => {
    expect(await validator.validate(JSON.stringify(built(form, context)))).toMatchObject({ valid: true });
  });

  test('is the same for the same random bytes and another for others', () => {
    expect(built(FULL)).toEqual(built(FULL));
    expect(built(FULL)).not.toEqual(built(FULL, { random: new Uint8Array(16).fill(2) }));
    const ids = resourcesOf(built(FULL)).map((resource) => resource.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('tells "no known allergy" from "not asked"', () => {
    expect(ofType(built({}), 'AllergyIntolerance')).toEqual([]);
    const [stated] = ofType(built({ allergies: { state: 'none-known', list: [] } }), 'AllergyIntolerance');
    expect(stated?.code).toMatchObject({ coding: [NO_KNOWN_ALLERGY] });
    const shown = (form: Partial<VisitForm>) => readableRecord(built(form)).find(({ title }) => title === 'Allergies')?.rows[0]?.value;
    expect(shown({})).toBe('Not recorded here');
    expect(shown({ allergies: { state: 'none-known', list: [] } })).toBe('No known allergy');
  });

  test('measures in UCUM with LOINC codes, and gives ranges to adults only', () => {
    const observations = ofType(built(FULL), 'Observation');
    expect(observations.map(({ code }) => (code as { coding: { code: string }[] }).coding[0]?.code)).toEqual([
      '85354-9',
      '8867-4',
      '8310-5',
      '2708-6',
      '29463-7',
      '8302-2',
      '39156-5',
    ]);
    expect(observations[1]).toMatchObject({
      valueQuantity: { value: 59, code: '/min', system: 'http://unitsofmeasure.org' },
      interpretation: [{ coding: [{ code: 'L' }] }],
    });
    const child = ofType(built(FULL, { patient: { ...CONTEXT.patient, birthDate: '2008-03-10' } }), 'Observation');
    expect(JSON.stringify(child)).not.toContain('referenceRange');
    expect(JSON.stringify(ofType(built(FULL, { patient: { ...CONTEXT.patient, birthDate: '2008-03-09' } }), 'Observation'))).toContain(
      'referenceRange',
    );
  });

  test('protects the free text of a visit with a protected diagnosis, and nothing else (P0-08)', () => {
    const bundle = built({
      ...FULL,
      diagnoses: [
        { code: 'F32.1', system: ICD10, text: 'Depression' },
        { code: 'I10', system: ICD10, text: 'Hypertension' },
        { code: '', system: '', text: 'Grief' },
      ],
    });
    const classes = classifyEntries(bundle);
    const protectedTypes = resourcesOf(bundle).flatMap((resource, index) =>
      classes[index] === 'restricted' ? [resource.resourceType] : [],
    );
    expect(protectedTypes).toEqual(['Encounter', 'Condition', 'Condition', 'MedicationRequest', 'MedicationRequest', 'DocumentReference']);
  });

  test('shows again what was typed', () => {
    const text = JSON.stringify(readableRecord(built(FULL)));
    for (const typed of [
      'Cough',
      'Wheeze on both sides\\n\\tno fever',
      'Asthma',
      'Tiredness',
      'I10',
      'Salbutamol',
      '2 puffs',
      'Honey',
      'Penicillin',
      'Rash',
      '150 / 80',
      '70.5',
      'Iñaki Núñez',
      '31-Jan-1970',
    ])
      expect(text).toContain(typed);
  });
});

describe('a form that cannot be a record', () => {
  test.each<[string, Partial<VisitForm>, string]>([
    ['no time zone', { dateTime: '2026-03-09T08:07' }, 'dateTime'],
    ['no date', { dateTime: '' }, 'dateTime'],
    ['nothing in it', { reason: ' ' }, 'reason'],
    ['an endless text', { findings: 'x'.repeat(20_001) }, 'findings'],
    ['a diagnosis without words or code', { diagnoses: [{ code: '', system: ICD10, text: ' ' }] }, 'diagnoses[0].text'],
    ['a code without its system', { diagnoses: [{ code: 'I10', system: '', text: 'x' }] }, 'diagnoses[0].system'],
    ['a code that is none', { diagnoses: [{ code: 'I 10 ', system: ICD10, text: 'x' }] }, 'diagnoses[0].code'],
    ['a medicine without a name', { medication: [{ text: '', dosage: '1' }] }, 'medication[0].text'],
    ['allergies listed, none named', { allergies: { state: 'listed', list: [] } }, 'allergies.list'],
    [
      'allergies named, "none known" chosen',
      { allergies: { state: 'none-known', list: [{ substance: 'x', reaction: '' }] } },
      'allergies.state',
    ],
    ['an impossible pulse', { vitalSigns: { ...EMPTY.vitalSigns, heartRatePerMin: 1_000 } }, 'vitalSigns.heartRatePerMin'],
    ['a weight that is no number', { vitalSigns: { ...EMPTY.vitalSigns, weightKg: Number.NaN } }, 'vitalSigns.weightKg'],
    ['too many rows', { medication: Array.from({ length: 51 }, () => ({ text: 'x', dosage: '' })) }, 'medication'],
  ])('has the fault named: %s', (_, form, path) => {
    const result = visitBundle({ ...EMPTY, ...form }, CONTEXT);
    expect(Array.isArray(result) ? result.map((fault: { readonly path: string }) => fault.path) : []).toContain(path);
  });
});
