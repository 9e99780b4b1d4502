// What people do in their tabs, by what they see: roles, labels and words of the page. Nothing here reaches into the product.
import { type Browser, type BrowserContext, type Page, expect } from '@playwright/test';
import type { World } from './world.ts';

export const PASSPHRASE = 'correct horse battery staple';

/** One person's tab in a browser context of its own. */
export interface Tab {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly name: string;
  /** The 24 words that were shown at the beginning. */
  readonly words: string;
}

async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (error) => console.error(`page error: ${error.message}`));
  return page;
}

async function choosePassphrase(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
  await page.getByRole('textbox', { name: 'Repeat the passphrase' }).fill(PASSPHRASE);
}

async function noteWords(page: Page): Promise<string> {
  const items = page.getByRole('list', { name: 'Your 24 words' }).getByRole('listitem');
  await expect(items).toHaveCount(24);
  const words = (await items.allInnerTexts()).map((text) => text.trim()).join(' ');
  await page.getByLabel('I have written them down').check();
  await page.getByRole('button', { name: 'Go on' }).click();
  return words;
}

export async function joinAsClinic(browser: Browser, world: World, name: string): Promise<Tab> {
  const page = await newPage(browser);
  await page.goto(world.url);
  await page.getByRole('button', { name: 'Join the demonstration as a clinic' }).click();
  await page.getByRole('textbox', { name: 'Clinic name' }).fill(name);
  await page.getByRole('textbox', { name: 'Clinician' }).fill(`Dr. ${name}`);
  await choosePassphrase(page);
  await page.getByRole('button', { name: 'Join as a clinic' }).click();
  const words = await noteWords(page);
  return { page, context: page.context(), name, words };
}

export async function openAsPatient(browser: Browser, world: World, name: string, invitation = ''): Promise<Tab> {
  const page = await newPage(browser);
  await page.goto(world.url);
  await page.getByRole('button', { name: 'Open as a patient' }).click();
  if (invitation !== '') await page.getByRole('textbox', { name: 'Invitation link' }).fill(invitation);
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await choosePassphrase(page);
  await page.getByRole('button', { name: 'Open as a patient' }).click();
  const words = await noteWords(page);
  return { page, context: page.context(), name, words };
}

export async function foundConsortium(browser: Browser, world: World, consortium: string, name: string): Promise<Tab> {
  const page = await newPage(browser);
  await page.goto(world.url);
  await page.getByRole('button', { name: 'Found a consortium' }).click();
  await page.getByRole('textbox', { name: 'Consortium name' }).fill(consortium);
  await page.getByText('Relay', { exact: true }).click();
  await page.getByRole('textbox', { name: 'Relay addresses' }).fill(world.relayAddress);
  await page.getByRole('textbox', { name: 'Clinic name' }).fill(name);
  await page.getByRole('textbox', { name: 'Clinician' }).fill(`Dr. ${name}`);
  await choosePassphrase(page);
  await page.getByRole('button', { name: 'Found the consortium' }).click();
  const words = await noteWords(page);
  return { page, context: page.context(), name, words };
}

export async function joinByInvitation(browser: Browser, link: string, name: string): Promise<Tab> {
  const page = await newPage(browser);
  await page.goto(link);
  await page.getByRole('radio', { name: 'A clinic' }).check();
  await page.getByRole('textbox', { name: 'Clinic name' }).fill(name);
  await page.getByRole('textbox', { name: 'Clinician' }).fill(`Dr. ${name}`);
  await choosePassphrase(page);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  const words = await noteWords(page);
  return { page, context: page.context(), name, words };
}

/** The badges that say how a node stands. */
export const badges = (tab: Tab) => tab.page.getByRole('list', { name: 'State of this node' });

export async function votes(tab: Tab): Promise<void> {
  await expect(badges(tab)).toContainText('Voting member', { timeout: 60_000 });
}

export async function observes(tab: Tab): Promise<void> {
  await expect(badges(tab)).toContainText('Observer', { timeout: 60_000 });
}

export async function certified(tab: Tab): Promise<void> {
  await expect(badges(tab)).toContainText('Certified', { timeout: 60_000 });
}

export async function go(tab: Tab, place: string): Promise<void> {
  await tab.page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: place }).click();
}

export async function contactLink(patient: Tab): Promise<string> {
  await go(patient, 'My code');
  return patient.page.getByRole('textbox', { name: 'Contact link' }).inputValue();
}

