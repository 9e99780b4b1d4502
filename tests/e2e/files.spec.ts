// A story of large files in a consortium of two clinics: a photo and a DICOM image are attached to a visit, sealing is interrupted by a reload
// and goes on, the patient sees and saves them, and so does the clinic that she lets read. Nothing of where the photo was taken is left.
import { randomFillSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Browser, expect, test } from '@playwright/test';
import { TRACES, png } from '../vectors/photos.ts';
import {
  type Tab,
  becomesFinal,
  certified,
  comeBack,
  confirmNewest,
  foundConsortium,
  go,
  inDays,
  joinByInvitation,
  openAsPatient,
  openPatient,
  registerPatient,
  votes,
} from './people.ts';
import { type World, startWorld } from './world.ts';

test.describe.configure({ mode: 'serial' });

const SCAN_BYTES = 24 * 1024 * 1024 + 4321;

let world: World;
let browser: Browser;
let clinic: Tab;
let reader: Tab;
let patient: Tab;
let folder: string;
let scan: Buffer;
const at = (name: string): string => path.join(folder, name);

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  world = await startWorld({ demonstration: false });
  folder = await mkdtemp(path.join(tmpdir(), 'clinicord-files-'));
  scan = randomFillSync(Buffer.alloc(SCAN_BYTES));
  scan.write('DICM', 128, 'latin1');
  await writeFile(at('scan.dcm'), scan);
  await writeFile(at('wound.png'), png().photo);
  await writeFile(at('note.svg'), '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>');
});
test.afterAll(async () => {
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

async function saved(tab: Tab, name: string): Promise<Buffer> {
  const coming = tab.page.waitForEvent('download');
  await tab.page.getByRole('link', { name: `Save ${name}` }).click({ timeout: 60_000 });
  const target = at(`${tab.name}-${name}`);
  await (await coming).saveAs(target);
  return readFile(target);
}

const files = (tab: Tab) => tab.page.getByRole('list', { name: 'Files' });

test('a photo and a DICOM image are attached; sealing goes on after a reload; what is no picture or document is refused', async () => {
  clinic = await foundConsortium(browser, world, 'Lake consortium', 'Alder Clinic');
  await votes(clinic);
  await go(clinic, 'Network');
  const link = await clinic.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  reader = await joinByInvitation(browser, link, 'Birch Clinic');
  await go(clinic, 'Supervision centre');
  await clinic.page.getByRole('button', { name: 'Approve Birch Clinic' }).click();
  await votes(reader);
  patient = await openAsPatient(browser, world, 'Bernardo Ruiz', link);
  await clinic.page.getByRole('button', { name: /^Approve Patient/ }).click();
  await certified(patient);
  await registerPatient(clinic, patient);

  await clinic.page.getByRole('link', { name: 'Write a visit' }).click();
  await clinic.page.getByRole('textbox', { name: 'Reason' }).fill('Wound of the knee');
  const choose = () => clinic.page.getByLabel('Choose files, or drop them here');
  await choose().setInputFiles([at('wound.png'), at('note.svg'), at('scan.dcm')]);
  await expect(files(clinic)).toContainText('wound.png');
  await expect(files(clinic).getByText(/JPEG, PNG and WebP pictures, PDF documents and DICOM images/)).toBeVisible();
  await clinic.page.getByRole('button', { name: 'Remove note.svg' }).click();
  await expect(clinic.page.getByText(/^Draft saved/)).toBeVisible();
  // In the middle of it: the page goes away.
  await expect(clinic.page.getByRole('progressbar', { name: 'Sealing scan.dcm' })).toHaveAttribute('value', /^[1-9]/);
  await clinic.page.reload();
  clinic = await comeBack(clinic, world, true);
  await openPatient(clinic, patient);
  await clinic.page.getByRole('link', { name: 'Write a visit' }).click();
  await expect(clinic.page.getByRole('textbox', { name: 'Reason' })).toHaveValue('Wound of the knee');
  await choose().setInputFiles([at('scan.dcm')]);
  await expect(clinic.page.getByRole('button', { name: 'Remove scan.dcm' })).toBeVisible({ timeout: 60_000 });
  await expect(files(clinic).getByRole('listitem')).toHaveCount(2);
  await clinic.page.getByRole('button', { name: 'Check and preview' }).click();
  await clinic.page.getByRole('button', { name: 'Write record' }).click({ timeout: 60_000 });
  await expect(clinic.page.getByRole('heading', { name: /^Record of/, level: 1 })).toBeVisible({ timeout: 60_000 });
});

test('the patient sees the photo, without what the camera wrote into it, and signs', async () => {
  await confirmNewest(patient);
  await becomesFinal(patient);
  await patient.page.getByRole('button', { name: 'Show wound.png' }).click();
  const picture = patient.page.getByRole('img', { name: 'wound.png' });
  await expect(picture).toBeVisible({ timeout: 60_000 });
  expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1);
  const photo = await saved(patient, 'wound.png');
  expect(photo.equals(png().clean)).toBe(true);
  expect(TRACES.filter((trace) => photo.includes(trace))).toEqual([]);
});

test('a clinic that she lets read gets the DICOM image byte for byte, and she sees that it read', async () => {
  await patient.page.getByRole('button', { name: 'Give access' }).click();
  const dialog = patient.page.getByRole('dialog');
  await dialog.getByLabel('Clinic').selectOption({ label: 'Birch Clinic, Dr. Birch Clinic' });
  await dialog.getByRole('textbox', { name: 'Purpose' }).fill('Second opinion');
  await dialog.getByLabel('Until').fill(inDays(30));
  await dialog.getByRole('button', { name: 'Give access' }).click();
  await expect(dialog).toBeHidden({ timeout: 60_000 });
  await go(reader, 'Records');
  await reader.page.getByRole('tab', { name: 'Granted to us' }).click();
  await reader.page.getByRole('listitem').filter({ hasText: 'Readable by grant' }).getByRole('link').first().click();
  await reader.page.getByRole('button', { name: 'Open the record' }).click({ timeout: 60_000 });
  await reader.page.getByRole('button', { name: 'Fetch scan.dcm' }).click({ timeout: 60_000 });
  expect((await saved(reader, 'scan.dcm')).equals(scan)).toBe(true);
  await go(patient, 'Reads');
  await expect(patient.page.getByRole('table', { name: 'Reads' })).toContainText('Birch Clinic');
});
