// A person's keys on whole nodes: every way to them is taken away in turn, and the keys stay (design: Keys).
import { decode, encode } from '@ipld/dag-cbor';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Invitation, KeyWish, Opener, PartyId, RunningNode } from '../../../src/node/index.ts';
import { type Cluster, PASSPHRASE, clinics, createCluster, until } from './memory-cluster.ts';

const OTHER_PASSPHRASE = 'another passphrase for tests';
const byPassphrase = { kind: 'passphrase', passphrase: PASSPHRASE } as const;
const byPasskey = { kind: 'passkey' } as const;

let cluster: Cluster;
let guardians: readonly RunningNode[];
let invitation: Invitation;
let patients = 0;

beforeAll(async () => {
  cluster = createCluster();
  const [north, east] = await clinics(cluster, {}, 'North', 'East');
  if (north === undefined || east === undefined) throw new Error('nobody');
  invitation = north.invitation();
  // A patient may be a guardian too.
  guardians = [north, east, await patientCalled('Bea Babbage')];
}, 60_000);
afterAll(() => cluster.stopAll());

/** A certified patient in a browser of her own. */
async function patientCalled(name: string): Promise<RunningNode> {
  patients += 1;
  const patient = await cluster.join(`p${patients}`, invitation, { role: 'patient', name, clinician: '' });
  await until(patient, 'certified', (view) => view.identity.standing.kind === 'certified');
  return patient;
}

/** A patient, her slot and her party. */
async function newPatient(): Promise<{ readonly patient: RunningNode; readonly slot: string; readonly party: PartyId }> {
  const patient = await patientCalled('Ada Lovelace');
  return { patient, slot: `p${patients}`, party: patient.view.identity.party };
}

async function appoint(patient: RunningNode, threshold: number): Promise<void> {
  const parties = guardians.map((guardian) => guardian.view.identity.party);
  await until(patient, 'guardians known', (view) => parties.every((party) => view.parties.some((known) => known.party === party)));
  await patient.keys.appointGuardians(byPassphrase, parties, threshold);
  await until(patient, 'shares held', (view) => view.keys.guardians?.guardians.every(({ state }) => state === 'held') === true);
}

function found(wish: KeyWish): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (wish.view.found === null) return;
      end();
      resolve();
    };
    const end = wish.subscribe(look);
    look();
  });
}

function answered(wish: KeyWish, count: number): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (wish.view.answers.length < count) return;
      end();
      resolve();
    };
    const end = wish.subscribe(look);
    look();
  });
}

/** The profile that a request has made, running. */
async function open(slot: string): Promise<RunningNode> {
  return cluster.restart(slot);
}

