// Invented patients with invented histories, from a seed: the project's own sample, for trying things out, for stories and for
// measuring. The same seed gives the same bundle on every engine; every bundle is valid FHIR R4 (tested).
import { textToBytes } from '../codec/index.ts';
import { sha256 } from '../crypto/index.ts';
import { toBase64 } from './base64.ts';
import type { BundleEntry, FhirBundle } from './bundle.ts';
import { dayNumber, isoDay, yearsBetween } from './calendar.ts';
import { type Concept, NO_KNOWN_ALLERGY, SYSTEM, concept } from './code-systems.ts';
import { createResourceIds } from './resource-ids.ts';
import { type Dice, createDice } from './sample-dice.ts';
import { ALLERGIES, CHECK_UP, LABS, type LabName, PROBLEMS, type SampleProblem, VACCINES } from './sample-medicine.ts';
import { type SamplePerson, sampleClinic, samplePerson } from './sample-people.ts';
import { vitalSignObservations } from './vital-signs.ts';

export const MAX_SAMPLE_VISITS = 200;
/** Visits end before this day, wherever and whenever a sample is made. */
const LAST_DAY = '2026-03-01';
const OLDEST_YEARS = 92;
/** On average. */
const DAYS_BETWEEN_VISITS = 150;

export interface SampleOptions {
  readonly seed: number;
  /** From 1 to 200. */
  readonly visits: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** What one visit needs to know. */
interface Scene {
  readonly dice: Dice;
  readonly add: (resourceType: string, fields: Fields) => Fields;
  readonly subject: Fields;
  readonly clinician: Fields;
  readonly clinic: Fields;
  readonly birthDate: string;
  readonly heightCm: number;
  readonly weightKg: number;
}

/** One patient with so many visits, as a collection. */
export function samplePatient(options: SampleOptions): FhirBundle {
  const dice = createDice(options.seed);
  const nextId = createResourceIds(sha256(textToBytes(`sample/${options.seed}`)));
  const entry: BundleEntry[] = [];
  const add = (resourceType: string, fields: Fields): Fields => {
    const id = nextId();
    entry.push({ fullUrl: `urn:uuid:${id}`, resource: { resourceType, id, ...fields } });
    return { reference: `urn:uuid:${id}` };
  };
  const person = samplePerson(dice);
  const birthDate = isoDay(dayNumber(LAST_DAY) - 365 * (3 + dice.below(OLDEST_YEARS - 3)) - dice.below(365));
  const { name, clinician: clinicianName } = sampleClinic(dice);
  const subject = add('Patient', patientFields(person, birthDate, dice));
  const clinic = add('Organization', { active: true, name });
  const clinician = add('Practitioner', { active: true, name: [{ text: clinicianName }] });
  const grown = Math.min(1000, 400 + 35 * yearsBetween(birthDate, LAST_DAY));
  const heightCm = Math.round((dice.around(person.gender === 'female' ? 163 : 175, 12) * grown) / 1000);
  const weightKg = Math.round(((dice.around(25, 6) * heightCm * heightCm) / 10_000) * 10) / 10;
  const scene: Scene = { dice, add, subject, clinician, clinic, birthDate, heightCm, weightKg };

  addAllergies(scene);
  const history = problemsOf(dice, yearsBetween(birthDate, LAST_DAY));
  const visits = Math.max(1, Math.min(MAX_SAMPLE_VISITS, options.visits));
  const known = new Map<SampleProblem, Fields>();
  // Visits are spread over the last years, never before birth.
  const spanDays = Math.min(visits * DAYS_BETWEEN_VISITS, dayNumber(LAST_DAY) - dayNumber(birthDate) - 1);
  for (let visit = 0; visit < visits; visit += 1) {
    const day = dayNumber(LAST_DAY) - spanDays + Math.floor((spanDays * (visit * 1000 + dice.below(1000))) / (visits * 1000));
    addVisit(scene, isoDay(day), history[dice.below(history.length + 1)] ?? null, known);
  }
  return { resourceType: 'Bundle', id: nextId(), type: 'collection', timestamp: `${LAST_DAY}T12:00:00Z`, entry };
}

function patientFields(person: SamplePerson, birthDate: string, dice: Dice): Fields {
  return {
    name: [{ use: 'official', family: person.family, given: person.given.split(' ') }],
    gender: person.gender,
    birthDate,
    telecom: [{ system: 'phone', value: `555-01${String(dice.below(100)).padStart(2, '0')}`, use: 'home' }],
    address: [{ line: [person.street], city: person.town, country: 'ES' }],
  };
}

/** At least one problem of the patient's age. */
function problemsOf(dice: Dice, age: number): readonly SampleProblem[] {
  const possible = PROBLEMS.filter((problem) => age >= problem.ages[0] && age <= problem.ages[1]);
  const found = possible.filter((problem) => dice.chance(problem.perMille));
  return found.length > 0 ? found : possible.slice(0, 1);
}

function addAllergies({ dice, add, subject }: Scene): void {
  const active = {
    clinicalStatus: concept(SYSTEM.allergyClinical, 'active', 'Active'),
    verificationStatus: concept(SYSTEM.allergyVerification, 'confirmed', 'Confirmed'),
  };
  const found = ALLERGIES.filter((allergy) => dice.chance(allergy.perMille));
  if (found.length === 0)
    add('AllergyIntolerance', { ...active, code: { coding: [NO_KNOWN_ALLERGY], text: NO_KNOWN_ALLERGY.display }, patient: subject });
  for (const allergy of found) {
    const reaction = [{ manifestation: [{ text: allergy.reaction }] }];
    add('AllergyIntolerance', {
      ...active,
      category: [allergy.category],
      code: concept(SYSTEM.snomed, allergy.snomed, allergy.text),
      patient: subject,
      reaction,
    });
  }
}

function addVisit(scene: Scene, day: string, problem: SampleProblem | null, known: Map<SampleProblem, Fields>): void {
  const { dice, add, subject, clinician, clinic } = scene;
  const hour = String(8 + dice.below(9)).padStart(2, '0');
  const start = `${day}T${hour}:00:00+01:00`;
  const { complaint, finding } = problem ?? CHECK_UP;
  const encounter = add('Encounter', {
    status: 'finished',
    class: { system: SYSTEM.actCode, code: 'AMB', display: 'ambulatory' },
    subject,
    participant: [{ individual: clinician }],
    period: { start, end: `${day}T${hour}:20:00+01:00` },
    reasonCode: [{ text: complaint }],
    serviceProvider: clinic,
  });
  const when = { subject, encounter, effectiveDateTime: start, performer: [clinician] };
  const related: Fields[] = [];
  if (problem !== null) {
    const condition = known.get(problem) ?? addCondition(scene, problem, encounter, start);
    if (!known.has(problem) || !problem.chronic) addMedicine(scene, problem, encounter, condition, start);
    if (problem.chronic) known.set(problem, condition);
    related.push(condition);
    addLabs(scene, problem.labs, when);
  }
  addVitalSigns(scene, day, problem, when);
  for (const vaccine of VACCINES) {
    if (dice.chance(vaccine.perMille))
      add('Immunization', {
        status: 'completed',
        vaccineCode: concept(SYSTEM.cvx, vaccine.cvx, vaccine.text),
        patient: subject,
        encounter,
        occurrenceDateTime: start,
      });
  }
  const attachment = {
    contentType: 'text/plain; charset=utf-8',
    data: toBase64(textToBytes(`Reason\n${complaint}\n\nFindings\n${finding}`)),
    title: 'Visit note',
  };
  add('DocumentReference', {
    status: 'current',
    type: concept(SYSTEM.loinc, '11506-3', 'Progress note'),
    subject,
    date: start,
    author: [clinician],
    content: [{ attachment }],
    context: { encounter: [encounter], ...(related.length === 0 ? {} : { related }) },
  });
}

function addCondition({ add, subject, clinician }: Scene, problem: SampleProblem, encounter: Fields, start: string): Fields {
  const coding = [
    { system: SYSTEM.snomed, code: problem.snomed, display: problem.text },
    { system: SYSTEM.icd10, code: problem.icd10 },
  ];
  const code: Concept = { coding, text: problem.text };
  return add('Condition', {
    clinicalStatus: problem.chronic
      ? concept(SYSTEM.conditionClinical, 'active', 'Active')
      : concept(SYSTEM.conditionClinical, 'resolved', 'Resolved'),
    verificationStatus: concept(SYSTEM.conditionVerification, 'confirmed', 'Confirmed'),
    category: [concept(SYSTEM.conditionCategory, problem.chronic ? 'problem-list-item' : 'encounter-diagnosis')],
    code,
    subject,
    encounter,
    onsetDateTime: start,
    recorder: clinician,
  });
}

function addMedicine(
  { add, subject, clinician }: Scene,
  problem: SampleProblem,
  encounter: Fields,
  condition: Fields,
  start: string,
): void {
  for (const medicine of problem.medicine) {
    add('MedicationRequest', {
      status: problem.chronic ? 'active' : 'completed',
      intent: 'order',
      medicationCodeableConcept: concept(SYSTEM.atc, medicine.atc, medicine.text),
      subject,
      encounter,
      authoredOn: start,
      requester: clinician,
      reasonReference: [condition],
      dosageInstruction: [{ text: medicine.dosage }],
    });
  }
}

function addLabs({ dice, add }: Scene, labs: readonly LabName[], when: Fields): void {
  const results = labs.map((name) => {
    const lab = LABS[name];
    const tenths = Math.max(1, dice.around(lab.mean, lab.spread));
    const [low, high] = lab.range;
    const flag = tenths < low ? ['L', 'Low'] : tenths > high ? ['H', 'High'] : ['N', 'Normal'];
    const quantity = (value: number) => ({ value: value / 10, unit: lab.unit, system: SYSTEM.ucum, code: lab.ucum });
    return add('Observation', {
      status: 'final',
      category: [concept(SYSTEM.observationCategory, 'laboratory', 'Laboratory')],
      code: concept(SYSTEM.loinc, lab.loinc, lab.display),
      ...when,
      valueQuantity: quantity(tenths),
      interpretation: [concept(SYSTEM.interpretation, flag[0] ?? 'N', flag[1])],
      referenceRange: [{ low: quantity(low), high: quantity(high) }],
    });
  });
  const { subject, encounter, effectiveDateTime } = when;
  const code = concept(SYSTEM.loinc, '11502-2', 'Laboratory report');
  if (results.length > 1) add('DiagnosticReport', { status: 'final', code, subject, encounter, effectiveDateTime, result: results });
}

function addVitalSigns(
  { dice, add, birthDate, heightCm, weightKg }: Scene,
  day: string,
  problem: SampleProblem | null,
  when: Fields,
): void {
  const tense = problem?.icd10 === 'I10' ? 22 : 0;
  const vitals = {
    systolicMmHg: dice.around(122 + tense, 16),
    diastolicMmHg: dice.around(76 + Math.floor(tense / 2), 10),
    heartRatePerMin: dice.around(74, 14),
    temperatureC: dice.around(368, 7) / 10,
    oxygenSaturationPercent: dice.around(97, 2),
    weightKg: Math.round((weightKg + dice.around(0, 20) / 10) * 10) / 10,
    heightCm,
  };
  const adult = yearsBetween(birthDate, day) >= 18;
  for (const fields of vitalSignObservations(vitals, adult)) {
    add('Observation', {
      status: 'final',
      category: [concept(SYSTEM.observationCategory, 'vital-signs', 'Vital signs')],
      ...fields,
      ...when,
    });
  }
}
