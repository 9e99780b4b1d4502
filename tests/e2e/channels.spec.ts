// Channels in real tabs: a clinic opens one on the network page, another one that it named joins it there, and leaves (P1-05, R0).
import { type Browser, expect, test } from '@playwright/test';
import { type Tab, foundConsortium, go, joinByInvitation, votes } from './people.ts';
import { type World, startWorld } from './world.ts';

let world: World;

test.beforeAll(async () => {
  world = await startWorld({ demonstration: false });
});
test.afterAll(() => world.stop());

const channels = (tab: Tab) => tab.page.getByRole('list', { name: 'Channels' }).getByRole('listitem');

async function twoClinics(browser: Browser): Promise<readonly [Tab, Tab]> {
  const founder = await foundConsortium(browser, world, 'Valley consortium', 'Alder Clinic');
  await votes(founder);
  await go(founder, 'Network');
  const link = await founder.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  const joined = await joinByInvitation(browser, link, 'Birch Clinic');
  await go(founder, 'Supervision centre');
  await founder.page.getByRole('button', { name: 'Approve Birch Clinic' }).click();
  await votes(joined);
  return [founder, joined];
}

test('a channel is opened for another clinic, which joins and leaves it; alone its opener is told that it survives nobody', async ({
  browser,
}) => {
  const [founder, joined] = await twoClinics(browser);
  await go(founder, 'Network');
  await founder.page.getByRole('button', { name: 'Open a channel' }).click();
  const dialog = founder.page.getByRole('dialog', { name: 'Open a channel' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Diabetes register');
  await dialog.getByRole('radio', { name: /^Shared channel/ }).check();
  await dialog.getByRole('checkbox', { name: 'Birch Clinic' }).check();
  await expect(dialog.getByText(/^Survives 0 faulty of 2\./)).toBeVisible();
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  const own = channels(founder).filter({ hasText: 'Diabetes register' });
  await expect(own.getByText('Survives 0', { exact: true })).toBeVisible();
  await expect(own.getByText(/Birch Clinic \(named\)/)).toBeVisible();
  await go(joined, 'Network');
  const theirs = channels(joined).filter({ hasText: 'Diabetes register' });
  await theirs.getByRole('button', { name: 'Take part' }).click();
  await expect(theirs.getByText(/Birch Clinic \(votes\)/)).toBeVisible();
  await expect(own.getByText(/Birch Clinic \(votes\)/)).toBeVisible();
  await theirs.getByRole('button', { name: 'Leave' }).click();
  await joined.page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await expect(theirs).toHaveCount(0);
  await expect(own.getByText(/Birch Clinic \(left\)/)).toBeVisible();
});
