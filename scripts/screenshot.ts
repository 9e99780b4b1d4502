// `npm run screenshot`: the pictures of the README, taken from the running product. A world of its own, a clinic's tab and a patient's:
// a visit is written, read and confirmed, and its page is photographed in both. `--out DIR` puts them elsewhere, `--json` lists them.
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, type Page, chromium } from '@playwright/test';
import {
  type Tab,
  becomesFinal,
  certified,
  go,
  joinAsClinic,
  openAsPatient,
  openPatient,
  registerPatient,
  votes,
} from '../tests/e2e/people.ts';
import { type World, startWorld } from '../tests/e2e/world.ts';
import { CHROMIUM_FLAGS, ensureChromium, systemChromium } from './chromium.ts';
import { ensureBuild } from './prepare.ts';
import { ROOT, ToolchainError, runMain } from './toolchain.mjs';

const SIZE = { width: 1280, height: 1080 };
/** A README is read over slow lines too. */
const MAX_PICTURE_BYTES = 300_000;
const SLOW_MS = 60_000;

interface Picture {
  readonly file: string;
  readonly bytes: number;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A visit with something in every card; nobody's real one. */
async function fillVisit(page: Page): Promise<void> {
  const text = (label: string) => page.getByRole('textbox', { name: label });
  await text('Reason').fill('Check-up of raised blood pressure');
  await text('Findings').fill('Feels well, no headache, no chest pain. Heart sounds pure, lungs clear, no oedema of the ankles.');
  await text('Systolic blood pressure').fill('148');
  await text('Diastolic blood pressure').fill('92');
  await text('Heart rate').fill('72');
  await text('Weight').fill('78.5');
  await page.getByRole('button', { name: 'Add a diagnosis' }).click();
  await page.getByRole('textbox', { name: 'Diagnosis 1', exact: true }).fill('Essential (primary) hypertension');
  await text('Code of diagnosis 1').fill('I10');
  await page.getByLabel('Code system of diagnosis 1').selectOption({ label: 'ICD-10' });
  await page.getByRole('button', { name: 'Add a medication' }).click();
  await page.getByRole('textbox', { name: 'Medication 1', exact: true }).fill('Amlodipine 5 mg tablets');
  await text('Dosage of medication 1').fill('1 tablet every morning');
  await page.getByRole('radio', { name: 'No known allergies' }).check();
}

/** Ends on the record's page in the clinic's tab, with the record at the archive members. */
async function writeVisit(clinic: Tab, patient: Tab): Promise<void> {
  const { page } = clinic;
  await openPatient(clinic, patient);
  await page.getByRole('link', { name: 'Write a visit' }).click();
  await fillVisit(page);
  await page.getByRole('button', { name: 'Check and preview' }).click();
  await page.getByRole('button', { name: 'Write record' }).click({ timeout: SLOW_MS });
  await page.getByText('by 2 of 2 archive members').waitFor({ timeout: SLOW_MS });
}

async function openAwaiting(patient: Tab): Promise<void> {
  await go(patient, 'Home');
  await patient.page.getByRole('list', { name: 'Awaiting you' }).getByRole('link').first().click({ timeout: SLOW_MS });
}

async function photograph(page: Page, file: string): Promise<Picture> {
  await page.setViewportSize(SIZE);
  await page.getByRole('group', { name: 'Content of version 1' }).waitFor({ timeout: SLOW_MS });
  await page.evaluate(() => scrollTo(0, 0));
  // Messages that pass by are no part of the page.
  await page.evaluate(() => document.querySelector<HTMLElement>('[data-sonner-toaster]')?.style.setProperty('display', 'none'));
  await page.screenshot({ path: file, animations: 'disabled' });
  const bytes = statSync(file).size;
  if (bytes > MAX_PICTURE_BYTES)
    throw new ToolchainError(`${file} has ${bytes} bytes, more than ${MAX_PICTURE_BYTES}.`, 'Make it smaller.');
  return { file: path.relative(ROOT, file), bytes };
}

async function takePictures(world: World, browser: Browser, folder: string): Promise<readonly Picture[]> {
  const clinic = await joinAsClinic(browser, world, 'North Hospital');
  await votes(clinic);
  const patient = await openAsPatient(browser, world, 'Agustina Río');
  await certified(patient);
  await registerPatient(clinic, patient);
  say('Writing a visit');
  await writeVisit(clinic, patient);
  await openAwaiting(patient);
  const asked = await photograph(patient.page, path.join(folder, 'screenshot-patient.png'));
  await patient.page.getByRole('button', { name: 'Confirm and sign' }).click();
  await becomesFinal(clinic);
  return [await photograph(clinic.page, path.join(folder, 'screenshot.png')), asked];
}

/** Starts the product and a browser, and stops both whatever happens. */
async function inAWorld<T>(work: (world: World, browser: Browser) => Promise<T>): Promise<T> {
  const executablePath = systemChromium();
  const browser = await chromium.launch({ args: [...CHROMIUM_FLAGS], ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    say('Starting the demonstration');
    const world = await startWorld({ demonstration: true });
    return await work(world, browser).finally(() => world.stop());
  } finally {
    await browser.close();
  }
}

await runMain(async () => {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: path.join(ROOT, 'docs') }, json: { type: 'boolean', default: false } },
  });
  await ensureChromium(say);
  await ensureBuild();
  mkdirSync(values.out, { recursive: true });
  const pictures = await inAWorld((world, browser) => takePictures(world, browser, path.resolve(values.out)));
  for (const { file, bytes } of pictures) say(`${file}: ${bytes} bytes`);
  if (values.json) process.stdout.write(`${JSON.stringify({ pictures })}\n`);
});
