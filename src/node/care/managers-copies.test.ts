// The managers' copy (P2-08, P2-09, T14): off until the supervision centre names managers; then two of three clinics together, and no one of
// them alone, open what a fourth wrote, by their keys of its day; the patient is told by each who helped.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { confirmed, textOf } from '../../../tests/care/cast.ts';
import { Keyed, type Profile, World, codeOf, until } from '../../../tests/care/world.ts';
import { accepted } from '../../../tests/vectors/accepted.ts';
import type { RecordId } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { MANAGERS_REQUESTS, copyWish, dayKey, managersCopy, signedOption } from './managers-formats.ts';
import { DAY_MS } from './managers-limits.ts';

let world: World;
let archives: readonly Profile[];
let author: Profile;
let managers: readonly Profile[];
let patient: Profile;

beforeEach(async () => {
  const members = [1, 2].map((number) => new Keyed(`Archive ${number}`, 'archive'));
  const clinics = ['Author', 'Lakeside', 'Hill', 'Harbour'].map((name) => new Keyed(name, 'clinic'));
  const person = new Keyed('Ada Example', 'patient');
  world = new World({ archives: members, others: [...clinics, person] });
  const authority = new Keyed('authority', 'authority');
  // The founding certificate of the world's authority names a key that nobody holds.
  world.do(world.consortium.authority, authority.certify());
  archives = [await world.open(members[0]!, { authority }), await world.open(members[1]!)];
  const [first, ...others] = await Promise.all(clinics.map((clinic) => world.open(clinic)));
  author = first!;
  managers = others;
  patient = await world.open(person);
  await author.care.registerPatient(patient.care.contactLink(), { name: 'Ada Example', birthDate: '1945-07-14' });
});

afterEach(async () => {
  await world.end();
});

const write = (): Promise<RecordId> =>
  confirmed({ world, archives, clinic: author, second: managers[0]!, third: managers[1]!, patient }, 'Reflexes brisk.');
const parties = () => managers.map(({ person }) => person.party);
const copiesAt = (keeper: Profile): number => keeper.disk.notes.get('care-manager-copies')?.size ?? 0;
const viewOf = (profile: Profile) => profile.care.view().managers;

async function chosen(threshold = 2): Promise<void> {
  await archives[0]!.care.managers.choose(parties(), threshold);
  await until('every manager has published its keys', () =>
    archives.every((keeper) => (keeper.disk.notes.get('care-manager-days')?.size ?? 0) >= 3 * 8),
  );
  await until('the author knows', () => viewOf(author).option !== null);
}

async function copied(): Promise<RecordId> {
  await chosen();
  const record = await write();
  await until('the copy is at both keepers', () => archives.every((keeper) => copiesAt(keeper) === 1));
  return record;
}

/** Asked by the first manager; the others have it before them. */
async function asked(record: RecordId): Promise<string> {
  await managers[0]!.care.managers.askOpening(record, 1, 'Insurer disputes the invoice');
  await until('the others are asked', () => managers.slice(1).every((manager) => viewOf(manager).openings.length === 1));
  return viewOf(managers[0]!).openings[0]!.id;
}

describe('off', () => {
  test('nothing is copied, no page says otherwise, and a keeper takes no copy', async () => {
    const record = await write();
    expect([author, patient, ...managers].map((profile) => viewOf(profile).option)).toEqual([null, null, null, null, null]);
    expect(archives.map(copiesAt)).toEqual([0, 0]);
    expect(await codeOf(managers[0]!.care.managers.askOpening(record, 1, 'Curious'))).toBe('not-a-manager');
  });

  test('what was written before the managers were named is not copied; naming nobody ends it', async () => {
    await write();
    world.time.advance(60_000);
    await chosen();
    const later = await write();
    await until('the later one is', () => copiesAt(archives[0]!) === 1);
    expect([...(archives[0]!.disk.notes.get('care-manager-copies')?.keys() ?? [])]).toEqual([`${later}/1`]);
    await archives[0]!.care.managers.choose([], 0);
    expect(viewOf(archives[0]!).option).toBeNull();
    expect(viewOf(archives[1]!).option).toBeNull();
  });

  test('only the supervision centre names managers: two or more clinics, two or more together (T14)', async () => {
    const { choose } = archives[0]!.care.managers;
    expect(await codeOf(managers[0]!.care.managers.choose(parties(), 2))).toBe('not-the-authority');
    expect(await codeOf(choose(parties(), 1))).toBe('bad-managers');
    expect(await codeOf(choose(parties(), 4))).toBe('bad-managers');
    expect(await codeOf(choose([...parties(), patient.person.party], 2))).toBe('bad-managers');
    await choose(parties(), 2);
    const bytes = archives[0]!.disk.notes.get('care-managers-option')?.get('only');
    const signed = accepted(decode(signedOption, bytes!, 10_000));
    const forged = { ...signed, option: { ...signed.option, madeMs: signed.option.madeMs + 1 } };
    expect(await codeOf(world.ask(author, archives[1]!, MANAGERS_REQUESTS.publish, encode(signedOption, forged)))).toBe('bad-signature');
  });
});

