// Reloads, locks and bad moments: nothing that was begun is lost, nothing private lies open, and every refusal says what to do.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Cast, PURPOSE, YEAR_MS, confirmed, opening, preview, recordOf, textOf, visit, written } from '../../../tests/care/cast.ts';
import { Keyed, type Profile, World, codeOf, until } from '../../../tests/care/world.ts';
import { AppError, type GrantId, MAX_BUNDLE_BYTES, type RecordId } from '../base/index.ts';

let cast: Cast;

beforeEach(async () => {
  cast = await opening();
});

afterEach(async () => {
  await cast.world.end();
});

async function reload(profile: Profile): Promise<Profile> {
  await cast.world.close(profile);
  return cast.world.open(profile.person);
}

test('a clinic that reloads while its record waits still sees it wait, and then final', async () => {
  const { patient, clinic } = cast;
  const record = await written(cast);
  const stages = clinic.care.view().ways[0]?.stages;
  const again = await reload(clinic);
  expect(recordOf(again, record)).toMatchObject({ status: 'awaiting-patient', patientName: 'Ada Example' });
  expect(again.care.view().ways[0]?.stages).toEqual(stages);
  expect(again.care.view().patients).toMatchObject([{ name: 'Ada Example', birthDate: '1945-07-14', awaiting: 1 }]);
  await patient.care.confirmRecord(record, 1);
  await until('its way ends', () => again.care.view().ways[0]?.stages.at(-1)?.atMs !== null);
  expect(recordOf(again, record)?.status).toBe('confirmed');
});

test('a clinic that is closed while keepers are away goes on storing after its reload', async () => {
  const { archives, clinic, patient, world } = cast;
  for (const keeper of archives) await world.close(keeper);
  const record = await clinic.care.writeRecord(patient.person.party, await preview(clinic, patient));
  const again = await reload(clinic);
  expect(recordOf(again, record)?.status).toBe('sealing');
  for (const keeper of archives) await world.open(keeper.person);
  await until('she has it', () => recordOf(patient, record)?.status === 'awaiting-patient');
});

test('a patient that reloads keeps what awaits her, and what she signed', async () => {
  const { patient, world } = cast;
  const record = await written(cast);
  const again = await reload(patient);
  expect(recordOf(again, record)?.status).toBe('awaiting-patient');
  expect(textOf(await again.care.openRecord(record, 1))).toContain('Reflexes normal.');
  world.held = true;
  const signing = again.care.confirmRecord(record, 1);
  await until('she has signed', () => recordOf(again, record)?.status === 'proposed');
  expect(await codeOf(again.care.disputeRecord(record, 1, 'Too late'))).toBe('already-answered');
  world.release();
  await signing;
  expect(recordOf(again, record)?.status).toBe('confirmed');
});

