// Serial numbers at work (P2-05, P2-16, P2-20, T13): three archive members hold the key, two clinics register the same person, she decides
// whether she is found, and whoever guesses runs into the allowance.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Keyed, type Profile, World, codeOf, until } from '../../../tests/care/world.ts';
import { accepted } from '../../../tests/vectors/accepted.ts';
import type { Digest } from '../base/index.ts';
import { decode, encode } from '../codec/index.ts';
import { extendAudit } from './serial-audit-reader.ts';
import { serialEntry } from './serial-entries.ts';
import {
  type AuditEntry,
  type Deposit,
  NO_ENTRY,
  SERIAL_REQUESTS,
  type SerialKey,
  auditDigest,
  deposit,
  published,
  serialKey,
} from './serial-formats.ts';
import { SERIAL_BURST, SERIAL_ENTRY_LIFETIME_MS, SERIAL_REFILL_MS } from './serial-limits.ts';

const NAME = 'Zhang Wei';
const NUMBER = '110101 1990 0307 7758';
const DETAILS = { name: NAME, birthDate: '1990-03-07', ask: true, newProfile: false };

let world: World;
let archives: readonly Profile[];
let authority: Keyed;
let centre: Profile;
let lakeside: Profile;
let hill: Profile;
let patient: Profile;

beforeEach(async () => {
  const members = [1, 2, 3].map((number) => new Keyed(`Archive ${number}`, 'archive'));
  const [first, second] = ['Lakeside', 'Hill'].map((name) => new Keyed(name, 'clinic')) as [Keyed, Keyed];
  const person = new Keyed(NAME, 'patient');
  world = new World({ archives: members, others: [first, second, person] });
  authority = new Keyed('authority', 'authority');
  // The founding certificate of the world's authority names a key that nobody holds.
  world.do(world.consortium.authority, authority.certify());
  archives = [await world.open(members[0]!, { authority }), await world.open(members[1]!), await world.open(members[2]!)];
  centre = archives[0]!;
  [lakeside, hill, patient] = [await world.open(first), await world.open(second), await world.open(person)];
});

afterEach(async () => {
  await world.end();
});

const keyOf = (profile: Profile) => profile.care.view().serials.key;
const find = (clinic: Profile, name = NAME, number = NUMBER) => clinic.care.serials.find(name, number);
const findableAt = (clinic: Profile) => clinic.care.view().serials.registered[0]?.findable;

async function register(clinic: Profile, ask = true): Promise<string> {
  const { serial } = await find(clinic);
  await clinic.care.serials.register({ ...DETAILS, serial, ask, patient: { contactLink: patient.care.contactLink() } });
  return serial;
}

async function agreed(): Promise<void> {
  await register(lakeside);
  await until('the wish is before her', () => patient.care.view().serials.wishes.length === 1);
  await patient.care.serials.answerWish(patient.care.view().serials.wishes[0]!.id, true);
  await until('every keeper has the entry', () =>
    archives.every((keeper) => (keeper.disk.notes.get('care-serial-entries')?.size ?? 0) === 1),
  );
  expect(findableAt(lakeside)).toBe('findable');
}

/** All that a disk holds, as text and in hexadecimal. */
function diskOf(profile: Profile): string {
  const notes = [...profile.disk.notes.values()].flatMap((table) => [...table].map(([key, value]) => [key, Buffer.from(value)] as const));
  return notes.map(([key, value]) => `${key} ${value.toString('latin1')} ${value.toString('hex')}`).join('\n');
}