describe('on', () => {
  test('two managers open together what neither can alone; the patient is told by both (T14)', async () => {
    const record = await copied();
    const id = await asked(record);
    const { readOpening } = managers[0]!.care.managers;
    expect(await codeOf(readOpening(id))).toBe('too-few-shares');
    await managers[1]!.care.managers.answerOpening(id, false);
    await managers[2]!.care.managers.answerOpening(id, true);
    await until('enough shares are here', () => viewOf(managers[0]!).openings[0]?.state === 'ready');
    expect(textOf(await readOpening(id))).toContain('Reflexes brisk.');
    await until('the patient is told', () => viewOf(patient).notices.length === 2);
    expect(
      viewOf(patient)
        .notices.map(({ byName, givenBy, reason }) => [byName, givenBy, reason])
        .sort(),
    ).toEqual([
      ['Lakeside', 'Harbour', 'Insurer disputes the invoice'],
      ['Lakeside', 'Lakeside', 'Insurer disputes the invoice'],
    ]);
    expect(await codeOf(managers[2]!.care.managers.readOpening(id))).toBe('too-few-shares');
    expect(await codeOf(managers[1]!.care.managers.answerOpening(id, true))).toBe('already-answered');
  });

  test('a copy is for managers only, handed in by the clinic that wrote the version, and stays as it was', async () => {
    const record = await copied();
    const wish = encode(copyWish, { record, version: 1 });
    const at = archives[0]!;
    expect(await codeOf(world.ask(author, at, MANAGERS_REQUESTS.copy, wish))).toBe('not-a-manager');
    const bytes = await world.ask(managers[0]!, at, MANAGERS_REQUESTS.copy, wish);
    expect(await codeOf(world.ask(managers[0]!, at, MANAGERS_REQUESTS.putCopy, bytes))).toBe('not-the-author');
    const copy = accepted(decode(managersCopy, bytes, 30_000));
    await world.ask(author, at, MANAGERS_REQUESTS.putCopy, encode(managersCopy, { ...copy, parts: [] }));
    expect(await world.ask(managers[0]!, at, MANAGERS_REQUESTS.copy, wish)).toEqual(bytes);
  });

  test('each day has its own key, and the table from its hash opens what was sealed to it, after a reload (P2-09)', async () => {
    const first = await copied();
    world.time.advance(2 * DAY_MS);
    const second = await write();
    await until('the second copy is there', () => archives.every((keeper) => copiesAt(keeper) === 2));
    const keysOf = async (record: RecordId): Promise<readonly string[]> => {
      const bytes = await world.ask(managers[0]!, archives[0]!, MANAGERS_REQUESTS.copy, encode(copyWish, { record, version: 1 }));
      return accepted(decode(managersCopy, bytes, 30_000)).parts.flatMap(({ shares }) => shares.map(({ key }) => key));
    };
    const today = new Set(await keysOf(second));
    expect((await keysOf(first)).some((key) => today.has(key))).toBe(false);
    await world.close(managers[1]!);
    await world.open(managers[1]!.person);
    const id = await asked(first);
    await managers[1]!.care.managers.answerOpening(id, true);
    await until('enough shares are here', () => viewOf(managers[0]!).openings[0]?.state === 'ready');
    expect(textOf(await managers[0]!.care.managers.readOpening(id))).toContain('Reflexes brisk.');
  });

  test('a key of a day that the manager did not sign, or of a day far away, is refused; private ones lie sealed', async () => {
    await chosen();
    const [bytes] = [...(archives[0]!.disk.notes.get('care-manager-days')?.values() ?? [])];
    const key = accepted(decode(dayKey, bytes!, 1_000));
    const put = (change: Partial<typeof key>) =>
      codeOf(world.ask(author, archives[1]!, MANAGERS_REQUESTS.putDay, encode(dayKey, { ...key, ...change })));
    expect(await put({})).toBe('no error');
    expect(await put({ publicKey: new Uint8Array(32).fill(9) })).toBe('bad-signature');
    expect(await put({ day: key.day + 40 })).toBe('bad-day');
    expect(await put({ manager: author.person.party })).toBe('not-a-manager');
    const table = [...(managers[0]!.disk.notes.get('care-manager-keys') ?? [])];
    expect(table.length).toBe(8);
    await world.setLocked(managers[0]!, true);
    expect(viewOf(managers[0]!).openings).toEqual([]);
  });
});
