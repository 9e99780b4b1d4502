// One line for one resource, and what a whole bundle will be sealed as, class by class.
import type { SealPreview } from '../api.ts';
import { type FhirBundle, type FhirObject, type FhirResource, isObject, listOf, resourceOf, resourcesOf, textOf } from './bundle.ts';
import { partBytes } from './part.ts';
import { splitBundle } from './split.ts';
import { choice, conceptText, dateText, nameText, periodText } from './values.ts';

const MAX_SUMMARY_CHARS = 200;
/** Where most resources say what they are about, in this order. */
const SUBJECT_FIELDS = ['code', 'vaccineCode', 'medicationCodeableConcept', 'type', 'category', 'serviceType', 'class'];
const DATE_FIELDS = [
  'effectiveDateTime',
  'onsetDateTime',
  'authoredOn',
  'occurrenceDateTime',
  'performedDateTime',
  'recordedDate',
  'date',
  'created',
  'issued',
  'started',
];
const PERIOD_FIELDS = ['period', 'effectivePeriod', 'performedPeriod', 'billablePeriod', 'onsetPeriod'];

/** "MedicationRequest" as "Medication request". */
export function kindText(resourceType: string): string {
  const words = resourceType.replace(/([a-z])([A-Z])/gu, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What it is, its value, its day, its state: as far as it says so. */
export function summaryOf(resource: FhirResource): string {
  const amount = choice(resource, 'value');
  const parts = [subjectOf(resource), `${amount.value} ${amount.unit}`.trim(), dayOf(resource), stateOf(resource)];
  const text = parts.filter((part) => part !== '').join(', ') || kindText(resource.resourceType);
  return text.length > MAX_SUMMARY_CHARS ? `${text.slice(0, MAX_SUMMARY_CHARS - 1)}…` : text;
}

function subjectOf(resource: FhirResource): string {
  const named = textOf(resource.name) || nameText(resource.name) || textOf(resource.title) || textOf(resource.description);
  if (named !== '') return named;
  for (const field of SUBJECT_FIELDS) {
    const text = conceptText(resource[field]);
    if (text !== '') return text;
  }
  return '';
}

function dayOf(resource: FhirResource): string {
  if (resource.resourceType === 'Patient') return dateText(resource.birthDate);
  for (const field of DATE_FIELDS) if (dateText(resource[field]) !== '') return dateText(resource[field]);
  for (const field of PERIOD_FIELDS) if (isObject(resource[field])) return periodText(resource[field]);
  return '';
}

function stateOf(resource: FhirResource): string {
  return conceptText(resource.clinicalStatus) || textOf(resource.status) || textOf(resource.gender);
}

/** What will be sealed in which class, before anything is written. Sizes are of the padded plaintext. */
export function sealPreview(bundle: FhirBundle): SealPreview {
  const parts = splitBundle(bundle).map((part) => ({
    class: part.class,
    resources: part.entries.flatMap(([, entry]) => {
      const resource = resourceOf(entry);
      return resource === null ? [] : [{ type: resource.resourceType, summary: summaryOf(resource) }];
    }),
    sizeBytes: partBytes(part).byteLength,
  }));
  return { bundle, parts };
}

export interface PatientSummary {
  readonly name: string;
  /** ISO date or empty. */
  readonly birthDate: string;
  readonly gender: string;
}

/** Who a bundle is about, so that it can be compared before anything is written; null where no Patient is in it. */
export function patientOf(bundle: FhirBundle): PatientSummary | null {
  const patient: FhirObject | undefined = resourcesOf(bundle).find((resource) => resource.resourceType === 'Patient');
  if (patient === undefined) return null;
  const names = listOf(patient.name);
  return { name: nameText(names), birthDate: textOf(patient.birthDate), gender: textOf(patient.gender) };
}