describe('the key', () => {
  test('holders make it together, the centre and all of them sign it, and whoever asks gets it (T13)', async () => {
    expect(await codeOf(find(lakeside))).toBe('no-serial-key');
    await centre.care.serials.setUp();
    expect(keyOf(centre)).toMatchObject({ threshold: 2, missing: null });
    expect(
      keyOf(centre)
        ?.holders.map(({ name }) => name)
        .sort(),
    ).toEqual(['Archive 1', 'Archive 2', 'Archive 3']);
    await find(lakeside);
    expect(keyOf(lakeside)?.label).toBe(keyOf(centre)?.label);
    expect(await codeOf(lakeside.care.serials.setUp())).toBe('not-the-authority');
  });

  test('a share is sealed in its holder’s own storage and is there after a reload; a locked holder answers nothing', async () => {
    await centre.care.serials.setUp();
    const shares = archives.map((holder) => [...(holder.disk.notes.get('care-serial-shares')?.values() ?? [])]);
    expect(shares.map((notes) => notes.length)).toEqual([1, 1, 1]);
    const first = (await find(lakeside)).serial;
    await world.close(archives[2]!);
    await world.close(archives[1]!);
    await world.open(archives[1]!.person);
    expect((await find(lakeside)).serial).toBe(first);
    await world.setLocked(archives[1]!, true);
    expect(await codeOf(find(lakeside))).toBe('serial-holders-missing');
  });

  test('below the threshold the page says who is missing', async () => {
    await centre.care.serials.setUp();
    await find(lakeside);
    await world.close(archives[1]!);
    expect((await find(lakeside)).serial).toMatch(/^[0-9a-f]{64}$/u);
    await world.close(archives[2]!);
    await expect(find(lakeside)).rejects.toThrow(/2 of 3 .* 1 answers\. Missing: Archive [23], Archive [23]\./u);
    expect(await codeOf(find(lakeside))).toBe('serial-holders-missing');
  });

  test('the demonstration’s centre has it made once every keeper is linked for a while, and once only', async () => {
    await world.close(centre);
    centre = await world.open(centre.person, { authority, autoApprove: true });
    await until('a key is there', () => keyOf(centre) !== null);
    const label = keyOf(centre)?.label;
    expect(keyOf(centre)?.holders).toHaveLength(3);
    await world.close(archives[2]!);
    await world.open(archives[2]!.person);
    await find(lakeside);
    expect(keyOf(lakeside)?.label).toBe(label);
  });

  test('a holder that is silent ends the making, by name; nothing counts that not all have signed', async () => {
    await world.setLocked(archives[2]!, true);
    await expect(centre.care.serials.setUp()).rejects.toThrow('Archive 3');
    expect(await codeOf(centre.care.serials.setUp())).toBe('holder-failed');
    expect(keyOf(centre)).toBeNull();
  });

  test('a key that the centre or a holder did not sign, or with other commitments, is refused', async () => {
    await centre.care.serials.setUp();
    const bytes = centre.disk.notes.get('care-serial-key')?.get('only');
    const key = accepted(decode(serialKey, bytes!, 10_000));
    const newer = { ...key, plan: { ...key.plan, madeMs: key.plan.madeMs + 1 } };
    const falseKeys: SerialKey[] = [
      newer,
      { ...newer, held: newer.held.slice(1) },
      { ...newer, commitments: newer.commitments.slice(32) },
      { ...newer, plan: { ...newer.plan, threshold: 1 } },
      { ...newer, plan: { ...newer.plan, authority: lakeside.person.party } },
      { ...newer, plan: { ...newer.plan, channel: '00'.repeat(32) as SerialKey['plan']['channel'] } },
    ];
    const reasons: string[] = [];
    for (const falseKey of falseKeys)
      reasons.push(await codeOf(world.ask(hill, archives[1]!, SERIAL_REQUESTS.publish, encode(published, { key: falseKey }))));
    expect(reasons).toEqual(['bad-signature', 'not-held', 'bad-commitments', 'bad-threshold', 'not-the-authority', 'foreign-key']);
  });
});