describe('in one browser', () => {
  test('with the passphrase forgotten a passkey opens and sets another; with the passkey lost the passphrase opens', async () => {
    const { patient, slot } = await newPatient();
    await patient.keys.addPasskey(byPassphrase, 'phone');
    patient.lock();
    await patient.keys.unlockWithPasskey();
    expect(patient.view.identity).toMatchObject({ locked: false, name: 'Ada Lovelace' });
    const words = await patient.keys.words(byPasskey);
    await patient.keys.changePassphrase(byPasskey, OTHER_PASSPHRASE);
    cluster.passkeys.lose();
    patient.lock();
    await expect(patient.keys.unlockWithPasskey()).rejects.toMatchObject({ code: 'passkey-refused' });
    await expect(patient.unlock(PASSPHRASE)).rejects.toMatchObject({ code: 'wrong-passphrase' });
    await patient.unlock(OTHER_PASSPHRASE);
    const again = await cluster.restart(slot);
    await again.unlock(OTHER_PASSPHRASE);
    expect(await again.keys.words({ kind: 'passphrase', passphrase: OTHER_PASSPHRASE })).toBe(words);
  });

  test('a removed passkey opens nothing, and a passphrase that is too short is refused', async () => {
    const { patient } = await newPatient();
    await patient.keys.addPasskey(byPassphrase, 'phone');
    const [passkey] = patient.view.keys.passkeys;
    await patient.keys.removePasskey(passkey?.id ?? '');
    await expect(patient.keys.unlockWithPasskey()).rejects.toMatchObject({ code: 'no-passkey' });
    await expect(patient.keys.changePassphrase(byPassphrase, 'short')).rejects.toMatchObject({ code: 'weak-passphrase' });
    await expect(patient.keys.words({ kind: 'passphrase', passphrase: 'not this one' })).rejects.toMatchObject({
      code: 'wrong-passphrase',
    });
  });

  test('a locked profile shows no name of the person, nor does anything on its disk or in the list of profiles', async () => {
    const { patient, slot, party } = await newPatient();
    patient.lock();
    expect(patient.view.identity.name).toBe('');
    expect(await cluster.registry.list()).toContainEqual(expect.objectContaining({ slot, label: '', party }));
    const onDisk = [...(cluster.disks.get(slot)?.notes.values() ?? [])].flatMap((table) => [...table.values()]);
    const listed = await cluster.notes.entries('profiles');
    for (const bytes of [...onDisk, ...listed.map(([, summary]) => summary)]) expect(Buffer.from(bytes).includes('Lovelace')).toBe(false);
    await patient.unlock(PASSPHRASE);
    await patient.keys.setLabel('Her tablet');
    expect(await cluster.registry.list()).toContainEqual(expect.objectContaining({ slot, label: 'Her tablet' }));
    patient.lock();
    expect(patient.view.identity.name).toBe('Her tablet');
  });

  test('a profile of the first format opens, and its name is sealed at the first unlock', async () => {
    const { patient, slot } = await newPatient();
    await patient.stop();
    const table = cluster.disks.get(slot)?.notes.get('profile');
    const fields = decode<unknown[]>(table?.get('profile') ?? new Uint8Array());
    // Without the three last fields, and with the name in clear as the label, the third field.
    table?.set('profile', encode([...fields.slice(0, 2), 'Ada Lovelace', ...fields.slice(3, -3)]));
    const node = await cluster.restart(slot);
    expect(node.view.identity.name).toBe('Ada Lovelace');
    await node.unlock(PASSPHRASE);
    node.lock();
    expect(node.view.identity.name).toBe('');
    await node.unlock(PASSPHRASE);
    expect(node.view.identity.name).toBe('Ada Lovelace');
  });
});

