// Whether a visit form can become a record: every fault by the form's own field names, before anything is built from it.
import type { BundleFault, VisitForm } from '../api.ts';
import { MAX_FILES, MAX_FILE_BYTES, fileKindOf, fileOfLink, linkOfFile } from './files/index.ts';

/** One field of free text. */
const MAX_VISIT_TEXT_CHARS = 20_000;
/** One line: a diagnosis, a medicine, a dosage, a substance. */
const MAX_VISIT_LINE_CHARS = 500;
const MAX_VISIT_ROWS = 50;

/** FHIR's dateTime with a time, which needs seconds and a zone. */
const DATE_TIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/u;
const CODE = /^\S+(?: \S+)*$/u;

/** Bounds beyond which a number is a slip of the hand; in the unit of the field's name. */
const POSSIBLE: Readonly<Record<keyof VisitForm['vitalSigns'], readonly [least: number, most: number]>> = {
  systolicMmHg: [30, 300],
  diastolicMmHg: [10, 200],
  heartRatePerMin: [10, 350],
  temperatureC: [20, 45],
  oxygenSaturationPercent: [30, 100],
  weightKg: [0.2, 500],
  heightCm: [15, 280],
};

export function visitFaults(form: VisitForm): readonly BundleFault[] {
  const faults: BundleFault[] = [];
  const fault = (path: string, reason: string) => faults.push({ path, reason });
  const line = (path: string, value: string, required: boolean) => {
    if (required && value.trim() === '') fault(path, 'must not be empty');
    if (value.length > MAX_VISIT_LINE_CHARS) fault(path, `at most ${MAX_VISIT_LINE_CHARS} characters`);
  };

  if (!DATE_TIME.test(form.dateTime)) fault('dateTime', 'expected a date and time with a time zone');
  for (const field of ['reason', 'findings'] as const) {
    if (form[field].length > MAX_VISIT_TEXT_CHARS) fault(field, `at most ${MAX_VISIT_TEXT_CHARS} characters`);
  }
  if (form.reason.trim() === '' && form.findings.trim() === '' && form.diagnoses.length === 0)
    fault('reason', 'a visit needs a reason, findings or a diagnosis');

  const rows = [
    ['diagnoses', form.diagnoses],
    ['medication', form.medication],
    ['allergies.list', form.allergies.list],
  ] as const;
  for (const [path, list] of rows) if (list.length > MAX_VISIT_ROWS) fault(path, `at most ${MAX_VISIT_ROWS} rows`);

  form.diagnoses.forEach((diagnosis, index) => {
    const path = `diagnoses[${index}]`;
    line(`${path}.text`, diagnosis.text, diagnosis.code === '');
    if (diagnosis.code === '') return;
    if (diagnosis.system.trim() === '') fault(`${path}.system`, 'a code needs its code system');
    if (!CODE.test(diagnosis.code)) fault(`${path}.code`, 'is no code');
  });
  form.medication.forEach((medicine, index) => {
    line(`medication[${index}].text`, medicine.text, true);
    line(`medication[${index}].dosage`, medicine.dosage, false);
  });
  form.allergies.list.forEach((allergy, index) => {
    line(`allergies.list[${index}].substance`, allergy.substance, true);
    line(`allergies.list[${index}].reaction`, allergy.reaction, false);
  });
  const files = form.files ?? [];
  if (files.length > MAX_FILES) fault('files', `at most ${MAX_FILES} files`);
  if (new Set(files.map(({ file }) => file)).size < files.length) fault('files', 'a file is attached twice');
  files.forEach(({ file, title, kind, sizeBytes }, index) => {
    if (fileOfLink(linkOfFile(file)) === null || fileKindOf(kind) === null || !(sizeBytes >= 1 && sizeBytes <= MAX_FILE_BYTES))
      fault(`files[${index}]`, 'is no file that was sealed here');
    line(`files[${index}].title`, title, true);
  });
  if (form.allergies.state === 'listed' && form.allergies.list.length === 0)
    fault('allergies.list', 'name at least one allergy, or choose another answer');
  if (form.allergies.state !== 'listed' && form.allergies.list.length > 0)
    fault('allergies.state', 'allergies are listed although the answer says otherwise');

  for (const [field, [least, most]] of Object.entries(POSSIBLE)) {
    const value = form.vitalSigns[field as keyof VisitForm['vitalSigns']];
    if (value !== null && !(value >= least && value <= most)) fault(`vitalSigns.${field}`, `not possible: from ${least} to ${most}`);
  }
  return faults;
}