export async function registerPatient(clinic: Tab, patient: Tab, birthDate = '1962-07-14'): Promise<void> {
  const link = await contactLink(patient);
  await go(clinic, 'Patients');
  await clinic.page.getByRole('link', { name: 'Register a patient' }).click();
  await clinic.page.getByRole('textbox', { name: 'Contact link' }).fill(link);
  await clinic.page.getByRole('textbox', { name: 'Name', exact: true }).fill(patient.name);
  await clinic.page.getByLabel('Date of birth').fill(birthDate);
  await clinic.page.getByRole('button', { name: 'Register' }).click();
  await expect(clinic.page.getByRole('group', { name: 'Patient' })).toContainText(patient.name);
}

/** Opens the clinic's page of a patient. */
export async function openPatient(clinic: Tab, patient: Tab): Promise<void> {
  await go(clinic, 'Patients');
  await clinic.page.getByRole('table', { name: 'Patients' }).getByRole('link', { name: patient.name }).click();
}

/** Fills the visit form and writes; ends on the record's page. */
export async function writeVisit(clinic: Tab, patient: Tab, reason: string): Promise<void> {
  await openPatient(clinic, patient);
  await clinic.page.getByRole('link', { name: 'Write a visit' }).click();
  await clinic.page.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await clinic.page.getByRole('textbox', { name: 'Findings' }).fill('Lungs clear. No oedema.');
  await sealAndWrite(clinic, 'Check and preview');
}

export async function importBundle(clinic: Tab, patient: Tab, file: string): Promise<void> {
  await openPatient(clinic, patient);
  await clinic.page.getByRole('link', { name: 'Import FHIR' }).click();
  await clinic.page.getByLabel('Choose a FHIR file').setInputFiles(file);
  // The file is about an invented person of another name: the page asks.
  await clinic.page.getByLabel('It is the same person').check({ timeout: 60_000 });
  await sealAndWrite(clinic);
}

async function sealAndWrite(clinic: Tab, check?: string): Promise<void> {
  if (check !== undefined) await clinic.page.getByRole('button', { name: check }).click();
  await clinic.page.getByRole('button', { name: 'Write record' }).click({ timeout: 60_000 });
  await expect(clinic.page.getByRole('heading', { name: /^Record of/, level: 1 })).toBeVisible({ timeout: 60_000 });
}

/** The patient opens what awaits her, reads and signs. */
export async function confirmNewest(patient: Tab): Promise<void> {
  await go(patient, 'Home');
  await patient.page.getByRole('list', { name: 'Awaiting you' }).getByRole('link').first().click({ timeout: 60_000 });
  await patient.page.getByRole('button', { name: 'Confirm and sign' }).click();
}

export async function becomesFinal(tab: Tab): Promise<void> {
  await expect(tab.page.getByText('Final, confirmed').first()).toBeVisible({ timeout: 60_000 });
}

/** A day from today on, as a date field takes it. */
export function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A browser in which nothing is, and 24 words. */
export async function restoreAsPatient(browser: Browser, world: World, lost: Tab): Promise<Tab> {
  const page = await newPage(browser);
  await page.goto(world.url);
  await page.getByRole('button', { name: 'Restore with 24 words' }).click();
  await page.getByRole('textbox', { name: '24 words' }).fill(lost.words);
  await page.getByRole('radio', { name: 'A patient' }).check();
  await page.getByRole('textbox', { name: 'Your name' }).fill(lost.name);
  await choosePassphrase(page);
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  return { ...lost, page, context: page.context() };
}

/** Opens a person's profile again in the same browser: after the tab was closed, or, with `reloaded`, in the tab that was reloaded. */
export async function comeBack(lost: Tab, world: World, reloaded = false): Promise<Tab> {
  const page = reloaded ? lost.page : await lost.context.newPage();
  if (!reloaded) await page.goto(world.url);
  const dialog = page.getByRole('dialog');
  const unlock = dialog.getByRole('button', { name: 'Unlock' });
  const goOn = page.getByRole('button', { name: `Continue as ${lost.name}` });
  // The page may ask for the passphrase by itself: then the button goes away while it is looked at.
  await expect(async () => {
    if (!(await unlock.isVisible())) await goOn.click({ timeout: 1_000 });
    await expect(unlock).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await dialog.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE);
  await unlock.click();
  await expect(unlock).toBeHidden();
  return { ...lost, page };
}
