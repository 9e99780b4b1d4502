// Any FHIR bundle as sections that a person can read. Nothing is refused here: what is missing is left out, what is unknown
// is named. A record without an allergy entry says "not recorded", which is not "no known allergy".
import { type FhirBundle, type FhirResource, isObject, listOf, resourcesOf, textOf } from './bundle.ts';
import { NO_KNOWN_ALLERGY } from './code-systems.ts';
import { compositionRows, documentRows } from './documents.ts';
import { labelled, observationGroup, observationRows } from './observations.ts';
import type { ReadableRow, ReadableSection } from './readable-row.ts';
import { codeText, conceptText, dateText, hasCode, nameText } from './values.ts';
import { kindText, summaryOf } from './summary.ts';

/** Kinds that go by number once there are more of them than this. */
const LISTED_OTHERS = 5;

type RowsOf = (resource: FhirResource) => readonly ReadableRow[];

/** Sections in the order in which they are read; each takes the resources that it knows. */
const SECTIONS: readonly { readonly title: string; readonly takes: (resource: FhirResource) => boolean; readonly rowsOf: RowsOf }[] = [
  { title: 'Patient', takes: ofType('Patient', 'RelatedPerson', 'Person'), rowsOf: personRows },
  { title: 'Visits', takes: ofType('Encounter'), rowsOf: encounterRows },
  { title: 'Problems and diagnoses', takes: ofType('Condition'), rowsOf: conditionRows },
  { title: 'Allergies', takes: ofType('AllergyIntolerance'), rowsOf: allergyRows },
  {
    title: 'Medication',
    takes: ofType('MedicationRequest', 'MedicationStatement', 'MedicationAdministration', 'MedicationDispense'),
    rowsOf: medicationRows,
  },
  { title: 'Vital signs', takes: (resource) => isObservation(resource, 'vital-signs'), rowsOf: observationRows },
  { title: 'Laboratory', takes: (resource) => isObservation(resource, 'laboratory'), rowsOf: observationRows },
  { title: 'Other findings', takes: (resource) => isObservation(resource, 'other'), rowsOf: observationRows },
  { title: 'Notes and documents', takes: ofType('DocumentReference'), rowsOf: documentRows },
  { title: 'Summary document', takes: ofType('Composition'), rowsOf: compositionRows },
  { title: 'Procedures', takes: ofType('Procedure'), rowsOf: procedureRows },
  { title: 'Immunisations', takes: ofType('Immunization'), rowsOf: immunizationRows },
  { title: 'Reports', takes: ofType('DiagnosticReport', 'ImagingStudy'), rowsOf: (resource) => [plainRow(resource)] },
  { title: 'Care plans', takes: ofType('CarePlan', 'Goal', 'CareTeam', 'ServiceRequest'), rowsOf: (resource) => [plainRow(resource)] },
];

export function readableRecord(bundle: FhirBundle): readonly ReadableSection[] {
  const resources = resourcesOf(bundle);
  const left = new Set(resources);
  const sections = SECTIONS.map(({ title, takes, rowsOf }) => {
    const taken = [...left].filter(takes);
    for (const resource of taken) left.delete(resource);
    return { title, rows: newestFirst(taken.flatMap(rowsOf)) };
  });
  const clinical = resources.some((resource) => !['Patient', 'RelatedPerson', 'Person'].includes(resource.resourceType));
  const shown = sections.map((section) =>
    section.title === 'Allergies' && section.rows.length === 0 && clinical
      ? { title: section.title, rows: [{ label: 'Allergies', value: 'Not recorded here' }] }
      : section,
  );
  const others = otherRows([...left]);
  return [...shown, { title: 'Other entries', rows: others }].filter((section) => section.rows.length > 0);
}

function ofType(...types: readonly string[]): (resource: FhirResource) => boolean {
  return (resource) => types.includes(resource.resourceType);
}

function isObservation(resource: FhirResource, group: ReturnType<typeof observationGroup>): boolean {
  return resource.resourceType === 'Observation' && observationGroup(resource) === group;
}

/** Stable: rows of one day stay in the order of the bundle. */
function newestFirst(rows: readonly ReadableRow[]): readonly ReadableRow[] {
  return [...rows].sort((a, b) => ((a.date ?? '') === (b.date ?? '') ? 0 : (a.date ?? '') < (b.date ?? '') ? 1 : -1));
}

function row(resource: FhirResource, label: string, value: string, date = ''): ReadableRow {
  const code = codeText(resource.code);
  return { label: labelled(label, date), value, date, ...(code === '' ? {} : { code }) };
}

function plainRow(resource: FhirResource): ReadableRow {
  const period = isObject(resource.period) ? resource.period.start : undefined;
  const date = textOf(resource.effectiveDateTime ?? resource.started ?? resource.authoredOn ?? resource.occurrenceDateTime ?? period);
  return row(resource, kindText(resource.resourceType), summaryOf(resource), date);
}

