// Who plays in the stories of the care workflow: two archive members, three clinics, a patient, and a visit to write down.
import type { RecordView, SealPreview, VisitForm } from '../../src/node/api.ts';
import type { RecordId } from '../../src/node/base/index.ts';
import { readingEpochIn, receivingKeyIn } from '../../src/node/contracts/index.ts';
import { Keyed, type Profile, World, until } from './world.ts';

export const PURPOSE = 'second opinion';
export const YEAR_MS = 365 * 86_400_000;

export interface Cast {
  readonly world: World;
  readonly archives: readonly Profile[];
  readonly clinic: Profile;
  readonly second: Profile;
  readonly third: Profile;
  readonly patient: Profile;
}

/** Everybody online, the patient in the clinic's list. */
export async function opening(archiveCount = 2): Promise<Cast> {
  const archives = Array.from({ length: archiveCount }, (_, index) => new Keyed(`Archive ${index + 1}`, 'archive'));
  const clinics = ['Lakeside', 'Hill', 'Harbour'].map((name) => new Keyed(name, 'clinic'));
  const patient = new Keyed('Ada Example', 'patient');
  const world = new World({ archives, others: [...clinics, patient] });
  const open = (people: readonly Keyed[]): Promise<Profile[]> => Promise.all(people.map((person) => world.open(person)));
  const keepers = await open(archives);
  const [clinic, second, third, her] = await open([...clinics, patient]);
  if (clinic === undefined || second === undefined || third === undefined || her === undefined) throw new Error('the cast is incomplete');
  await until('reading keys are published (P3-10)', () => arePublished(world, [clinic, second, third], her));
  await clinic.care.registerPatient(her.care.contactLink(), { name: 'Ada Example', birthDate: '1945-07-14' });
  return { world, archives: keepers, clinic, second, third, patient: her };
}

function arePublished(world: World, readers: readonly Profile[], patient: Profile): boolean {
  const { state } = world.consortium.ledger;
  const has = readers.every(({ person }) => receivingKeyIn(state, person.party) !== null);
  return has && readingEpochIn(state, patient.person.party) !== null;
}

export function visit(findings = 'Reflexes normal.'): VisitForm {
  return {
    dateTime: '2026-01-02T10:00:00Z',
    reason: 'Dizziness since yesterday',
    findings,
    diagnoses: [{ code: 'H81.1', system: 'http://hl7.org/fhir/sid/icd-10', text: 'Benign paroxysmal vertigo' }],
    medication: [{ text: 'Betahistine 16 mg', dosage: 'one tablet three times a day' }],
    allergies: { state: 'none-known', list: [] },
    vitalSigns: {
      systolicMmHg: 128,
      diastolicMmHg: 82,
      heartRatePerMin: 71,
      temperatureC: 36.7,
      oxygenSaturationPercent: 98,
      weightKg: null,
      heightCm: null,
    },
  };
}

export async function preview(clinic: Profile, patient: Profile, findings?: string): Promise<SealPreview> {
  const found = await clinic.care.previewVisit(patient.person.party, visit(findings));
  if (!('bundle' in found)) throw new Error(`the sample visit has faults: ${JSON.stringify(found)}`);
  return found;
}

export function recordOf(profile: Profile, record: RecordId): RecordView | null {
  return profile.care.view().records.find((entry) => entry.record === record) ?? null;
}

/** Written and in the patient's hands. */
export async function written({ clinic, patient }: Cast, findings?: string, replaces?: RecordId): Promise<RecordId> {
  const record = await clinic.care.writeRecord(
    patient.person.party,
    await preview(clinic, patient, findings),
    replaces === undefined ? {} : { replaces },
  );
  await until('the version awaits her', () => {
    const way = patient.care.view().ways.find((entry) => entry.record === record);
    return (
      recordOf(patient, record)?.status === 'awaiting-patient' &&
      way?.stages.some(({ stage, atMs }) => stage === 'awaiting' && atMs !== null) === true
    );
  });
  return record;
}

/** Written, signed and final. */
export async function confirmed(cast: Cast, findings?: string, replaces?: RecordId): Promise<RecordId> {
  const record = await written(cast, findings, replaces);
  const version = recordOf(cast.patient, record)?.version ?? 0;
  await cast.patient.care.confirmRecord(record, version);
  await until('every keeper holds it', () =>
    cast.archives.every((keeper) => !keeper.online || (keeper.disk.notes.get('care-kept')?.size ?? 0) > 0),
  );
  return record;
}

export function textOf(opened: { readonly bundle: unknown }): string {
  const json = JSON.stringify(opened.bundle);
  // The visit note travels as base64.
  return json.replace(/"data":"([^"]+)"/gu, (_, data: string) => Buffer.from(data, 'base64').toString('utf8'));
}
