// The code systems and codes that this project itself writes into resources. Source: https://hl7.org/fhir/R4/terminologies-systems.html

export const SYSTEM = {
  loinc: 'http://loinc.org',
  snomed: 'http://snomed.info/sct',
  ucum: 'http://unitsofmeasure.org',
  atc: 'http://www.whocc.no/atc',
  icd10: 'http://hl7.org/fhir/sid/icd-10',
  cvx: 'http://hl7.org/fhir/sid/cvx',
  actCode: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
  confidentiality: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality',
  conditionClinical: 'http://terminology.hl7.org/CodeSystem/condition-clinical',
  conditionVerification: 'http://terminology.hl7.org/CodeSystem/condition-ver-status',
  conditionCategory: 'http://terminology.hl7.org/CodeSystem/condition-category',
  allergyClinical: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical',
  allergyVerification: 'http://terminology.hl7.org/CodeSystem/allergyintolerance-verification',
  observationCategory: 'http://terminology.hl7.org/CodeSystem/observation-category',
  interpretation: 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
  dataAbsent: 'http://terminology.hl7.org/CodeSystem/data-absent-reason',
  /** Party ids of this product: an OID made of a UUID (ITU-T X.667). */
  party: 'urn:oid:2.25.103855099107391235756416283823335346165',
} as const;

/** SNOMED CT: "No known allergy", which is a statement; a record without any allergy entry says nothing. */
export const NO_KNOWN_ALLERGY = { system: SYSTEM.snomed, code: '716186003', display: 'No known allergy' } as const;

export interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

export interface Concept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}

export function concept(system: string, code: string, display?: string): Concept {
  return { coding: [{ system, code, ...(display === undefined ? {} : { display }) }], ...(display === undefined ? {} : { text: display }) };
}
