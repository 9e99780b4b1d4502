// A visit form as a FHIR R4 bundle (P3-22): identity, encounter, diagnoses, medication, allergies, vital signs, note. Free
// text of a visit with a protected diagnosis is labelled with that diagnosis's confidentiality, because it may tell as much.
import type { AttachedFile, BundleFault, VisitForm } from '../api.ts';
import type { PartyId } from '../base/index.ts';
import { textToBytes } from '../codec/index.ts';
import type { SensitivityClass } from '../contracts/index.ts';
import { toBase64 } from './base64.ts';
import type { FhirBundle, FhirResource } from './bundle.ts';
import { CONFIDENTIALITY_CODE, stricter, strictness } from './classes.ts';
import { classOfCode } from './classify.ts';
import { type Concept, NO_KNOWN_ALLERGY, SYSTEM, concept } from './code-systems.ts';
import { linkOfFile } from './files/index.ts';
import { createResourceIds } from './resource-ids.ts';
import { visitFaults } from './visit-check.ts';
import { vitalSignObservations } from './vital-signs.ts';

const ADULT_YEARS = 18;

export interface VisitContext {
  /** `birthDate` is an ISO date or empty. */
  readonly patient: { readonly party: PartyId; readonly name: string; readonly birthDate: string };
  readonly clinic: { readonly party: PartyId; readonly name: string };
  /** Who saw the patient. */
  readonly clinician: string;
  /** At least 16 random bytes; the same bytes give the same bundle. */
  readonly random: Uint8Array;
}

type Fields = Readonly<Record<string, unknown>>;

/** The visit's bundle, or every fault of the form. */
export function visitBundle(form: VisitForm, context: VisitContext): FhirBundle | readonly BundleFault[] {
  const faults = visitFaults(form);
  if (faults.length > 0) return faults;
  const nextId = createResourceIds(context.random);
  const resources: FhirResource[] = [];
  const add = (resourceType: string, fields: Fields): Fields => {
    const id = nextId();
    resources.push({ resourceType, id, ...fields });
    return { reference: `urn:uuid:${id}` };
  };

  const subject = add('Patient', patientFields(context));
  const clinic = add('Organization', { identifier: partyIdentifier(context.clinic.party), name: oneLine(context.clinic.name) || 'Clinic' });
  const clinician = add('Practitioner', { name: [{ text: oneLine(context.clinician) || 'Not stated' }] });
  const shared = { subject, label: labelOf(form), dateTime: form.dateTime, clinician };
  const encounter = add('Encounter', {
    ...shared.label,
    status: 'finished',
    class: { system: SYSTEM.actCode, code: 'AMB', display: 'ambulatory' },
    subject,
    participant: [{ individual: clinician }],
    period: { start: form.dateTime, end: form.dateTime },
    ...(form.reason.trim() === '' ? {} : { reasonCode: [{ text: plain(form.reason) }] }),
    serviceProvider: clinic,
  });
  for (const fields of [...conditions(form), ...medication(form)]) {
    const { resourceType, ...rest } = fields;
    add(resourceType, { ...(isCoded(rest) ? {} : shared.label), ...rest, subject, encounter, ...authorship(resourceType, shared) });
  }
  for (const fields of allergies(form)) add('AllergyIntolerance', { ...fields, patient: subject, recordedDate: form.dateTime });
  for (const fields of vitalSignObservations(form.vitalSigns, isAdult(context.patient.birthDate, form.dateTime))) {
    const category = [concept(SYSTEM.observationCategory, 'vital-signs', 'Vital signs')];
    add('Observation', {
      status: 'final',
      category,
      ...fields,
      subject,
      encounter,
      effectiveDateTime: form.dateTime,
      performer: [clinician],
    });
  }
  const note = noteOf(form);
  if (note !== '')
    add('DocumentReference', {
      ...shared.label,
      ...noteFields(note, form.dateTime),
      subject,
      author: [clinician],
      context: { encounter: [encounter] },
    });

  for (const file of form.files ?? [])
    add('DocumentReference', {
      ...shared.label,
      ...fileFields(file, form.dateTime),
      subject,
      author: [clinician],
      context: { encounter: [encounter] },
    });

  const entry = resources.map((resource) => ({ fullUrl: `urn:uuid:${String(resource.id)}`, resource }));
  return { resourceType: 'Bundle', id: nextId(), type: 'collection', timestamp: form.dateTime, entry };
}

function patientFields({ patient }: VisitContext): Fields {
  return {
    identifier: partyIdentifier(patient.party),
    ...(patient.name.trim() === '' ? {} : { name: [{ text: oneLine(patient.name) }] }),
    ...(patient.birthDate === '' ? {} : { birthDate: patient.birthDate }),
  };
}

function partyIdentifier(party: PartyId): readonly Fields[] {
  return [{ system: SYSTEM.party, value: party }];
}

