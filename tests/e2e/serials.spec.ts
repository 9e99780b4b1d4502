// A story of serial numbers in a consortium of two clinics (P2-05, P2-16, P2-20): the supervision centre has the key made, one clinic registers a
// person by name and identity number, she agrees to be found, the other clinic finds her, and without enough holders the page says who is missing.
import { type Browser, expect, test } from '@playwright/test';
import { type Tab, certified, contactLink, foundConsortium, go, joinByInvitation, openAsPatient, votes } from './people.ts';
import { type World, startWorld } from './world.ts';

test.describe.configure({ mode: 'serial' });

let world: World;
let browser: Browser;
let centre: Tab;
let second: Tab;
let patient: Tab;

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  world = await startWorld({ demonstration: false });
});
test.afterAll(async () => {
  await world.stop();
});

async function search(clinic: Tab, name: string, number: string): Promise<void> {
  await go(clinic, 'Patients');
  await clinic.page.getByRole('link', { name: 'Register a patient' }).click();
  await clinic.page.getByRole('tab', { name: 'By name and identity number' }).click();
  await clinic.page.getByRole('textbox', { name: 'Full name' }).fill(name);
  await clinic.page.getByRole('textbox', { name: 'Identity number' }).fill(number);
  await clinic.page.getByRole('button', { name: 'Search', exact: true }).click();
}

test('two members make the key together', async () => {
  centre = await foundConsortium(browser, world, 'Lake consortium', 'Alder Clinic');
  await votes(centre);
  await go(centre, 'Network');
  const link = await centre.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  second = await joinByInvitation(browser, link, 'Birch Clinic');
  await go(centre, 'Supervision centre');
  await centre.page.getByRole('button', { name: 'Approve Birch Clinic' }).click();
  await votes(second);
  patient = await openAsPatient(browser, world, 'Carla Ruiz', link);
  await centre.page.getByRole('button', { name: /^Approve Patient/ }).click();
  await certified(patient);
  await centre.page.getByRole('button', { name: 'Make the key' }).click();
  await expect(centre.page.getByRole('dialog')).toContainText('Birch Clinic');
  await centre.page.getByRole('button', { name: 'Make it' }).click();
  await expect(centre.page.getByText('Any 2 of these 2 make a serial number together.')).toBeVisible();
});

test('a clinic registers her by name and number and her code, and she agrees to be found', async () => {
  await search(centre, 'Carla Ruíz', '12-345 678');
  await expect(centre.page.getByText('Nobody agreed to be found by this serial')).toBeVisible();
  await centre.page.getByRole('textbox', { name: 'Contact link' }).fill(await contactLink(patient));
  await centre.page.getByLabel('Ask her whether other clinics may find her').check();
  await centre.page.getByRole('button', { name: 'Register by her code' }).click();
  await expect(centre.page.getByRole('group', { name: 'Patient' })).toContainText('Carla Ruíz');
  await go(patient, 'Home');
  await patient.page.getByRole('button', { name: 'Agree to the wish of Alder Clinic' }).click();
  await go(patient, 'Access');
  await expect(patient.page.getByRole('list', { name: 'Wishes to find you' })).toContainText('You can be found');
});

test('another clinic finds her, whatever its clerk types, and the first recognises her', async () => {
  await expect(async () => {
    await search(second, 'CARLA  RUÍZ', '12345678');
    await expect(second.page.getByRole('button', { name: 'Register this pseudonym' })).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 20_000 });
  await second.page.getByRole('button', { name: 'Register this pseudonym' }).click();
  await expect(second.page.getByRole('group', { name: 'Patient' })).toContainText('CARLA RUÍZ');
  await search(centre, 'carla ruíz', '12345678');
  await expect(centre.page.getByText('This person is in your list already')).toBeVisible();
  await go(centre, 'Supervision centre');
  await centre.page.getByRole('button', { name: 'Read what the holders wrote down' }).click();
  const audit = centre.page.getByRole('table', { name: 'Serial numbers that Birch Clinic helped to make' });
  await expect(audit.getByRole('row', { name: /Alder Clinic/ })).toContainText('2');
});

test('without enough holders the page says who is missing', async () => {
  await second.page.close();
  await expect(async () => {
    await search(centre, 'Somebody Else', '99887766');
    await expect(centre.page.getByText(/A serial number needs 2 of 2 .* Missing: Birch Clinic/).first()).toBeVisible({ timeout: 3_000 });
  }).toPass({ timeout: 30_000 });
});