describe('a clinic', () => {
  beforeEach(() => centre.care.serials.setUp());

  test('two clinics get the same serial, and only clinics get one; holders see neither name nor number (P2-05)', async () => {
    const { serial } = await find(lakeside);
    expect((await find(hill, ' ZHANG  wei', '110101199003077758')).serial).toBe(serial);
    expect(await codeOf(find(patient))).toBe('not-a-clinic');
    for (const holder of archives) {
      const disk = diskOf(holder);
      for (const secret of [NAME, '110101199003077758', serial]) expect(disk).not.toContain(secret);
    }
    expect(await codeOf(find(lakeside, NAME, 'no'))).toBe('bad-identity-number');
    expect(await codeOf(find(lakeside, ' ', NUMBER))).toBe('bad-name');
  });

  test('registers a person once: the same person with another pseudonym is recognised (P2-16)', async () => {
    await register(lakeside, false);
    expect((await find(lakeside)).registered).toBe(patient.person.party);
    const second = new Keyed('Another profile', 'patient');
    world.do(world.consortium.authority, second.certify());
    const other = await world.open(second);
    const { serial } = await find(lakeside);
    const registration = { ...DETAILS, serial, ask: false, patient: { contactLink: other.care.contactLink() } };
    expect(await codeOf(lakeside.care.serials.register(registration))).toBe('registered-already');
    await lakeside.care.serials.register({ ...registration, newProfile: true });
    expect((await find(lakeside)).registered).toBe(second.party);
    expect(await codeOf(lakeside.care.serials.register({ ...registration, serial: '00'.repeat(32) }))).toBe('find-first');
  });

  test('a holder that answers with another share, or with another holder’s part, is passed over and told of', async () => {
    const { serial } = await find(lakeside);
    const parts = new Map<Profile, Uint8Array>();
    for (const holder of archives)
      world.liars.set(holder, (kind, answer) => {
        if (kind === SERIAL_REQUESTS.evaluate) parts.set(holder, answer);
        return answer;
      });
    await find(lakeside);
    // What one holder answers, all but one send: a part of another request, and of another holder.
    const [stale] = [...parts.values()];
    const liar = [...parts.keys()][0]!;
    world.liars.clear();
    world.liars.set(liar, (kind, answer) => (kind === SERIAL_REQUESTS.evaluate ? stale! : answer));
    expect((await find(lakeside)).serial).toBe(serial);
    expect(JSON.stringify(lakeside.log.lines)).toContain('serial-part-refused');
    for (const holder of archives.slice(0, 2))
      world.liars.set(holder, (kind, answer) => (kind === SERIAL_REQUESTS.evaluate ? stale! : answer));
    expect(await codeOf(find(lakeside))).toBe('serial-holders-missing');
  });

  test('the register is sealed, and locking forgets it', async () => {
    const serial = await register(lakeside, false);
    expect(diskOf(lakeside)).not.toContain(serial);
    await world.setLocked(lakeside, true);
    expect(lakeside.care.view().serials.registered).toEqual([]);
    await world.setLocked(lakeside, false);
    expect(findableAt(lakeside)).toBe('not-asked');
  });
});

describe('being found (P2-20)', () => {
  beforeEach(() => centre.care.serials.setUp());

  test('nobody is found who was not asked, or who declined', async () => {
    await register(lakeside);
    expect((await find(hill)).agreed).toEqual([]);
    await until('the wish is before her', () => patient.care.view().serials.wishes.length === 1);
    await patient.care.serials.answerWish(patient.care.view().serials.wishes[0]!.id, false);
    await until('the clinic knows', () => findableAt(lakeside) === 'declined');
    expect((await find(hill)).agreed).toEqual([]);
  });

  test('another clinic finds who agreed, without learning from whom, and registers her without a code', async () => {
    await agreed();
    const { serial, agreed: found } = await find(hill);
    expect(found.map(({ patient: party }) => party)).toEqual([patient.person.party]);
    await hill.care.serials.register({ ...DETAILS, serial, ask: false, patient: { party: found[0]!.patient } });
    expect(hill.care.view().patients.map(({ name }) => name)).toEqual([NAME]);
    for (const keeper of archives) {
      const entries = [...(keeper.disk.notes.get('care-serial-entries') ?? [])];
      const text = entries.map(([key, value]) => `${key} ${Buffer.from(value).toString('hex')}`).join();
      for (const secret of [serial, patient.person.party]) expect(text).not.toContain(secret);
    }
  });

  test('she takes it back: every keeper removes it, one that was away later, and nobody hands it in again', async () => {
    await agreed();
    await world.close(archives[2]!);
    await patient.care.serials.withdraw(patient.care.view().serials.wishes[0]!.id);
    await until('the clinic knows', () => findableAt(lakeside) === 'declined');
    await until('two keepers removed it', async () => (await find(hill)).agreed.length === 0);
    expect(patient.care.view().serials.wishes[0]?.state).toBe('withdrawing');
    await world.open(archives[2]!.person);
    await until('the third did', () => patient.care.view().serials.wishes[0]?.state === 'withdrawn');
    expect((await find(hill)).agreed).toEqual([]);
  });

  test('an entry that she took back is not taken again, from whatever clinic; an entry of somebody else’s does not open', async () => {
    await agreed();
    const [held] = [...(archives[1]!.disk.notes.get('care-serial-entries')?.values() ?? [])];
    const entry = accepted(decode(serialEntry, held!, 10_000));
    const hand = (change: Partial<Deposit>) =>
      codeOf(world.ask(hill, archives[1]!, SERIAL_REQUESTS.deposit, encode(deposit, { ...entry.deposit, ...change })));
    await patient.care.serials.withdraw(patient.care.view().serials.wishes[0]!.id);
    await until('it is withdrawn', () => patient.care.view().serials.wishes[0]?.state === 'withdrawn');
    expect(await hand({})).toBe('removed');
    expect(await hand({ removal: '11'.repeat(32) as Digest })).toBe('no error');
    const damaged = entry.deposit.sealed.map((byte, index) => (index === 40 ? byte ^ 1 : byte));
    expect(await hand({ removal: '12'.repeat(32) as Digest, sealed: damaged })).toBe('no error');
    expect((await find(lakeside)).agreed).toEqual([]);
    expect(await hand({ untilMs: world.nowMs - 1 })).toBe('bad-period');
    expect(await codeOf(world.ask(patient, archives[1]!, SERIAL_REQUESTS.deposit, encode(deposit, entry.deposit)))).toBe('not-a-clinic');
  });

  test('an agreement ends by itself', async () => {
    await agreed();
    world.time.advance(SERIAL_ENTRY_LIFETIME_MS + 1_000);
    // Certificates of the world last a year, too: look at the keepers alone.
    await world.close(archives[1]!);
    await world.open(archives[1]!.person);
    expect(archives[1]!.disk.notes.get('care-serial-entries')?.size ?? 0).toBe(0);
  });
});

