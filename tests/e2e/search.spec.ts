// A story of keyword search in a consortium of two clinics (P3-11, P3-28, P3-32): a patient finds her own records, a clinic finds what it was
// granted by two words and opens it, and finds nothing once she has revoked. What is typed stands in no address.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, expect, test } from '@playwright/test';
import {
  type Tab,
  becomesFinal,
  certified,
  confirmNewest,
  foundConsortium,
  go,
  inDays,
  joinByInvitation,
  openAsPatient,
  registerPatient,
  votes,
  writeVisit,
} from './people.ts';
import { type World, startWorld } from './world.ts';

test.describe.configure({ mode: 'serial' });

let world: World;
let browser: Browser;
let author: Tab;
let reader: Tab;
let patient: Tab;

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  world = await startWorld({ demonstration: false });
});
test.afterAll(() => world.stop());

const region = (tab: Tab) => tab.page.getByRole('search', { name: 'Find records' });
const status = (tab: Tab) => tab.page.getByRole('status').filter({ hasText: 'Searched' });

async function search(tab: Tab, words: string): Promise<void> {
  await region(tab).getByRole('searchbox', { name: 'Words or codes' }).fill(words);
  await region(tab).getByRole('searchbox').press('Enter');
  await expect(status(tab)).toBeVisible();
}

async function ready(tab: Tab, place: string): Promise<void> {
  await go(tab, place);
  await expect(region(tab)).toBeVisible();
  await expect(tab.page.getByText('Your search key is not on the ledger yet')).toBeHidden();
}

test('a patient finds her record by a word, and none by another', async () => {
  author = await foundConsortium(browser, world, 'Lake consortium', 'Alder Clinic');
  await votes(author);
  await go(author, 'Network');
  const link = await author.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  reader = await joinByInvitation(browser, link, 'Birch Clinic');
  await go(author, 'Supervision centre');
  await author.page.getByRole('button', { name: 'Approve Birch Clinic' }).click();
  await votes(reader);
  patient = await openAsPatient(browser, world, 'Carla Ruiz', link);
  await author.page.getByRole('button', { name: /^Approve Patient/ }).click();
  await certified(patient);
  await ready(patient, 'My records');
  await ready(author, 'Records');
  await registerPatient(author, patient);
  await writeVisit(author, patient, 'Asthma attack at night');
  await confirmNewest(patient);
  await becomesFinal(patient);

  await go(patient, 'My records');
  await expect(async () => {
    await search(patient, 'ASTHMA night');
    await expect(status(patient)).toContainText('Searched 1 record: 1 has all 2 words.', { timeout: 2_000 });
  }).toPass();
  await expect(patient.page.getByRole('list', { name: 'Found records' }).getByRole('listitem')).toHaveCount(1);
  await search(patient, 'migraine');
  await expect(status(patient)).toContainText('none have it');
  await expect(patient.page.getByRole('list', { name: 'Found records' })).toBeHidden();
  expect(patient.page.url()).not.toContain('migraine');
  const { violations } = await new AxeBuilder({ page: patient.page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
});

test('a clinic finds nothing before it is granted, then by two words, and opens what it found', async () => {
  await go(reader, 'Records');
  await search(reader, 'asthma');
  await expect(status(reader)).toContainText('Searched 0 records');
  await patient.page.getByRole('list', { name: 'My records' }).getByRole('link').first().click();
  await patient.page.getByRole('button', { name: 'Give access' }).click();
  const dialog = patient.page.getByRole('dialog');
  await dialog.getByLabel('Clinic').selectOption({ label: 'Birch Clinic, Dr. Birch Clinic' });
  await dialog.getByRole('textbox', { name: 'Purpose' }).fill('Second opinion');
  await dialog.getByLabel('Until').fill(inDays(30));
  await dialog.getByRole('button', { name: 'Give access' }).click();
  await expect(dialog).toBeHidden();
  await expect(async () => {
    await search(reader, 'asthma attack');
    await expect(status(reader)).toContainText('1 has all 2 words.', { timeout: 2_000 });
  }).toPass();
  await search(reader, 'migraine attack');
  await expect(status(reader)).toContainText('none have all 2 words.');
  await search(reader, 'attack');
  await reader.page.getByRole('list', { name: 'Found records' }).getByRole('link').click();
  await reader.page.getByRole('button', { name: 'Open the record' }).click();
  await expect(reader.page.getByRole('group', { name: 'Content of version 1' })).toBeVisible();
});

test('after she has revoked it finds nothing, and her page counts the signed receipts', async () => {
  await go(patient, 'Access');
  await patient.page.getByRole('button', { name: 'Revoke the access of Birch Clinic' }).click();
  await patient.page
    .getByRole('dialog')
    .getByRole('button', { name: /Revoke/ })
    .click();
  await expect(patient.page.getByText('2 of 2 keepers have signed that they destroyed the search key.')).toBeVisible();
  await go(reader, 'Records');
  await search(reader, 'attack');
  await expect(status(reader)).toContainText('Searched 0 records');
});