test('an emptied browser with the same keys reads, grants and sees everything again', async () => {
  const { patient, second, world } = cast;
  const record = await confirmed(cast);
  await world.close(patient);
  patient.disk.notes.clear();
  patient.blobs.held.clear();
  const again = await world.open(patient.person);
  expect(recordOf(again, record)).toMatchObject({ status: 'confirmed', access: 'patient' });
  expect(textOf(await again.care.openRecord(record, 1))).toContain('Reflexes normal.');
  await again.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('a grant whose keys could not be handed over is delivered after a reload', async () => {
  const { archives, patient, second, world } = cast;
  const record = await confirmed(cast);
  for (const keeper of archives) world.part(patient, keeper);
  await patient.care.grantAccess({ record, grantee: second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS });
  expect(await codeOf(second.care.openRecord(record, 1))).toBe('keys-not-delivered');
  expect(patient.care.view().grants).toMatchObject([{ delivered: false }]);
  for (const keeper of archives) world.mend(patient, keeper);
  const again = await reload(patient);
  await until('the keys are handed over', () => again.care.view().grants[0]?.delivered === true);
  expect(textOf(await second.care.openRecord(record, 1))).toContain('Reflexes normal.');
});

test('while locked there is no list, no command, and letters wait', async () => {
  const { clinic, patient, world } = cast;
  const record = await confirmed(cast);
  await world.setLocked(clinic, true);
  await world.setLocked(patient, true);
  expect(clinic.care.view().patients).toEqual([]);
  expect(recordOf(clinic, record)?.patientName).not.toContain('Ada');
  const nobody = patient.person.party;
  const calls: readonly (() => Promise<unknown>)[] = [
    () => clinic.care.registerPatient(patient.care.contactLink(), { name: 'Ada', birthDate: '' }),
    () => clinic.care.saveDraft(nobody, visit()),
    () => clinic.care.loadDraft(nobody),
    () => clinic.care.previewVisit(nobody, visit()),
    () => clinic.care.previewBundle(nobody, '{}'),
    () => clinic.care.openRecord(record, 1),
    () => clinic.care.markEnteredInError(record, 'Wrong patient'),
    () => clinic.care.requestAccess(record, PURPOSE, world.nowMs + YEAR_MS),
    () => patient.care.openRecord(record, 1),
    () => patient.care.confirmRecord(record, 1),
    () => patient.care.grantAccess({ record, grantee: cast.second.person.party, purpose: PURPOSE, untilMs: world.nowMs + YEAR_MS }),
    () => patient.care.revokeGrant('00'.repeat(16) as GrantId),
  ];
  for (const call of calls) expect(await codeOf(call())).toBe('locked');

  await world.setLocked(clinic, false);
  expect(clinic.care.view().patients).toHaveLength(1);
  const next = await clinic.care.writeRecord(patient.person.party, await preview(clinic, patient));
  expect(recordOf(patient, next)).toBeNull();
  await world.setLocked(patient, false);
  await until('she has it now', () => recordOf(patient, next)?.status === 'awaiting-patient');
});

test('drafts survive a reload, and nothing private lies open on any disk', async () => {
  const { clinic, patient, archives } = cast;
  await clinic.care.saveDraft(patient.person.party, visit('Half a sentence'));
  await written(cast);
  const again = await reload(clinic);
  expect(await again.care.loadDraft(patient.person.party)).toEqual({ ...visit('Half a sentence'), corrects: null });
  const words = ['Ada', 'Half a sentence', 'Reflexes', 'vertigo', 'Betahistine', '1945'];
  for (const { disk, blobs } of [again, patient, ...archives]) {
    const notes = [...disk.notes].flatMap(([, table]) =>
      [...table].flatMap(([key, value]) => [key, Buffer.from(value).toString('latin1')]),
    );
    const all = [...notes, ...[...blobs.held.values()].map((bytes) => Buffer.from(bytes).toString('latin1'))].join('\n');
    for (const word of words) expect(all).not.toContain(word);
    if (disk !== again.disk) continue;
    for (const spelling of [patient.person.party, Buffer.from(patient.person.party, 'hex').toString('latin1')])
      expect(notes.join('\n')).not.toContain(spelling);
  }
  await again.care.discardDraft(patient.person.party);
  expect(await again.care.loadDraft(patient.person.party)).toBeNull();
});

test('a bundle with faults gives the path and reason of each, and nothing is written', async () => {
  const { clinic, patient } = cast;
  const party = patient.person.party;
  const faults = await clinic.care.previewBundle(
    party,
    JSON.stringify({ resourceType: 'Bundle', type: 'no-such-type', entry: [{ resource: { resourceType: 'Observation' } }] }),
  );
  expect(faults).toEqual(expect.arrayContaining([expect.objectContaining({ path: expect.stringContaining('Bundle') as string })]));
  expect(await clinic.care.previewBundle(party, 'no json')).toMatchObject([{ reason: expect.stringContaining('not JSON') as string }]);
  const wrong = await clinic.care.previewVisit(party, { ...visit(), dateTime: 'yesterday' });
  expect(wrong).toMatchObject([{ path: 'dateTime' }]);
  const forged = { bundle: { resourceType: 'Bundle' as const, type: 'no-such-type' }, parts: [] };
  expect(await codeOf(clinic.care.writeRecord(party, forged))).toBe('invalid-bundle');
  expect(clinic.blobs.held.size).toBe(0);
  expect(clinic.care.view().records).toEqual([]);
});

test('a file over the limit is refused before it is read', async () => {
  const { clinic, patient } = cast;
  expect(await codeOf(clinic.care.previewBundle(patient.person.party, ' '.repeat(MAX_BUNDLE_BYTES + 1)))).toBe('too-large');
});

test('a full disk says so, and nothing half-done is left', async () => {
  const { clinic, patient } = cast;
  const ready = await preview(clinic, patient);
  clinic.blobs.full = true;
  expect(await codeOf(clinic.care.writeRecord(patient.person.party, ready))).toBe('storage-full');
  clinic.blobs.full = false;
  clinic.blobs.room = 2;
  expect(await codeOf(clinic.care.writeRecord(patient.person.party, ready))).toBe('storage-full');
  expect(clinic.blobs.held.size).toBe(0);
  clinic.blobs.room = Number.POSITIVE_INFINITY;
  clinic.disk.full = true;
  expect(await codeOf(clinic.care.writeRecord(patient.person.party, ready))).toBe('storage-full');
  clinic.disk.full = false;
  expect(clinic.blobs.held.size).toBe(0);
  expect(clinic.care.view().records).toEqual([]);
});

test('who is not certified, revoked or expired is told so', async () => {
  const { world, clinic, patient, second } = cast;
  const ready = await preview(clinic, patient);
  const stranger = await world.open(new Keyed('Stranger', 'clinic'));
  expect(await codeOf(stranger.care.writeRecord(patient.person.party, ready))).toBe('not-certified');
  world.do(world.consortium.authority, { kind: 'revoke', party: clinic.person.party, reason: 'Licence withdrawn' });
  const failure = await clinic.care.writeRecord(patient.person.party, ready).catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'revoked',
    message: expect.stringContaining('Licence withdrawn') as string,
    remedy: expect.stringContaining('supervision centre') as string,
  });
  world.time.advance(2 * YEAR_MS);
  expect(second.care.standing()).toEqual({ kind: 'expired' });
  expect(await codeOf(second.care.requestAccess('00'.repeat(16) as RecordId, PURPOSE, world.nowMs + 1))).toBe('expired');
});

