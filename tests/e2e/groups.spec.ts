// Four groups of four: eight tabs and eight archive members agree in groups over WebRTC. One after another, each healed before the
// next: the tab of the leader is closed, a whole group goes away, a tab is frozen and woken. Each time a record is written, confirmed
// and final. Judged by what people see. Long: `npm run stories -- --grep @long`; tests/acceptance has the same story on memory twins.
import { type Browser, expect, test } from '@playwright/test';
import { type Archives, startArchives } from './archives.ts';
import {
  type Tab,
  becomesFinal,
  certified,
  comeBack,
  confirmNewest,
  go,
  joinByInvitation,
  openAsPatient,
  registerPatient,
  votes,
  writeVisit,
} from './people.ts';
import { type World, startWorld } from './world.ts';

test.describe.configure({ mode: 'serial', timeout: 10 * 60_000 });

const TABS = 8;
/** Heights that may pass until a tab leads: groups take turns, and half of the members are tabs. */
const MAX_TURNS = 12;

let world: World;
let browser: Browser;
let archives: Archives;
let clinics: readonly Tab[] = [];
let patient: Tab;
let newcomers = 0;

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  world = await startWorld({ demonstration: false });
  archives = await startArchives(world, 8);
});
test.afterAll(async () => {
  await archives.stop();
  await world.stop();
});

/** The names in each group, as the network page of `asked` shows them. */
async function groupsAs(asked: Tab): Promise<readonly (readonly string[])[]> {
  await go(asked, 'Network');
  const groups = asked.page.getByRole('list', { name: 'Groups' }).locator(':scope > li');
  await expect(groups).toHaveCount(4);
  const lists = await asked.page.getByRole('list', { name: /^Members of group/ }).all();
  return Promise.all(lists.map((list) => list.locator('summary strong').allInnerTexts()));
}

/** Somebody new is certified and publishes keys: some more heights. */
async function moreHeights(): Promise<void> {
  newcomers += 1;
  const newcomer = await openAsPatient(browser, world, `Newcomer ${newcomers}`, archives.link());
  await certified(newcomer);
  await newcomer.context.close();
}

/** A clinic whose tab leads the next height. Newcomers and records bring heights in different numbers, or the turn would come back to
 *  the same group each time. */
async function leadingTab(asked: Tab): Promise<Tab> {
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    await go(asked, 'Network');
    const text = await asked.page.getByText(/leads the next block/).innerText();
    const found = clinics.find((clinic) => text.startsWith(clinic.name));
    if (found !== undefined) return found;
    await (turn % 2 === 0 ? story(asked, `Visit ${turn}`) : moreHeights());
  }
  throw new Error('no tab led');
}

async function story(writer: Tab, reason: string): Promise<void> {
  await writeVisit(writer, patient, reason);
  await confirmNewest(patient);
  await becomesFinal(patient);
  await becomesFinal(writer);
}

const replaced = (old: Tab, back: Tab): readonly Tab[] => clinics.map((clinic) => (clinic === old ? back : clinic));
const writerOf = (but: readonly Tab[] = []): Tab => {
  const [first] = clinics.filter((clinic) => !but.includes(clinic));
  if (first === undefined) throw new Error('nobody');
  return first;
};

test('sixteen members vote in four groups, and a record becomes final @long', async () => {
  const link = archives.link();
  for (let number = 1; number <= TABS; number += 1) {
    const clinic = await joinByInvitation(browser, link, `Clinic ${'ABCDEFGH'[number - 1] ?? ''}`);
    await votes(clinic);
    clinics = [...clinics, clinic];
    // The last one begins the epoch that looks at it.
    if (number === TABS - 1) await archives.rate(clinics.map(({ name }) => name));
  }
  patient = await openAsPatient(browser, world, 'Bernardo Ruiz', link);
  await certified(patient);
  for (const clinic of clinics) await registerPatient(clinic, patient);
  const groups = await groupsAs(writerOf());
  expect(groups.map((group) => group.length)).toEqual([4, 4, 4, 4]);
  await story(writerOf(), 'First visit');
});

test("the leader's tab is closed midway, and the record becomes final; it comes back and votes (R7, R14) @long", async () => {
  const leader = await leadingTab(writerOf());
  await leader.page.close();
  await story(writerOf([leader]), 'While the leader is away');
  const back = await comeBack(leader, world);
  clinics = replaced(leader, back);
  await votes(back);
});

test('a whole group goes away, its tabs closed and its archive members stopped, and comes back (R9) @long', async () => {
  const groups = await groupsAs(writerOf());
  const lost = groups.find((group) => !group.includes(archives.names[0] ?? '') && !group.includes(writerOf().name)) ?? [];
  const lostTabs = clinics.filter((clinic) => lost.includes(clinic.name));
  const lostArchives = archives.names.filter((name) => lost.includes(name));
  expect(lostTabs.length + lostArchives.length).toBe(4);
  for (const tab of lostTabs) await tab.page.close();
  for (const name of lostArchives) await archives.stopOne(name);
  await story(writerOf(lostTabs), 'While a group is away');
  for (const name of lostArchives) await archives.startAgain(name);
  for (const tab of lostTabs) {
    const back = await comeBack(tab, world);
    clinics = replaced(tab, back);
    await votes(back);
  }
});

test('a tab is frozen, as a browser freezes one in the background, and woken @long', async () => {
  const frozen = await leadingTab(writerOf());
  const devtools = await frozen.context.newCDPSession(frozen.page);
  await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await story(writerOf([frozen]), 'While a tab is frozen');
  await devtools.send('Page.setWebLifecycleState', { state: 'active' });
  await story(writerOf([frozen]), 'After it was woken');
  await go(frozen, 'Network');
  await expect(frozen.page.getByText('This tab saw no member contradict itself.')).toBeVisible();
  await votes(frozen);
});
