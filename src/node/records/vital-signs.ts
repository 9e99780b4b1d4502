// Vital signs as FHIR Observations: LOINC codes and UCUM units of FHIR's own vital signs profiles, the usual range of an
// adult at rest beside the value where the patient is one. Source: https://hl7.org/fhir/R4/observation-vitalsigns.html
import type { VisitForm } from '../api.ts';
import { type Concept, SYSTEM, concept } from './code-systems.ts';

type Vitals = VisitForm['vitalSigns'];

interface Measure {
  readonly loinc: string;
  readonly display: string;
  readonly unit: string;
  readonly ucum: string;
  /** Of an adult at rest; null where none makes sense. */
  readonly usual: readonly [low: number, high: number] | null;
}

const SYSTOLIC: Measure = { loinc: '8480-6', display: 'Systolic blood pressure', unit: 'mmHg', ucum: 'mm[Hg]', usual: [90, 140] };
const DIASTOLIC: Measure = { loinc: '8462-4', display: 'Diastolic blood pressure', unit: 'mmHg', ucum: 'mm[Hg]', usual: [60, 90] };
const BODY_MASS_INDEX: Measure = { loinc: '39156-5', display: 'Body mass index', unit: 'kg/m2', ucum: 'kg/m2', usual: [18.5, 25] };
const SINGLE: readonly (readonly [field: keyof Vitals, measure: Measure])[] = [
  ['heartRatePerMin', { loinc: '8867-4', display: 'Heart rate', unit: '/min', ucum: '/min', usual: [60, 100] }],
  ['temperatureC', { loinc: '8310-5', display: 'Body temperature', unit: '°C', ucum: 'Cel', usual: [36.1, 37.8] }],
  ['oxygenSaturationPercent', { loinc: '2708-6', display: 'Oxygen saturation', unit: '%', ucum: '%', usual: [95, 100] }],
  ['weightKg', { loinc: '29463-7', display: 'Body weight', unit: 'kg', ucum: 'kg', usual: null }],
  ['heightCm', { loinc: '8302-2', display: 'Body height', unit: 'cm', ucum: 'cm', usual: null }],
];

/** What differs from one vital sign to the next; the caller adds who, when and where. */
export interface VitalSignObservation {
  readonly code: Concept;
  readonly [field: string]: unknown;
}

/** Observations of what was measured. `adult` adds usual ranges and whether a value is outside. */
export function vitalSignObservations(vitals: Vitals, adult: boolean): readonly VitalSignObservation[] {
  const { systolicMmHg, diastolicMmHg, weightKg, heightCm } = vitals;
  const found: VitalSignObservation[] = [];
  if (systolicMmHg !== null || diastolicMmHg !== null) {
    found.push({
      code: concept(SYSTEM.loinc, '85354-9', 'Blood pressure'),
      component: [component(SYSTOLIC, systolicMmHg, adult), component(DIASTOLIC, diastolicMmHg, adult)],
    });
  }
  for (const [field, measure] of SINGLE) {
    const value = vitals[field];
    if (value !== null) found.push({ code: codeOf(measure), ...measured(measure, value, adult) });
  }
  if (weightKg !== null && heightCm !== null) {
    const index = Math.round((weightKg / (heightCm / 100) ** 2) * 10) / 10;
    found.push({ code: codeOf(BODY_MASS_INDEX), ...measured(BODY_MASS_INDEX, index, adult) });
  }
  return found;
}

function codeOf(measure: Measure): Concept {
  return concept(SYSTEM.loinc, measure.loinc, measure.display);
}

function component(measure: Measure, value: number | null, adult: boolean): Readonly<Record<string, unknown>> {
  if (value !== null) return { code: codeOf(measure), ...measured(measure, value, adult) };
  return { code: codeOf(measure), dataAbsentReason: concept(SYSTEM.dataAbsent, 'not-performed', 'Not performed') };
}

function measured(measure: Measure, value: number, adult: boolean): Readonly<Record<string, unknown>> {
  const quantity = (amount: number) => ({ value: amount, unit: measure.unit, system: SYSTEM.ucum, code: measure.ucum });
  if (!adult || measure.usual === null) return { valueQuantity: quantity(value) };
  const [low, high] = measure.usual;
  return {
    valueQuantity: quantity(value),
    interpretation: [value < low ? interpretation('L', 'Low') : value > high ? interpretation('H', 'High') : interpretation('N', 'Normal')],
    referenceRange: [{ low: quantity(low), high: quantity(high), text: 'adult at rest' }],
  };
}

function interpretation(code: string, display: string): Concept {
  return concept(SYSTEM.interpretation, code, display);
}