describe('guardians', () => {
  test('t of n bring the keys back into a new browser, t - 1 do not; the answer is opened by nobody else', async () => {
    const { patient, party, slot: lost } = await newPatient();
    await appoint(patient, 2);
    const words = await patient.keys.words(byPassphrase);
    await patient.stop();
    await cluster.registry.remove(lost);
    const wish = await cluster.registry.keyWishes.make('guardians', invitation, OTHER_PASSPHRASE);
    const [, east, west] = guardians;
    if (east === undefined || west === undefined) throw new Error('nobody');
    expect(await east.keys.readRequest(wish.view.link)).toEqual({ purpose: 'guardians', words: wish.view.words });
    await east.keys.answerAsGuardian(wish.view.link, party);
    await answered(wish, 1);
    // The same guardian once more adds nothing.
    await east.keys.answerAsGuardian(wish.view.link, party);
    await expect(wish.finish()).rejects.toMatchObject({ code: 'not-complete' });
    expect(wish.view).toMatchObject({ found: null, needed: 2 });
    await west.keys.answerAsGuardian(wish.view.link, party);
    await found(wish);
    expect(wish.view.found).toEqual({ party, role: 'patient', name: 'Ada Lovelace' });
    const { slot } = await wish.finish();
    const recovered = await open(slot);
    await recovered.unlock(OTHER_PASSPHRASE);
    expect(await recovered.keys.words({ kind: 'passphrase', passphrase: OTHER_PASSPHRASE })).toBe(words);
    await until(recovered, 'certified', (view) => view.identity.standing.kind === 'certified' && view.identity.name === 'Ada Lovelace');
    const logged = JSON.stringify(cluster.log.lines);
    for (const secret of [words, 'Lovelace', OTHER_PASSPHRASE]) expect(logged).not.toContain(secret);
  });

  test('a request outlives its tab, sealed under its passphrase', async () => {
    const { patient, party } = await newPatient();
    await appoint(patient, 3);
    const first = await cluster.registry.keyWishes.make('guardians', invitation, OTHER_PASSPHRASE);
    await guardians[0]?.keys.answerAsGuardian(first.view.link, party);
    await answered(first, 1);
    await first.stop();
    expect(await cluster.registry.keyWishes.list()).toEqual([expect.objectContaining({ slot: first.slot, purpose: 'guardians' })]);
    await expect(cluster.registry.keyWishes.resume(first.slot, PASSPHRASE)).rejects.toMatchObject({ code: 'wrong-passphrase' });
    const again = await cluster.registry.keyWishes.resume(first.slot, OTHER_PASSPHRASE);
    expect(again.view.words).toBe(first.view.words);
    for (const guardian of guardians.slice(1)) await guardian.keys.answerAsGuardian(again.view.link, party);
    await found(again);
    await again.stop();
  });

  test('chosen anew hold new shares; who was left out destroys its own and says so to nobody else', async () => {
    const { patient, party } = await newPatient();
    await appoint(patient, 2);
    const [north, east, west] = guardians;
    if (north === undefined || east === undefined || west === undefined) throw new Error('nobody');
    await patient.keys.appointGuardians(byPassphrase, [north.view.identity.party, east.view.identity.party], 2);
    const wardOf = (view: RunningNode['view']) => view.keys.wards.find((ward) => ward.party === party);
    await until(west, 'no ward', (view) => wardOf(view) === undefined);
    await until(north, 'a new share', (view) => wardOf(view)?.guardians === 2);
    const wish = await cluster.registry.keyWishes.make('guardians', invitation, OTHER_PASSPHRASE);
    await expect(west.keys.answerAsGuardian(wish.view.link, party)).rejects.toMatchObject({ code: 'unknown-ward' });
    await north.keys.stopGuarding(party);
    await until(patient, 'told', (view) => view.keys.guardians?.guardians.some(({ state }) => state === 'ended') === true);
    await patient.keys.checkGuardians();
    await until(patient, 'held again', (view) => view.keys.guardians?.guardians.every(({ state }) => state === 'held') === true);
    await patient.keys.dismissGuardians();
    await until(north, 'no ward', (view) => wardOf(view) === undefined);
    await wish.stop();
  });

  test('get new shares when all ways in are renewed after a loss, and what opened before opens nothing', async () => {
    const { patient, party } = await newPatient();
    await appoint(patient, 2);
    await patient.keys.addPasskey(byPassphrase, 'phone');
    const [north, east] = guardians;
    const before = await cluster.registry.keyWishes.make('guardians', invitation, OTHER_PASSPHRASE);
    await north?.keys.answerAsGuardian(before.view.link, party);
    await answered(before, 1);
    const madeMs = patient.view.keys.guardians?.madeMs;
    await patient.keys.renew(byPasskey, OTHER_PASSPHRASE);
    expect(patient.view.keys.passkeys).toEqual([]);
    await until(patient, 'held again', ({ keys }) => {
      const plan = keys.guardians;
      return plan !== null && plan.madeMs !== madeMs && plan.guardians.every(({ state }) => state === 'held');
    });
    await expect(patient.unlock(PASSPHRASE)).rejects.toMatchObject({ code: 'wrong-passphrase' });
    await expect(patient.keys.unlockWithPasskey()).rejects.toMatchObject({ code: 'no-passkey' });
    // A share of the old plan and one of the new do not belong together; two new ones do.
    await east?.keys.answerAsGuardian(before.view.link, party);
    await answered(before, 2);
    expect(before.view.found).toBeNull();
    await north?.keys.answerAsGuardian(before.view.link, party);
    await found(before);
    await before.stop();
  });

  test('are two or more others, of whom two or more are needed', async () => {
    const { patient, party } = await newPatient();
    const [north, east] = guardians.map((guardian) => guardian.view.identity.party);
    if (north === undefined || east === undefined) throw new Error('nobody');
    const refused = (parties: readonly PartyId[], threshold: number, opener: Opener = byPassphrase) =>
      expect(patient.keys.appointGuardians(opener, parties, threshold)).rejects;
    await refused([north], 1).toMatchObject({ code: 'bad-threshold' });
    await refused([north, east], 1).toMatchObject({ code: 'bad-threshold' });
    await refused([north, north], 2).toMatchObject({ code: 'bad-threshold' });
    await refused([north, party], 2).toMatchObject({ code: 'unfit-guardian' });
    await refused([north, east], 2, { ...byPassphrase, passphrase: 'wrong one, surely' }).toMatchObject({ code: 'wrong-passphrase' });
    expect(patient.view.keys.guardians).toBeNull();
  });
});

