// The main job as a person sees it: written, awaited, signed, final, read by whom the patient lets read, and by nobody else.
import { afterEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, recordOf, textOf, written } from '../../../tests/care/cast.ts';
import { codeOf, until } from '../../../tests/care/world.ts';

let cast: Cast;

afterEach(async () => {
  await cast.world.end();
});

test('a visit awaits the patient, who opens it, signs it and makes it final', async () => {
  cast = await opening();
  const { clinic, patient } = cast;
  const record = await written(cast);
  expect(recordOf(clinic, record)).toMatchObject({ status: 'awaiting-patient', patientName: 'Ada Example', access: 'author', height: null });
  expect(clinic.care.view().patients).toMatchObject([{ name: 'Ada Example', birthDate: '1945-07-14', records: 1, awaiting: 1 }]);
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Reflexes normal.');

  await patient.care.confirmRecord(record, 1);
  expect(recordOf(patient, record)).toMatchObject({ status: 'confirmed', version: 1, access: 'patient', readableVersion: 1 });
  await until('the clinic sees it final', () => recordOf(clinic, record)?.status === 'confirmed');
  await until('the clinic’s way ends', () => clinic.care.view().ways[0]?.stages.every(({ atMs }) => atMs !== null) === true);
  expect(clinic.care.view().ways[0]?.stages.map(({ stage, detail }) => [stage, detail])).toEqual([
    ['sealed', '2 parts'],
    ['stored', 'by 2 of 2 archive members'],
    ['awaiting', 'the patient’s signature'],
    ['signed', 'by patient and clinic'],
    ['proposed', expect.stringContaining('by ')],
    ['agreed', '2 of 2'],
    ['final', 'height 1'],
  ]);
  expect(textOf(await clinic.care.openRecord(record, 1))).toContain('Reflexes normal.');
});
