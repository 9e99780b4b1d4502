// A story of re-encryption in tabs (P3-10): three clinics and a patient; her grant's pieces lie with the two that are not the reader; the reader
// reads with her tab closed; she revokes, and sees both sign that they deleted their pieces. Judged by what people see.
import { type Browser, expect, test } from '@playwright/test';
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
  registerPatient,
  votes,
  writeVisit,
} from './people.ts';
import { type World, startWorld } from './world.ts';

test.describe.configure({ mode: 'serial' });

const PATIENCE_MS = 60_000;

let world: World;
let browser: Browser;
let founder: Tab;
let reader: Tab;
let patient: Tab;

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  world = await startWorld({ demonstration: false });
});
test.afterAll(() => world.stop());

async function approve(name: string | RegExp): Promise<void> {
  await go(founder, 'Supervision centre');
  await founder.page.getByRole('button', { name: typeof name === 'string' ? `Approve ${name}` : name }).click({ timeout: PATIENCE_MS });
}

test('a patient grants, and two clinics hold the pieces of her permission', async () => {
  founder = await foundConsortium(browser, world, 'Hill consortium', 'Alder Clinic');
  await votes(founder);
  await go(founder, 'Network');
  const link = await founder.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  for (const name of ['Birch Clinic', 'Cedar Clinic']) {
    reader = await joinByInvitation(browser, link, name);
    await approve(name);
    await votes(reader);
  }
  patient = await openAsPatient(browser, world, 'Bernardo Ruiz', link);
  await approve(/^Approve Patient/);
  await certified(patient);
  await registerPatient(founder, patient);
  await writeVisit(founder, patient, 'Sprained ankle');
  await confirmNewest(patient);
  await becomesFinal(patient);
  await patient.page.getByRole('button', { name: 'Give access' }).click();
  const dialog = patient.page.getByRole('dialog');
  await dialog.getByLabel('Clinic').selectOption({ label: 'Cedar Clinic, Dr. Cedar Clinic' });
  await expect(dialog).toContainText(
    /2 proxies \((?:Alder|Birch) Clinic, (?:Alder|Birch) Clinic\); more than half of them are needed to read/u,
  );
  await dialog.getByRole('textbox', { name: 'Purpose' }).fill('Second opinion');
  await dialog.getByLabel('Until').fill(inDays(30));
  await dialog.getByRole('button', { name: 'Give access' }).click();
  await expect(dialog).toBeHidden({ timeout: PATIENCE_MS });
  await go(patient, 'Access');
  await expect(patient.page.getByRole('list', { name: 'Who may read now' })).toContainText('2 of 2 proxies hold their pieces', {
    timeout: PATIENCE_MS,
  });
});

test('with her tab closed the reader reads what they turn for it', async () => {
  await patient.page.close();
  await go(reader, 'Records');
  await reader.page.getByRole('tab', { name: 'Granted to us' }).click();
  await reader.page.getByRole('listitem').filter({ hasText: 'Readable by grant' }).getByRole('link').first().click();
  await reader.page.getByRole('button', { name: 'Open the record' }).click({ timeout: PATIENCE_MS });
  await expect(reader.page.getByRole('group', { name: 'Content of version 1' })).toBeVisible({ timeout: PATIENCE_MS });
});

test('she revokes, and both sign that they deleted their pieces', async () => {
  // Whoever is locked has no name on the page: her profile is called by its role.
  patient = await comeBack({ ...patient, name: 'Patient' }, world);
  await go(patient, 'Access');
  await patient.page.getByRole('button', { name: 'Revoke the access of Cedar Clinic' }).click();
  await patient.page
    .getByRole('dialog')
    .getByRole('button', { name: /Revoke/ })
    .click();
  await expect(patient.page.getByRole('list', { name: 'Ended grants' })).toContainText('2 of 2 proxies deleted their pieces', {
    timeout: PATIENCE_MS,
  });
});