describe('another device', () => {
  test('of a patient gets her keys, and is certified without asking anybody', async () => {
    const { patient, party } = await newPatient();
    const wish = await cluster.registry.keyWishes.make('device', invitation, OTHER_PASSPHRASE);
    const { words } = await patient.keys.readRequest(wish.view.link);
    expect(words).toBe(wish.view.words);
    await expect(guardians[0]?.keys.answerAsGuardian(wish.view.link, party)).rejects.toMatchObject({ code: 'bad-request' });
    await patient.keys.answerAsOwner(wish.view.link, byPassphrase);
    await found(wish);
    const { slot } = await wish.finish();
    const second = await open(slot);
    await second.unlock(OTHER_PASSPHRASE);
    await until(second, 'certified', (view) => view.identity.standing.kind === 'certified' && view.identity.party === party);
    expect(second.view.identity.seat.kind).toBe('none');
  });

  test('of a clinic gets no member key and no vote, and the first one goes on voting (R16)', async () => {
    const [, east] = guardians;
    if (east === undefined) throw new Error('nobody');
    const wish = await cluster.registry.keyWishes.make('device', invitation, OTHER_PASSPHRASE);
    await east.keys.answerAsOwner(wish.view.link, byPassphrase);
    await found(wish);
    const { slot } = await wish.finish();
    const second = await open(slot);
    await second.unlock(OTHER_PASSPHRASE);
    await until(second, 'certified', (view) => view.identity.standing.kind === 'certified');
    expect(second.view.identity).toMatchObject({ party: east.view.identity.party, name: 'East', seat: { kind: 'none' } });
    expect(east.view.identity.seat.kind).toBe('voting');
  });

  test('is not served by a link that was changed on the way: the words differ', async () => {
    const { patient } = await newPatient();
    const [wish, another] = await Promise.all(
      ['device', 'device'].map(() => cluster.registry.keyWishes.make('device', invitation, OTHER_PASSPHRASE)),
    );
    if (wish === undefined || another === undefined) throw new Error('no request');
    expect((await patient.keys.readRequest(another.view.link)).words).not.toBe(wish.view.words);
    const link = wish.view.link.slice(0, -1);
    await expect(patient.keys.readRequest(link)).rejects.toMatchObject({ code: 'bad-request' });
    await wish.stop();
    await another.stop();
  });
});

test("a founder's 24 words bring the supervision centre back, found by what the ledger says", async () => {
  const own = createCluster();
  try {
    const [founder, , , other] = await clinics(own, {}, 'North', 'East', 'West', 'South');
    if (founder === undefined || other === undefined) throw new Error('nobody');
    const words = await founder.keys.words(byPassphrase);
    await founder.stop();
    await own.registry.remove('North');
    const restored = await own.join('North', other.invitation(), { words });
    await until(restored, 'the centre', (view) => view.identity.authority);
    // It certifies again, itself first: the same seat under a new member key (R14), on the ledger that the others have.
    await until(restored, 'voting', (view) => view.identity.seat.kind === 'voting', 30_000);
    const { height } = restored.view.ledger;
    await until(other, 'as high', (view) => view.ledger.height >= height);
    expect((await restored.block(height)).digest).toBe((await other.block(height)).digest);
    expect(height).toBeGreaterThan(5);
    expect((await own.restart('North')).view.identity).toMatchObject({ authority: true, locked: true });
  } finally {
    await own.stopAll();
  }
});
