// The main job as a person sees it: written, awaited, signed, final, read by whom the patient lets read, and by nobody else.
import { afterEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, preview, recordOf, textOf, written } from '../../../tests/care/cast.ts';
import { codeOf, until } from '../../../tests/care/world.ts';

let cast: Cast;

afterEach(async () => {
  await cast.world.end();
});

test('a visit awaits the patient, who opens it, signs it and makes it final', async () => {
  cast = await opening();
  const { clinic, patient, world } = cast;
  const { height } = world.consortium.ledger;
  const record = await written(cast);
  expect(recordOf(clinic, record)).toMatchObject({
    status: 'awaiting-patient',
    patientName: 'Ada Example',
    access: 'author',
    height: null,
  });
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
    ['final', `height ${height + 1}`],
  ]);
  expect(textOf(await clinic.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('the patient reads with the clinic’s tab closed', async () => {
  cast = await opening();
  const record = await confirmed(cast);
  await cast.world.close(cast.clinic);
  cast.clinic.blobs.held.clear();
  cast.patient.blobs.held.clear();
  expect(textOf(await cast.patient.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('a granted clinic reads, and the read is on the ledger before it does (P3-24, P3-26)', async () => {
  cast = await opening();
  const { second, patient, clinic, world } = cast;
  const record = await confirmed(cast);
  expect(recordOf(second, record)).toMatchObject({ access: 'none', readableVersion: null });
  const untilMs = world.nowMs + YEAR_MS / 12;
  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs });
  await until('the keys are handed over', () => patient.care.view().grants[0]?.delivered === true);
  await until('the clinic is told', () => second.care.view().grants[0]?.delivered === true);
  expect(second.care.view().grants).toMatchObject([{ record, purpose: PURPOSE, ended: 'no', untilMs }]);
  expect(recordOf(second, record)).toMatchObject({ access: 'grant', readableVersion: 1 });

  const before = world.consortium.ledger.height;
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  expect(world.consortium.ledger.height).toBe(before + 1);
  const read = { record, version: 1, reader: second.person.party, readerName: 'Hill', purpose: PURPOSE, height: before + 1 };
  for (const page of [patient, second, clinic]) expect(page.care.view().reads).toMatchObject([read]);
});

test('a request that the patient approves opens the record, one that she declines does not', async () => {
  cast = await opening();
  const { second, third, patient, world } = cast;
  const record = await confirmed(cast);
  const untilMs = world.nowMs + YEAR_MS;
  await second.care.requestAccess(record, PURPOSE, untilMs);
  await third.care.requestAccess(record, 'curiosity', untilMs);
  const [curious, asked] = patient.care.view().requests;
  expect([asked, curious]).toMatchObject([
    { clinicName: 'Hill', answer: 'open' },
    { clinicName: 'Harbour', answer: 'open' },
  ]);
  await patient.care.approveRequest(asked!.request);
  await patient.care.declineRequest(curious!.request);
  expect(patient.care.view().requests.map(({ answer }) => answer)).toEqual(['declined', 'granted']);
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
  expect(await codeOf(third.care.openRecord(record, 1))).toBe('no-access');
  expect(await codeOf(patient.care.approveRequest(curious!.request))).toBe('already-answered');
});

test('a later version that she confirms is readable under a live grant; after its end no version is (P3-25)', async () => {
  cast = await opening();
  const { second, third, patient, world } = cast;
  const record = await confirmed(cast);
  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');

  await confirmed(cast, 'Reflexes brisk.', record);
  expect(recordOf(second, record)).toMatchObject({ version: 2, readableVersion: 2 });
  expect(textOf(await second.care.openRecord(record, 2))).toContain('Reflexes brisk.');

  await patient.care.revokeGrant(patient.care.view().grants[0]!.grant);
  expect(second.care.view().grants).toMatchObject([{ ended: 'revoked' }]);
  await confirmed(cast, 'Reflexes absent.', record);
  await patient.care.grantAccess({ record, grantee: third.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  await until('another grant is served for all versions', () => patient.disk.notes.get('care-delivered')?.size === 5);
  for (const version of [1, 2, 3]) expect(await codeOf(third.care.openRecord(record, version))).toBe('no error');
  expect(recordOf(second, record)).toMatchObject({ version: 3, access: 'none', readableVersion: null });
  for (const version of [1, 2, 3]) expect(await codeOf(second.care.openRecord(record, version))).toBe('no-access');
  expect(textOf(await patient.care.openRecord(record, 3))).toContain('Reflexes absent.');
});

test('without her device it becomes final as unconfirmed, and her confirmation follows as its own slip', async () => {
  cast = await opening();
  const { clinic, patient, world } = cast;
  const { height } = world.consortium.ledger;
  await world.close(patient);

  const record = await clinic.care.writeRecord(patient.person.party, await preview(clinic, patient));
  await clinic.care.writeUnconfirmed(record, 'Her telephone is lost');
  expect(recordOf(clinic, record)).toMatchObject({ status: 'unconfirmed', versions: [{ unconfirmedReason: 'Her telephone is lost' }] });

  const again = await world.open(patient.person);
  await until('she sees it', () => recordOf(again, record)?.status === 'unconfirmed');
  expect(textOf(await again.care.openRecord(record, 1))).toContain('Reflexes normal.');
  await again.care.confirmRecord(record, 1);
  expect(recordOf(clinic, record)).toMatchObject({ status: 'confirmed', versions: [{ unconfirmedReason: 'Her telephone is lost' }] });
  expect(world.consortium.ledger.height).toBe(height + 2);
  expect(await codeOf(again.care.confirmRecord(record, 1))).toBe('already-answered');
});

test('she disputes what became final without her, in words that only the clinic reads', async () => {
  cast = await opening();
  const { clinic, patient, second } = cast;
  const record = await written(cast);
  await clinic.care.writeUnconfirmed(record, 'She has left already');
  await until('she sees it', () => recordOf(patient, record)?.status === 'unconfirmed');
  await patient.care.disputeRecord(record, 1, 'It was the left ear');
  await until('the clinic can read why', () => recordOf(clinic, record)?.disputeReason === 'It was the left ear');
  expect(recordOf(clinic, record)?.status).toBe('disputed');
  expect(recordOf(patient, record)?.disputeReason).toBe('It was the left ear');
  expect(recordOf(second, record)).toMatchObject({ status: 'disputed', disputeReason: null });
});

test('what she disputes is never proposed; the clinic corrects it and she signs the correction', async () => {
  cast = await opening();
  const { clinic, patient, world } = cast;
  const { height } = world.consortium.ledger;
  const record = await written(cast);
  await patient.care.disputeRecord(record, 1, 'It was the left ear');
  await until('the clinic learns it', () => recordOf(clinic, record)?.status === 'disputed');
  expect(recordOf(clinic, record)?.disputeReason).toBe('It was the left ear');
  expect(await codeOf(clinic.care.writeUnconfirmed(record, 'She does not answer'))).toBe('record-disputed');
  expect(await codeOf(patient.care.confirmRecord(record, 1))).toBe('already-answered');
  expect(world.consortium.ledger.height).toBe(height);

  await confirmed(cast, 'Left ear. Reflexes normal.', record);
  expect(recordOf(clinic, record)).toMatchObject({ version: 1, status: 'confirmed' });
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Left ear.');
});

test('entered in error is a status: what was final stays readable', async () => {
  cast = await opening();
  const { clinic, patient, second } = cast;
  const record = await confirmed(cast);
  await clinic.care.markEnteredInError(record, 'Wrong patient');
  for (const page of [clinic, patient, second]) expect(recordOf(page, record)?.status).toBe('entered-in-error');
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Reflexes normal.');

  expect(await codeOf(clinic.care.writeRecord(patient.person.party, await preview(clinic, patient), { replaces: record }))).toBe(
    'entered-in-error',
  );
});

test('what the ledger would refuse is not handed in', async () => {
  cast = await opening();
  const { clinic, world } = cast;
  const record = await confirmed(cast);
  const { height } = world.consortium.ledger;
  expect(await codeOf(clinic.care.requestAccess(record, PURPOSE, world.nowMs + YEAR_MS))).toBe('no-effect');
  expect(world.consortium.ledger.height).toBe(height);
});

test('what waits is taken back before she signs', async () => {
  cast = await opening();
  const { clinic, patient, world } = cast;
  const { height } = world.consortium.ledger;
  const record = await written(cast);
  await clinic.care.markEnteredInError(record, 'Wrong patient');
  await until('she is told', () => recordOf(patient, record)?.status === 'entered-in-error');
  expect(await codeOf(patient.care.confirmRecord(record, 1))).toBe('already-answered');
  expect(world.consortium.ledger.height).toBe(height);
});
