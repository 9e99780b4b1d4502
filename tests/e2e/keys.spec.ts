// Stories of a person's keys: each way to them is taken away in turn, and the data stays (design: Keys). A consortium of three
// tabs and a patient; passkeys by the browser's own virtual authenticator. Judged by what people see.
import AxeBuilder from '@axe-core/playwright';
import { type Browser, type CDPSession, type Page, expect, test } from '@playwright/test';
import {
  PASSPHRASE,
  type Tab,
  becomesFinal,
  certified,
  confirmNewest,
  foundConsortium,
  go,
  joinByInvitation,
  openAsPatient,
  registerPatient,
  votes,
  writeVisit,
} from './people.ts';
import { type World, startWorld } from './world.ts';

const NEW_PASSPHRASE = 'four clouds over the lake';
test.describe.configure({ mode: 'serial' });

let world: World;
let browser: Browser;
let founder: Tab;
let birch: Tab;
let cedar: Tab;
let patient: Tab;
let invitation = '';
let pseudonym = '';

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  const served = await startWorld({ demonstration: false });
  // Browsers make passkeys for names, not for numbers.
  world = { ...served, url: served.url.replace('127.0.0.1', 'localhost') };
});
test.afterAll(() => world.stop());

async function approve(by: Tab, name: string | RegExp): Promise<void> {
  await go(by, 'Supervision centre');
  await by.page.getByRole('button', { name: typeof name === 'string' ? `Approve ${name}` : name }).click();
}

async function invitationOf(tab: Tab): Promise<string> {
  await go(tab, 'Network');
  return tab.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
}

async function passes(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

async function keysPage(tab: Tab): Promise<Page> {
  await go(tab, 'Keys and recovery');
  await expect(tab.page.getByRole('heading', { level: 1, name: 'Keys and recovery' })).toBeVisible();
  return tab.page;
}

async function lock(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Lock', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
}

async function unlock(page: Page, passphrase: string): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox', { name: 'Passphrase' }).fill(passphrase);
  await page.getByRole('dialog').getByRole('button', { name: 'Unlock', exact: true }).click();
}

/** An authenticator that says yes, as a phone or a laptop has one. */
async function authenticator(page: Page): Promise<{ readonly remove: () => Promise<void> }> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('WebAuthn.enable');
  const { authenticatorId } = await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      hasPrf: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  const remove = async (): Promise<void> => {
    await session.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
  };
  return { remove };
}

/** A browser in which nothing is, asking for keys; returns its page with the link and the words. */
async function askForKeys(purpose: 'Recover with guardians' | 'Add this device'): Promise<{ page: Page; link: string; words: string }> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(world.url);
  await page.getByRole('link', { name: purpose }).click();
  await page.getByRole('textbox', { name: 'Invitation link' }).fill(invitation);
  await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(NEW_PASSPHRASE);
  await page.getByRole('textbox', { name: 'Repeat the passphrase' }).fill(NEW_PASSPHRASE);
  await page.getByRole('button', { name: 'Make the request' }).click();
  const link = page.getByRole('textbox', { name: 'Link of the request' });
  await expect(link).toBeVisible();
  if (purpose === 'Recover with guardians') await passes(page);
  return { page, link: await link.inputValue(), words: await page.getByTestId('wish-words').innerText() };
}

async function readRequest(tab: Tab, link: string, words: string): Promise<Page> {
  const page = await keysPage(tab);
  await page.getByRole('textbox', { name: 'Link of the request' }).fill(link);
  await page.getByRole('button', { name: 'Read it' }).click();
  await expect(page.getByTestId('request-words')).toHaveText(words);
  return page;
}

async function helpAsGuardian(tab: Tab, link: string, words: string): Promise<void> {
  const page = await readRequest(tab, link, words);
  await page.getByRole('combobox', { name: 'Who is asking' }).selectOption({ label: `${patient.name} (${pseudonym})` });
  await page.getByLabel('I spoke with this person, and the four words are the same').check();
  await page.getByRole('button', { name: 'Hand out my share' }).click();
  await expect(page.getByText('It was handed out')).toBeVisible();
}

/** Everything that the browser keeps for this address, as text. */
async function kept(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    const decoder = new TextDecoder('latin1');
    const textOf = (value: unknown): string => {
      if (value instanceof Uint8Array) return decoder.decode(value);
      if (value instanceof ArrayBuffer) return decoder.decode(new Uint8Array(value));
      if (typeof value === 'object' && value !== null) return Object.values(value).map(textOf).join(' ');
      return String(value);
    };
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('no answer'));
      });
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name));
      for (const store of database.objectStoreNames) {
        const rows = database.transaction(store).objectStore(store);
        texts.push(textOf(await done(rows.getAllKeys())));
        texts.push(textOf(await done(database.transaction(store).objectStore(store).getAll())));
      }
      database.close();
    }
    return texts.join('\n');
  });
}

test('a patient has a record, and her name lies nowhere in clear in her browser', async () => {
  founder = await foundConsortium(browser, world, 'Valley consortium', 'Alder Clinic');
  await votes(founder);
  invitation = await invitationOf(founder);
  [birch, cedar, patient] = await Promise.all([
    joinByInvitation(browser, invitation, 'Birch Clinic'),
    joinByInvitation(browser, invitation, 'Cedar Clinic'),
    openAsPatient(browser, world, 'Bernardo Ruiz', invitation),
  ]);
  for (const name of ['Birch Clinic', 'Cedar Clinic', /^Approve Patient/]) await approve(founder, name);
  await Promise.all([votes(birch), votes(cedar), certified(patient)]);
  await registerPatient(birch, patient);
  await writeVisit(birch, patient, 'Sprained ankle');
  await confirmNewest(patient);
  await becomesFinal(patient);
  await go(patient, 'Settings');
  pseudonym = (await patient.page.getByText(/^[0-9a-f]{32}$/).innerText()).slice(0, 8);
  const text = await kept(patient.page);
  expect(text.includes('Valley consortium'), 'the look reaches what is stored').toBe(true);
  const secrets = ['Bernardo', 'Ruiz', 'ankle', patient.words.split(' ').slice(0, 2).join(' ')];
  for (const secret of secrets) expect(text.includes(secret), secret).toBe(false);
});