/** A label for free text, where a diagnosis of the visit is protected; else nothing. */
function labelOf(form: VisitForm): Fields {
  let found: SensitivityClass = 'general';
  for (const { system, code } of form.diagnoses) found = stricter(found, classOfCode(system, code));
  if (strictness(found) <= strictness('general')) return {};
  return { meta: { security: [{ system: SYSTEM.confidentiality, code: CONFIDENTIALITY_CODE[found] }] } };
}

/** A diagnosis with a code speaks for itself. */
function isCoded(fields: Fields): boolean {
  return (fields.code as Concept | undefined)?.coding !== undefined;
}

type TypedFields = Fields & { readonly resourceType: string };

function conditions(form: VisitForm): readonly TypedFields[] {
  return form.diagnoses.map((diagnosis) => {
    const text = oneLine(diagnosis.text);
    const coding = { system: diagnosis.system.trim(), code: diagnosis.code, ...(text === '' ? {} : { display: text }) };
    const code: Concept = { ...(diagnosis.code === '' ? {} : { coding: [coding] }), text: text === '' ? diagnosis.code : text };
    return {
      resourceType: 'Condition',
      clinicalStatus: concept(SYSTEM.conditionClinical, 'active', 'Active'),
      verificationStatus: concept(SYSTEM.conditionVerification, 'confirmed', 'Confirmed'),
      category: [concept(SYSTEM.conditionCategory, 'encounter-diagnosis', 'Encounter diagnosis')],
      code,
    };
  });
}

function medication(form: VisitForm): readonly TypedFields[] {
  return form.medication.map((medicine) => ({
    resourceType: 'MedicationRequest',
    status: 'active',
    intent: 'order',
    medicationCodeableConcept: { text: oneLine(medicine.text) },
    ...(medicine.dosage.trim() === '' ? {} : { dosageInstruction: [{ text: oneLine(medicine.dosage) }] }),
  }));
}

/** When and by whom, in the words of each kind of resource. */
function authorship(resourceType: string, shared: { readonly dateTime: string; readonly clinician: Fields }): Fields {
  return resourceType === 'Condition'
    ? { recordedDate: shared.dateTime, recorder: shared.clinician }
    : { authoredOn: shared.dateTime, requester: shared.clinician };
}

/** "No known allergy" is a statement; where nobody asked, nothing is stated. */
function allergies(form: VisitForm): readonly Fields[] {
  const active = {
    clinicalStatus: concept(SYSTEM.allergyClinical, 'active', 'Active'),
    verificationStatus: concept(SYSTEM.allergyVerification, 'confirmed', 'Confirmed'),
  };
  if (form.allergies.state === 'not-asked') return [];
  if (form.allergies.state === 'none-known') return [{ ...active, code: { coding: [NO_KNOWN_ALLERGY], text: NO_KNOWN_ALLERGY.display } }];
  return form.allergies.list.map((allergy) => ({
    ...active,
    code: { text: oneLine(allergy.substance) },
    ...(allergy.reaction.trim() === '' ? {} : { reaction: [{ manifestation: [{ text: oneLine(allergy.reaction) }] }] }),
  }));
}

function noteOf(form: VisitForm): string {
  const parts = [
    ['Reason', form.reason],
    ['Findings', form.findings],
  ] as const;
  return parts.flatMap(([title, text]) => (text.trim() === '' ? [] : [`${title}\n${plain(text)}`])).join('\n\n');
}

function noteFields(note: string, dateTime: string): Fields {
  const attachment = { contentType: 'text/plain; charset=utf-8', data: toBase64(textToBytes(note)), title: 'Visit note' };
  return {
    status: 'current',
    docStatus: 'final',
    type: concept(SYSTEM.loinc, '11506-3', 'Progress note'),
    date: dateTime,
    content: [{ attachment }],
  };
}

/** A sealed file beside the record: the attachment says what it is; the key goes with the part. */
function fileFields({ file, title, kind, sizeBytes }: AttachedFile, dateTime: string): Fields {
  const attachment = { contentType: kind, url: linkOfFile(file), size: sizeBytes, title: oneLine(title) };
  return { status: 'current', docStatus: 'final', description: oneLine(title), date: dateTime, content: [{ attachment }] };
}

/** Completed years by the calendar; unknown counts as no adult, so that no range is claimed. */
function isAdult(birthDate: string, dateTime: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/u.test(birthDate)) return false;
  const years = Number(dateTime.slice(0, 4)) - Number(birthDate.slice(0, 4));
  const hadBirthday = dateTime.slice(5, 10) >= birthDate.slice(5);
  return years - (hadBirthday ? 0 : 1) >= ADULT_YEARS;
}

/** Text as FHIR's string type takes it: no control characters but tabs and line ends. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- these are what must go
  return text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F]/gu, '').trim();
}

function oneLine(text: string): string {
  return plain(text).replace(/\s+/gu, ' ');
}
