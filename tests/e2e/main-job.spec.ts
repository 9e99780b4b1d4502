// Story (a), first part: a clinic writes, the members agree, the patient signs and reads.
import { type Browser, chromium, expect, test } from '@playwright/test';
import { becomesFinal, certified, confirmNewest, joinAsClinic, openAsPatient, registerPatient, votes, writeVisit } from './people.ts';
import { type World, startWorld } from './world.ts';

let world: World;
test.beforeAll(async () => {
  world = await startWorld({ demonstration: true });
});
test.afterAll(() => world.stop());

test('a clinic writes a visit, the patient signs it, the members agree', async ({ browser }) => {
  const clinic = await joinAsClinic(browser, world, 'North Hospital');
  const patient = await openAsPatient(browser, world, 'Agustina Río');
  await votes(clinic);
  await certified(patient);
  await clinic.page.screenshot({ path: 'test-results/clinic.png' });
  await registerPatient(clinic, patient);
  await writeVisit(clinic, patient, 'Shortness of breath');
  await confirmNewest(patient);
  await becomesFinal(patient);
  await becomesFinal(clinic);
  await clinic.page.screenshot({ path: 'test-results/clinic-final.png', fullPage: true });
  await patient.page.screenshot({ path: 'test-results/patient-final.png', fullPage: true });
});
