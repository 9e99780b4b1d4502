// The way into a consortium (P0-02): a stranger applies, the supervision centre decides, the ledger or a sealed answer says how.
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Keyed, type Profile, World, codeOf, until } from '../../../tests/care/world.ts';
import { createAead, createKeyWrap, createRandomness, createVerifier } from '../adapters/index.ts';
import { createMemorySeedSigners } from '../adapters/memory.ts';
import { encode } from '../codec/index.ts';
import type { Certificate, Possession } from '../contracts/index.ts';
import { type LetterId, type LetterTools, boxOf, newLetterId, writeLetter } from './letter.ts';
import { REQUEST_KINDS, post } from './requests.ts';

let world: World;
let keeper: Profile;
let centre: Keyed;

beforeEach(async () => {
  const archives = [new Keyed('Archive 1', 'archive'), new Keyed('Archive 2', 'archive')];
  world = new World({ archives });
  centre = new Keyed('authority', 'authority');
  // The founding certificate of the world's authority names a key that nobody holds.
  world.do(world.consortium.authority, centre.certify());
  await world.open(archives[1]!);
  keeper = await world.open(archives[0]!, { authority: centre });
});

afterEach(async () => {
  await world.end();
});

async function apply(person: Keyed, change: Partial<Certificate> = {}, possession?: Possession): Promise<Profile> {
  const profile = await world.open(person);
  const wanted = person.certify(change);
  await profile.care.applyForCertificate(wanted.certificate, possession ?? wanted.possession);
  return profile;
}

const applications = (): readonly string[] => keeper.care.view().applications.map(({ name, state }) => `${name} ${state}`);

test('a stranger applies, is approved, and is certified', async () => {
  const hill = await apply(new Keyed('Hill', 'clinic'));
  await until('the application is there', () => applications().length === 1);
  expect(keeper.care.view().applications).toMatchObject([{ role: 'clinic', name: 'Hill', clinician: 'Dr. Example', state: 'open' }]);
  await until('the stranger sees that it has applied', () => hill.care.standing().kind === 'applied');
  await keeper.care.approveApplication(keeper.care.view().applications[0]!.id);
  expect(hill.care.standing()).toEqual({ kind: 'certified' });
  expect(applications()).toEqual(['Hill certified']);
  expect(await codeOf(keeper.care.approveApplication(keeper.care.view().applications[0]!.id))).toBe('already-answered');
});

test('who is refused learns why, also after a reload, and no keeper does', async () => {
  const person = new Keyed('Hill', 'clinic');
  const hill = await apply(person);
  await until('the application is there', () => applications().length === 1);
  await keeper.care.refuseApplication(keeper.care.view().applications[0]!.id, 'Nobody knows this clinic');
  await until('the answer came', () => hill.care.standing().kind === 'refused');
  expect(hill.care.standing()).toEqual({ kind: 'refused', reason: 'Nobody knows this clinic' });
  await world.close(hill);
  const again = await apply(person);
  expect(again.care.standing()).toEqual({ kind: 'refused', reason: 'Nobody knows this clinic' });
  const kept = JSON.stringify(
    [...keeper.disk.notes].map(([table, notes]) => [table, [...notes.values()].map((note) => Buffer.from(note).toString('latin1'))]),
  );
  expect(kept).not.toContain('Nobody knows');
});

test('nobody but a supervision centre refuses an application', async () => {
  const hill = await apply(new Keyed('Hill', 'clinic'));
  await until('the application is there', () => applications().length === 1);
  // A keeper knows the application's id, and so its box.
  const { id } = keeper.care.view().applications[0]!;
  const tools: LetterTools = {
    channel: world.consortium.ledger.channel,
    aead: createAead(),
    keyWrap: createKeyWrap(),
    randomness: createRandomness(),
    verifier: createVerifier(),
  };
  const letter = await writeLetter(tools, {
    id: newLetterId(tools.randomness),
    to: boxOf(id as LetterId),
    recipientWrapKey: hill.person.certificate().wrapKey,
    from: keeper.person.party,
    signer: await createMemorySeedSigners().signerOf(keeper.person.seed),
    content: { kind: 'refusal', application: id as LetterId, reason: 'Go away' },
  });
  await world.ask(keeper, world.profiles[0]!, REQUEST_KINDS.post, encode(post, { purpose: 'answer', letter }));
  const taken = (): boolean => world.requests.some(({ from, kind }) => from === hill.person.party && kind === REQUEST_KINDS.discard);
  await until('the letter was looked at', taken);
  expect(hill.care.standing().kind).toBe('applied');
});