test('a passkey opens what a forgotten passphrase does not, and the other way round', async () => {
  const page = await keysPage(patient);
  const phone = await authenticator(page);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('textbox', { name: 'What you call it' }).fill('My phone');
  await page.getByRole('textbox', { name: 'Passphrase' }).fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('list', { name: 'Ways in' })).toContainText('My phone');
  await passes(page);
  await lock(page);
  await expect(page.getByRole('heading', { name: `Unlock Patient ${pseudonym}` })).toBeVisible();
  await page.getByRole('button', { name: 'Unlock with a passkey' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  // The passphrase is forgotten: the passkey sets another.
  await page.getByRole('button', { name: 'Change the passphrase' }).click();
  await page.getByRole('radio', { name: 'A passkey' }).check();
  await page.getByRole('textbox', { name: 'New passphrase', exact: true }).fill(NEW_PASSPHRASE);
  await page.getByRole('textbox', { name: 'Repeat the new passphrase' }).fill(NEW_PASSPHRASE);
  await page.getByRole('button', { name: 'Change', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  // The phone is gone.
  await phone.remove();
  await lock(page);
  await unlock(page, PASSPHRASE);
  await expect(page.getByRole('alert')).toContainText('The passphrase does not open');
  await unlock(page, NEW_PASSPHRASE);
  await expect(page.getByRole('dialog')).toBeHidden();
  await page.getByRole('button', { name: 'Remove My phone' }).click();
  await expect(page.getByRole('list', { name: 'Ways in' })).not.toContainText('My phone');
});

test('words, passphrase and browser lost: two of three guardians bring the keys back, one does not', async () => {
  const page = await keysPage(patient);
  await page.getByRole('button', { name: 'Choose guardians' }).click();
  for (const name of ['Alder Clinic', 'Birch Clinic', 'Cedar Clinic']) await page.getByLabel(name).check();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Passphrase' }).fill(NEW_PASSPHRASE);
  await passes(page);
  await page.getByRole('button', { name: 'Give out the shares' }).click();
  await expect(page.getByText('Any 2 of 3 guardians can bring your keys back.')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Guardians' }).getByText('Holds its share')).toHaveCount(3);
  const asked = await askForKeys('Recover with guardians');
  await helpAsGuardian(birch, asked.link, asked.words);
  await expect(asked.page.getByText('1 answer of 2: Birch Clinic')).toBeVisible();
  await expect(asked.page.getByRole('button', { name: 'Use these keys' })).toBeHidden();
  await helpAsGuardian(cedar, asked.link, asked.words);
  await expect(asked.page.getByText(`Bernardo Ruiz, ${pseudonym}`)).toBeVisible();
  await asked.page.getByRole('button', { name: 'Use these keys' }).click();
  const recovered: Tab = { ...patient, page: asked.page, context: asked.page.context() };
  await certified(recovered);
  await go(recovered, 'My records');
  await recovered.page.getByRole('list', { name: 'My records' }).getByRole('link').first().click();
  await expect(recovered.page.getByRole('group', { name: /Content of version/ })).toContainText('Sprained ankle', { timeout: 60_000 });
  await recovered.context.close();
});

test('another device gets the keys from the first, after both show the same words', async () => {
  const asked = await askForKeys('Add this device');
  const page = await readRequest(patient, asked.link, asked.words);
  await page.getByLabel('The other device is mine and shows the same four words').check();
  await page.getByRole('textbox', { name: 'Passphrase' }).fill(NEW_PASSPHRASE);
  await page.getByRole('button', { name: 'Hand over my keys' }).click();
  await expect(page.getByText('It was handed out')).toBeVisible();
  await asked.page.getByRole('button', { name: 'Use these keys' }).click();
  const second: Tab = { ...patient, page: asked.page, context: asked.page.context() };
  await certified(second);
  await second.context.close();
});

test("a founder's 24 words bring the clinic and the supervision centre back", async () => {
  invitation = await invitationOf(birch);
  await founder.context.close();
  const page = await (await browser.newContext()).newPage();
  await page.goto(world.url);
  await page.getByRole('button', { name: 'Restore with 24 words' }).click();
  await page.getByRole('textbox', { name: 'Invitation link' }).fill(invitation);
  await page.getByRole('textbox', { name: '24 words' }).fill(founder.words);
  await page.getByRole('radio', { name: 'A clinic' }).check();
  await page.getByRole('textbox', { name: 'Clinic name' }).fill(founder.name);
  await page.getByRole('textbox', { name: 'Clinician' }).fill(`Dr. ${founder.name}`);
  await page.getByRole('textbox', { name: 'Passphrase', exact: true }).fill(PASSPHRASE);
  await page.getByRole('textbox', { name: 'Repeat the passphrase' }).fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  const restored: Tab = { ...founder, page, context: page.context() };
  await expect(page.getByText('Clinic and supervision centre')).toBeVisible();
  // A lost browser lost its member key too: the same seat, a new key, certified by the centre that is back (R14).
  await approve(restored, founder.name);
  await votes(restored);
});