test('a contact link of nobody, of another consortium or cut off is refused', async () => {
  const { clinic, patient, second } = cast;
  const details = { name: 'Ada', birthDate: '' };
  const register = (link: string, more = details): Promise<string> => codeOf(clinic.care.registerPatient(link, more));
  const link = patient.care.contactLink();
  expect(await register(link.slice(0, -4))).toBe('bad-contact');
  expect(await register('https://example.org/')).toBe('bad-contact');
  expect(await register(second.care.contactLink())).toBe('bad-contact');
  expect(await register(link, { name: 'Ada', birthDate: '1945-13-01' })).toBe('bad-date');
  expect(await register(`https://example.org/app/${link}`)).toBe('no error');
  const other = await opening(3);
  expect(await register(other.patient.care.contactLink())).toBe('foreign-contact');
  await other.world.end();
});

test('what the clinic sent does not match what it signed: shown as trouble, never signed', async () => {
  const { clinic, patient, world, archives } = cast;
  const { height } = world.consortium.ledger;
  await world.setLocked(patient, true);
  const record = await clinic.care.writeRecord(patient.person.party, await preview(clinic, patient));
  // Every copy of one sealed part is replaced by other bytes under the same address.
  const parts = [...archives[0]!.blobs.held].filter(([, bytes]) => bytes.length > 1_000);
  const [cid] = parts[0]!;
  const lying = (profile: Profile): void => {
    const honest = profile.blobs.get.bind(profile.blobs);
    profile.blobs.get = async (wanted) => {
      const bytes = await honest(wanted);
      return wanted === cid ? bytes.map((byte, index) => (index === 20 ? byte ^ 1 : byte)) : bytes;
    };
  };
  lying(patient);
  await world.setLocked(patient, false);
  await until('she is warned', () => patient.care.view().ways[0]?.trouble?.includes('cannot be signed') === true);
  expect(await codeOf(patient.care.confirmRecord(record, 1))).toBe('mismatch');
  expect(await codeOf(patient.care.openRecord(record, 1))).toBe('mismatch');
  expect(world.consortium.ledger.height).toBe(height);
});

test('a clinic alone in its consortium keeps what it writes itself, and says so', async () => {
  const [founder, ada] = [new Keyed('Founder', 'clinic'), new Keyed('Ada Example', 'patient')];
  const world = new World({ clinics: [founder], others: [ada] });
  const [clinic, patient] = [await world.open(founder), await world.open(ada)];
  await clinic.care.registerPatient(patient.care.contactLink(), { name: '', birthDate: '' });
  const small = { ...cast, world, clinic, patient, archives: [] };
  const record = await confirmed(small);
  expect(clinic.care.view().ways[0]?.stages[1]).toMatchObject({ detail: 'in this browser only: there is no other member yet' });
  expect(textOf(await patient.care.openRecord(record, 1))).toContain('Reflexes normal.');
  await world.end();
});

test('many records cost the page only what changed', async () => {
  const { clinic, patient } = cast;
  const first = await confirmed(cast);
  const before = recordOf(clinic, first);
  expect(clinic.care.view()).toBe(clinic.care.view());
  const second = await confirmed(cast);
  expect(recordOf(clinic, first)).toBe(before);
  expect(recordOf(patient, second)).not.toBeNull();
  expect(clinic.care.view().records.map(({ record }) => record)).toEqual([second, first]);
});

test('errors are AppErrors with a remedy', async () => {
  const failure = await cast.patient.care.openRecord('00'.repeat(16) as RecordId, 1).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(AppError);
  expect((failure as AppError).remedy).not.toBe('');
});
