// Emergency access (design, step 9; T23): stated on the ledger, released there by two managers of three, read for hours, seen at once by the patient
// and the supervision centre, which reviews it.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { confirmed, textOf } from '../../../tests/care/cast.ts';
import { Keyed, type Profile, World, codeOf, until } from '../../../tests/care/world.ts';
import type { RecordId } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import { MANAGERS_REQUESTS, copyWish } from './managers-formats.ts';
import { EMERGENCY_LIFETIME_MS } from './managers-limits.ts';

let world: World;
let archives: readonly Profile[];
let author: Profile;
let hospital: Profile;
let managers: readonly Profile[];
let patient: Profile;
const WORDS = 'Brought in unconscious after a fall';

beforeEach(async () => {
  const members = [1, 2].map((number) => new Keyed(`Archive ${number}`, 'archive'));
  const clinics = ['Author', 'Hospital', 'Lakeside', 'Hill', 'Harbour'].map((name) => new Keyed(name, 'clinic'));
  const person = new Keyed('Ada Example', 'patient');
  world = new World({ archives: members, others: [...clinics, person] });
  const authority = new Keyed('authority', 'authority');
  world.do(world.consortium.authority, authority.certify());
  archives = [await world.open(members[0]!, { authority }), await world.open(members[1]!)];
  const [first, second, ...others] = await Promise.all(clinics.map((clinic) => world.open(clinic)));
  author = first!;
  hospital = second!;
  managers = others;
  patient = await world.open(person);
  await author.care.registerPatient(patient.care.contactLink(), { name: 'Ada Example', birthDate: '1945-07-14' });
});

afterEach(async () => {
  await world.end();
});

const write = (): Promise<RecordId> =>
  confirmed({ world, archives, clinic: author, second: hospital, third: managers[0]!, patient }, 'Takes anticoagulants.');
const seenBy = (profile: Profile) => profile.care.view().emergencies;

async function copied(): Promise<RecordId> {
  await archives[0]!.care.managers.choose(
    managers.map(({ person }) => person.party),
    2,
  );
  await until('every manager has published its keys', () =>
    archives.every((keeper) => (keeper.disk.notes.get('care-manager-days')?.size ?? 0) >= 3 * 8),
  );
  await until('clinics know', () => [author, hospital].every((clinic) => clinic.care.view().managers.option !== null));
  const record = await write();
  await until('the copy is kept', () => archives.every((keeper) => keeper.disk.notes.get('care-manager-copies')?.size === 1));
  return record;
}

async function stated(record: RecordId): Promise<string> {
  await hospital.care.emergency.ask(record, 'unconscious', WORDS);
  return seenBy(hospital)[0]!.id;
}

async function released(id: string): Promise<void> {
  for (const manager of managers.slice(0, 2)) await manager.care.emergency.release(id);
  await until('the shares are here', () => seenBy(hospital)[0]?.state === 'ready');
}

test('two managers release what the hospital then reads; patient and centre see each step at once', async () => {
  const record = await copied();
  const id = await stated(record);
  expect(seenBy(patient)).toMatchObject([{ id, byName: 'Hospital', cause: 'unconscious', words: WORDS, aboutSelf: true, releasedBy: [] }]);
  expect(seenBy(archives[0]!)).toMatchObject([{ id, review: null }]);
  expect(seenBy(author)).toEqual([]);
  expect(await codeOf(hospital.care.openRecord(record, 1))).toBe('no-access');
  await managers[0]!.care.emergency.release(id);
  await until('one share came', () => seenBy(patient)[0]!.releasedBy.length === 1);
  expect(await codeOf(hospital.care.emergency.read(id))).toBe('too-few-shares');
  await managers[1]!.care.emergency.release(id);
  await until('the shares are here', () => seenBy(hospital)[0]?.state === 'ready');
  expect(textOf(await hospital.care.emergency.read(id))).toContain('Takes anticoagulants.');
  expect(seenBy(patient)[0]!.releasedBy).toEqual(['Lakeside', 'Hill']);
});

test('the entry comes first: without it no keeper gives the copy, and no manager a share', async () => {
  const record = await copied();
  const wish = encode(copyWish, { record, version: 1 });
  expect(await codeOf(world.ask(hospital, archives[0]!, MANAGERS_REQUESTS.copy, wish))).toBe('not-a-manager');
  expect(await codeOf(managers[0]!.care.emergency.release('00'.repeat(16)))).toBe('unknown-emergency');
  const id = await stated(record);
  // Stated, but released by nobody yet.
  expect(await codeOf(world.ask(hospital, archives[0]!, MANAGERS_REQUESTS.copy, wish))).toBe('not-a-manager');
  expect(await codeOf(author.care.emergency.release(id))).toBe('not-a-manager');
  expect(await codeOf(patient.care.emergency.ask(record, 'unconscious', WORDS))).toBe('not-a-clinic');
  expect(await codeOf(hospital.care.emergency.ask(record, 'unconscious', ' '))).toBe('missing');
});

test('after its hours it opens nothing more, and the shares are gone', async () => {
  const record = await copied();
  const id = await stated(record);
  await released(id);
  expect(hospital.disk.notes.get('care-emergencies')?.size).toBe(1);
  world.time.advance(EMERGENCY_LIFETIME_MS + 1_000);
  expect(await codeOf(hospital.care.emergency.read(id))).toBe('emergency-over');
  expect(await codeOf(managers[2]!.care.emergency.release(id))).toBe('emergency-over');
  await until('the shares are destroyed', () => hospital.disk.notes.get('care-emergencies')?.size === 0);
  expect(seenBy(patient)[0]!.state).toBe('over');
});

test('the centre accepts or contests it once, with words that the patient reads', async () => {
  const id = await stated(await copied());
  const { review } = archives[0]!.care.emergency;
  expect(await codeOf(hospital.care.emergency.review(id, 'accepted', 'We were right'))).toBe('not-the-authority');
  await review(id, 'contested', 'The patient was awake');
  expect(seenBy(patient)[0]!.review).toMatchObject({ verdict: 'contested', words: 'The patient was awake' });
  expect(await codeOf(review(id, 'accepted', 'On second thought'))).toBe('no-effect');
});

test('where nobody was named there is no such access, and an erased record has none', async () => {
  const early = await write();
  expect(await codeOf(hospital.care.emergency.ask(early, 'life-threatening', WORDS))).toBe('no-managers');
  const record = await copied();
  const id = await stated(record);
  await released(id);
  await patient.care.eraseRecord(record);
  await until('copies and shares are gone', () =>
    [...archives.map((keeper) => keeper.disk.notes.get('care-manager-copies')), hospital.disk.notes.get('care-emergencies')].every(
      (table) => (table?.size ?? 0) === 0,
    ),
  );
  expect(await codeOf(hospital.care.emergency.read(id))).toBe('no-copy');
});