function personRows(resource: FhirResource): readonly ReadableRow[] {
  const address = listOf(resource.address).find(isObject);
  const place =
    address === undefined
      ? ''
      : [...listOf(address.line), address.postalCode, address.city, address.country]
          .map(textOf)
          .filter((part) => part !== '')
          .join(', ');
  const telecom = listOf(resource.telecom)
    .filter(isObject)
    .map((each) => textOf(each.value))
    .filter((text) => text !== '')
    .join(', ');
  const fields = [
    ['Name', nameText(resource.name)],
    ['Born', dateText(resource.birthDate)],
    ['Sex', textOf(resource.gender)],
    ['Died', dateText(resource.deceasedDateTime) || (resource.deceasedBoolean === true ? 'Yes' : '')],
    ['Address', place],
    ['Contact', telecom],
  ] as const;
  return fields.filter(([, value]) => value !== '').map(([label, value]) => ({ label, value }));
}

function encounterRows(resource: FhirResource): readonly ReadableRow[] {
  const start = textOf(isObject(resource.period) ? resource.period.start : undefined);
  const kind = conceptText(resource.type) || conceptText(resource.class) || 'Visit';
  const reason = conceptText(resource.reasonCode);
  return [row(resource, kind, reason || textOf(resource.status), start)];
}

function conditionRows(resource: FhirResource): readonly ReadableRow[] {
  const onset = textOf(
    resource.onsetDateTime ?? (isObject(resource.onsetPeriod) ? resource.onsetPeriod.start : undefined) ?? resource.recordedDate,
  );
  const ended = dateText(resource.abatementDateTime);
  const state = [conceptText(resource.clinicalStatus), ended === '' ? '' : `until ${ended}`, conceptText(resource.severity)];
  return [row(resource, conceptText(resource.code) || 'Condition', state.filter((text) => text !== '').join(', '), onset)];
}

function allergyRows(resource: FhirResource): readonly ReadableRow[] {
  if (hasCode(resource.code, NO_KNOWN_ALLERGY.system, [NO_KNOWN_ALLERGY.code]))
    return [row(resource, 'Allergies', NO_KNOWN_ALLERGY.display, textOf(resource.recordedDate))];
  const reactions = listOf(resource.reaction)
    .filter(isObject)
    .map((reaction) => conceptText(reaction.manifestation))
    .filter((text) => text !== '');
  const criticality = textOf(resource.criticality);
  const said = [conceptText(resource.clinicalStatus), ...reactions, criticality === '' ? '' : `criticality ${criticality}`];
  return [
    row(resource, conceptText(resource.code) || 'Allergy', said.filter((text) => text !== '').join(', '), textOf(resource.recordedDate)),
  ];
}

function medicationRows(resource: FhirResource): readonly ReadableRow[] {
  const name =
    conceptText(resource.medicationCodeableConcept) ||
    textOf(isObject(resource.medicationReference) ? resource.medicationReference.display : '') ||
    'Medicine';
  const dosage = [...listOf(resource.dosageInstruction), ...listOf(resource.dosage)]
    .filter(isObject)
    .map((each) => textOf(each.text))
    .filter((text) => text !== '');
  const period = isObject(resource.effectivePeriod) ? resource.effectivePeriod.start : undefined;
  const date = textOf(resource.authoredOn ?? resource.effectiveDateTime ?? period ?? resource.whenHandedOver);
  return [row(resource, name, [...dosage, textOf(resource.status)].filter((text) => text !== '').join(', '), date)];
}

function procedureRows(resource: FhirResource): readonly ReadableRow[] {
  const start = isObject(resource.performedPeriod) ? resource.performedPeriod.start : undefined;
  return [row(resource, conceptText(resource.code) || 'Procedure', textOf(resource.status), textOf(resource.performedDateTime ?? start))];
}

function immunizationRows(resource: FhirResource): readonly ReadableRow[] {
  return [
    row(
      resource,
      conceptText(resource.vaccineCode) || 'Vaccine',
      textOf(resource.status),
      textOf(resource.occurrenceDateTime ?? resource.occurrenceString),
    ),
  ];
}

/** Few of a kind one by one, many as a number. */
function otherRows(resources: readonly FhirResource[]): readonly ReadableRow[] {
  const kinds = Map.groupBy(resources, (resource) => resource.resourceType);
  return [...kinds].flatMap(([type, ofKind]) =>
    ofKind.length > LISTED_OTHERS
      ? [{ label: kindText(type), value: `${ofKind.length} entries` }]
      : ofKind.map((resource) => ({ label: kindText(type), value: summaryOf(resource) })),
  );
}
