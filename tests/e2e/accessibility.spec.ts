// Every page that can be reached without a consortium, and a founder's own pages, pass the accessibility checks of axe.
import AxeBuilder from '@axe-core/playwright';
import { type Page, expect, test } from '@playwright/test';
import { foundConsortium, go, votes } from './people.ts';
import { type World, startWorld } from './world.ts';

let world: World;
test.beforeAll(async () => {
  world = await startWorld({ demonstration: false });
});
test.afterAll(() => world.stop());

async function passes(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(' ')).join(', ')}`)).toEqual([]);
}

test('the ways in', async ({ page }) => {
  for (const place of [
    '',
    '#/start/clinic',
    '#/start/patient',
    '#/start/found',
    '#/start/invitation',
    '#/start/restore',
    '#/start/guardians',
    '#/start/device',
    '#/help',
  ]) {
    await page.goto(`${world.url}/${place}`);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await passes(page);
  }
});

test("a founder's pages", async ({ browser }) => {
  const founder = await foundConsortium(browser, world, 'Hill consortium', 'Elm Clinic');
  await votes(founder);
  for (const place of ['Patients', 'Records', 'Supervision centre', 'Ledger', 'Network', 'Keys and recovery', 'Settings', 'Help']) {
    await go(founder, place);
    await expect(founder.page.getByRole('heading', { level: 1 })).toBeVisible();
    await passes(founder.page);
  }
});