describe('guessing (T13, row 43)', () => {
  beforeEach(() => centre.care.serials.setUp());

  /** Everything a neighbour knows but the day and the sequence. */
  const candidate = (index: number): string => `110101${19_900_101 + (index % 28)}${String(index).padStart(4, '0')}`;

  test('a year of identity numbers ends at the allowance of the holders, which a restart does not refill', async () => {
    await agreed();
    let asked = 0;
    let code = 'no error';
    while (code === 'no error' && asked < 3 * SERIAL_BURST) {
      code = await codeOf(find(hill, NAME, candidate(asked)));
      if (code === 'no error') asked += 1;
    }
    // Two of three holders are needed: all three allowances give half as many again; the clock runs meanwhile.
    expect(code).toBe('rate-limited');
    expect(asked).toBeGreaterThanOrEqual(SERIAL_BURST - 1);
    expect(asked).toBeLessThan(2 * SERIAL_BURST);
    for (const holder of archives) await world.close(holder);
    for (const holder of archives) await world.open(holder.person);
    expect(await codeOf(find(hill, NAME, candidate(asked)))).toBe('rate-limited');
    // Others are served meanwhile.
    expect((await find(lakeside)).registered).toBe(patient.person.party);
    world.time.advance(2 * SERIAL_REFILL_MS);
    expect(await codeOf(find(hill, NAME, candidate(asked)))).toBe('no error');
  });

  test('holders write down who asked and when, the centre reads it, and a changed past is noticed', async () => {
    await find(lakeside);
    await find(lakeside);
    const rows = await centre.care.serials.audits();
    const count = rows.flatMap(({ clinics }) => clinics).reduce((sum, { answered }) => sum + answered, 0);
    expect(count).toBe(4);
    expect(rows.every(({ trouble }) => trouble === null)).toBe(true);
    expect(await codeOf(lakeside.care.serials.audits())).toBe('not-the-authority');
    const entry: AuditEntry = { index: 0, previous: NO_ENTRY, party: lakeside.person.party, atMs: 1, outcome: 'answered' };
    const seen = accepted(extendAudit(null, { entries: [entry], next: 1 }));
    expect(seen).toMatchObject({ next: 1, newest: auditDigest(entry) });
    const other = { ...entry, index: 1, previous: auditDigest({ ...entry, atMs: 2 }) };
    expect(extendAudit(seen, { entries: [other], next: 2 })).toMatchObject({ reason: 'audit-rewritten' });
    expect(extendAudit(seen, { entries: [], next: 0 })).toMatchObject({ reason: 'audit-shortened' });
  });
});
