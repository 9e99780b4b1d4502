// A correction begins with what was written: form to bundle and back is the same form, and what a form cannot hold is refused.
import { describe, expect, test } from 'vitest';
import type { VisitForm } from '../api.ts';
import type { PartyId } from '../base/index.ts';
import type { FhirBundle, FhirResource } from './bundle.ts';
import { resourcesOf } from './bundle.ts';
import { samplePatient } from './sample.ts';
import { visitBundle } from './visit.ts';
import { visitFormOf } from './visit-form.ts';

const PLAIN: VisitForm = {
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
const FULL: VisitForm = {
  ...PLAIN,
  findings: 'Wheeze on both sides\n\nFindings\nare also a word of the text',
  diagnoses: [
    { code: 'J45.9', system: 'http://hl7.org/fhir/sid/icd-10', text: 'Asthma' },
    { code: '', system: '', text: 'Tiredness' },
    { code: 'I10', system: 'http://hl7.org/fhir/sid/icd-10', text: '' },
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
    systolicMmHg: 152,
    diastolicMmHg: null,
    heartRatePerMin: 71,
    temperatureC: 38.4,
    oxygenSaturationPercent: 97,
    weightKg: 71.5,
    heightCm: 180,
  },
};

function built(form: VisitForm): FhirBundle {
  const bundle = visitBundle(form, {
    patient: { party: 'aa'.repeat(16) as PartyId, name: 'Iñaki Núñez', birthDate: '1970-01-31' },
    clinic: { party: 'bb'.repeat(16) as PartyId, name: 'Clinic' },
    clinician: 'Dr. Weiss',
    random: new Uint8Array(16).fill(1),
  });
  if (!('resourceType' in bundle)) throw new Error(JSON.stringify(bundle));
  return bundle;
}

function withResources(bundle: FhirBundle, change: (resource: FhirResource) => FhirResource): FhirBundle {
  return { ...bundle, entry: resourcesOf(bundle).map((resource) => ({ resource: change(resource) })) };
}

describe('a visit read back', () => {
  test('is the form that it was written from', () => {
    const forms: readonly VisitForm[] = [
      PLAIN,
      FULL,
      { ...PLAIN, reason: '', findings: 'Only findings' },
      { ...PLAIN, allergies: { state: 'none-known', list: [] } },
    ];
    for (const form of forms) expect(visitFormOf(built(form))).toEqual(form);
  });

  test('is nothing where the bundle holds what a form cannot', () => {
    expect(visitFormOf(samplePatient({ seed: 1, visits: 1 }))).toBeNull();
    expect(visitFormOf({ resourceType: 'Bundle', type: 'collection' })).toBeNull();
    const foreignNote = withResources(built(FULL), (resource) =>
      resource.resourceType === 'DocumentReference' ? { ...resource, content: [] } : resource,
    );
    expect(visitFormOf(foreignNote)).toBeNull();
    const otherMeasure = withResources(built(FULL), (resource) =>
      resource.resourceType === 'Observation'
        ? { ...resource, code: { coding: [{ system: 'http://loinc.org', code: '2339-0' }] }, component: [] }
        : resource,
    );
    expect(visitFormOf(otherMeasure)).toBeNull();
  });
});
