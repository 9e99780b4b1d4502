// A visit's bundle back into its form (the reverse of visit.ts), so that a correction begins with what was written. Anything
// that a form cannot hold, such as an imported bundle, gives null: a correction must never drop content silently.
import type { AttachedFile, VisitForm } from '../api.ts';
import { isRejection } from '../base/index.ts';
import { bytesToText } from '../codec/index.ts';
import { fromBase64 } from './base64.ts';
import { type FhirBundle, type FhirObject, type FhirResource, isObject, listOf, resourcesOf, textOf } from './bundle.ts';
import { NO_KNOWN_ALLERGY } from './code-systems.ts';
import { fileKindOf, fileOfLink } from './files/index.ts';
import { hasCode } from './values.ts';

type Vitals = { -readonly [Key in keyof VisitForm['vitalSigns']]: number | null };

const FIELD_OF_LOINC: Readonly<Record<string, keyof Vitals>> = {
  '8480-6': 'systolicMmHg',
  '8462-4': 'diastolicMmHg',
  '8867-4': 'heartRatePerMin',
  '8310-5': 'temperatureC',
  '2708-6': 'oxygenSaturationPercent',
  '29463-7': 'weightKg',
  '8302-2': 'heightCm',
};
/** Blood pressure is its components; the body mass index follows from weight and height. */
const DERIVED_LOINC = ['85354-9', '39156-5'];

const VISIT_TYPES = [
  'Patient',
  'Organization',
  'Practitioner',
  'Encounter',
  'Condition',
  'MedicationRequest',
  'AllergyIntolerance',
  'Observation',
  'DocumentReference',
];
const ONCE = ['Patient', 'Organization', 'Practitioner', 'Encounter'];

/** The form that `bundle` was written from, or null where it was not written from one. */
export function visitFormOf(bundle: FhirBundle): VisitForm | null {
  const resources = resourcesOf(bundle);
  const ofType = (type: string): readonly FhirResource[] => resources.filter((resource) => resource.resourceType === type);
  const encounter = ofType('Encounter')[0];
  if (encounter === undefined || !resources.every(({ resourceType }) => VISIT_TYPES.includes(resourceType))) return null;
  if (ONCE.some((type) => ofType(type).length > 1)) return null;
  const reason = textOf(first(encounter.reasonCode)?.text);
  const documents = ofType('DocumentReference');
  const notes = documents.filter((document) => fileOf(document) === null);
  const files = documents.map(fileOf).filter((file) => file !== null);
  if (notes.length > 1) return null;
  const findings = findingsOf(notes[0], reason);
  const vitalSigns = vitalSignsOf(ofType('Observation'));
  if (findings === null || vitalSigns === null) return null;
  return {
    dateTime: textOf(isObject(encounter.period) ? encounter.period.start : undefined),
    reason,
    findings,
    diagnoses: ofType('Condition').map(diagnosisOf),
    medication: ofType('MedicationRequest').map((request) => ({
      text: conceptWords(request.medicationCodeableConcept),
      dosage: textOf(first(request.dosageInstruction)?.text),
    })),
    allergies: allergiesOf(ofType('AllergyIntolerance')),
    vitalSigns,
    ...(files.length === 0 ? {} : { files }),
  };
}

/** The sealed file that a document points to, or null where it is the note. */
function fileOf(document: FhirResource): AttachedFile | null {
  const attachment = first(document.content)?.attachment;
  if (!isObject(attachment)) return null;
  const file = fileOfLink(attachment.url);
  const kind = fileKindOf(attachment.contentType);
  if (file === null || kind === null || typeof attachment.size !== 'number') return null;
  return { file, kind, title: textOf(attachment.title), sizeBytes: attachment.size };
}

function first(list: unknown): FhirObject | undefined {
  return listOf(list).find(isObject);
}

function conceptWords(value: unknown): string {
  return isObject(value) ? textOf(value.text) : '';
}

/** Null where the note is none of ours. */
function findingsOf(note: FhirResource | undefined, reason: string): string | null {
  if (note === undefined) return reason === '' ? '' : null;
  const attachment = first(note.content)?.attachment;
  const bytes = fromBase64(textOf(isObject(attachment) ? attachment.data : undefined));
  const text = bytes === null ? null : bytesToText(bytes);
  const head = reason === '' ? '' : `Reason\n${reason}`;
  if (text === null || isRejection(text) || !text.startsWith(head)) return null;
  const rest = text.slice(head.length).trimStart();
  if (rest === '') return '';
  return rest.startsWith('Findings\n') ? rest.slice('Findings\n'.length) : null;
}

function diagnosisOf({ code }: FhirResource): VisitForm['diagnoses'][number] {
  const coding = isObject(code) ? first(code.coding) : undefined;
  if (coding === undefined) return { code: '', system: '', text: conceptWords(code) };
  return { code: textOf(coding.code), system: textOf(coding.system), text: textOf(coding.display) };
}

function allergiesOf(entries: readonly FhirResource[]): VisitForm['allergies'] {
  if (entries.length === 0) return { state: 'not-asked', list: [] };
  if (entries.some(({ code }) => hasCode(code, NO_KNOWN_ALLERGY.system, [NO_KNOWN_ALLERGY.code]))) return { state: 'none-known', list: [] };
  const list = entries.map((entry) => ({
    substance: conceptWords(entry.code),
    reaction: conceptWords(listOf(first(entry.reaction)?.manifestation)[0]),
  }));
  return { state: 'listed', list };
}

/** Null where something was measured that the form has no field for. */
function vitalSignsOf(observations: readonly FhirResource[]): VisitForm['vitalSigns'] | null {
  const vitals: Vitals = {
    systolicMmHg: null,
    diastolicMmHg: null,
    heartRatePerMin: null,
    temperatureC: null,
    oxygenSaturationPercent: null,
    weightKg: null,
    heightCm: null,
  };
  for (const measured of observations.flatMap((entry): readonly FhirObject[] => [entry, ...listOf(entry.component).filter(isObject)])) {
    const loinc = textOf(isObject(measured.code) ? first(measured.code.coding)?.code : undefined);
    if (DERIVED_LOINC.includes(loinc)) continue;
    const field = FIELD_OF_LOINC[loinc];
    if (field === undefined) return null;
    const value = isObject(measured.valueQuantity) ? measured.valueQuantity.value : null;
    vitals[field] = typeof value === 'number' ? value : null;
  }
  return vitals;
}