test('an application that nobody heard is repeated until somebody does, over a reload of either side', async () => {
  const person = new Keyed('Hill', 'clinic');
  for (const profile of world.profiles) await world.close(profile);
  const hill = await apply(person);
  expect(hill.care.standing()).toEqual({ kind: 'connecting' });
  await world.close(hill);
  const again = await apply(person);
  keeper = await world.open(keeper.person, { authority: centre });
  await until('the application is there', () => applications().length === 1);
  await world.close(keeper);
  keeper = await world.open(keeper.person, { authority: centre });
  await until('it is there after a reload', () => applications().length === 1);
  await keeper.care.approveApplication(keeper.care.view().applications[0]!.id);
  expect(again.care.standing()).toEqual({ kind: 'certified' });
});

test('the demonstration’s supervision centre certifies clinics and patients by itself, and no other role', async () => {
  await world.close(keeper);
  keeper = await world.open(keeper.person, { authority: centre, autoApprove: true });
  const hill = await apply(new Keyed('Hill', 'clinic'));
  const ada = await apply(new Keyed('Ada', 'patient'));
  const archive = await apply(new Keyed('Cuckoo', 'archive'));
  const second = await apply(new Keyed('Second centre', 'authority'));
  await until('clinic and patient are certified', () => [hill, ada].every(({ care }) => care.standing().kind === 'certified'));
  await until('the others wait', () => applications().filter((entry) => entry.endsWith('open')).length === 2);
  expect([archive, second].map(({ care }) => care.standing().kind)).toEqual(['applied', 'applied']);
});

test('a patient whose certificate comes a moment later is registered when it comes; one that never comes is refused', async () => {
  const hill = await apply(new Keyed('Hill', 'clinic'));
  await until('the application is there', () => applications().length === 1);
  await keeper.care.approveApplication(keeper.care.view().applications[0]!.id);
  const ada = await apply(new Keyed('Ada', 'patient'));
  await until('her application is there', () => keeper.care.view().applications.some(({ role }) => role === 'patient'));
  const details = { name: 'Ada', birthDate: '' };
  const registered = codeOf(hill.care.registerPatient(ada.care.contactLink(), details));
  await keeper.care.approveApplication(keeper.care.view().applications.find(({ role }) => role === 'patient')!.id);
  expect(await registered).toBe('no error');
  const nobody = await world.open(new Keyed('Bea', 'patient'));
  expect(await codeOf(hill.care.registerPatient(nobody.care.contactLink(), details))).toBe('not-certified');
});

test('an application whose keys do not prove themselves is never shown', async () => {
  const thief = new Keyed('Thief', 'clinic');
  const victim = new Keyed('Victim', 'clinic');
  // The victim's certificate with a possession that the thief could make; and keys that did not sign.
  const profile = await world.open(thief);
  const wanted = victim.certify();
  await profile.care.applyForCertificate(wanted.certificate, thief.certify().possession);
  const borrowed = new Keyed('Borrower', 'clinic');
  await apply(borrowed, { memberKey: victim.certificate().memberKey }, borrowed.certify().possession);
  const honest = await apply(new Keyed('Hill', 'clinic'));
  await until('the honest one is there', () => applications().includes('Hill open'));
  const refused = (event: string): boolean => keeper.log.lines.some((line) => line.event === event);
  await until('the letters were looked at', () => refused('letter-refused') && refused('application-refused'));
  expect(applications()).toEqual(['Hill open']);
  expect(honest.care.standing().kind).toBe('applied');
});

test('who is no supervision centre decides nothing; who is revoked is told', async () => {
  const hill = await apply(new Keyed('Hill', 'clinic'));
  await until('the application is there', () => applications().length === 1);
  const { id } = keeper.care.view().applications[0]!;
  expect(await codeOf(hill.care.approveApplication(id))).toBe('not-the-authority');
  await keeper.care.approveApplication(id);
  expect(await codeOf(hill.care.revokeParty(keeper.person.party, 'Because'))).toBe('not-the-authority');
  await keeper.care.revokeParty(hill.person.party, 'Licence withdrawn');
  expect(hill.care.standing()).toEqual({ kind: 'revoked', reason: 'Licence withdrawn' });
});
