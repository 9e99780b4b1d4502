// Stories in a consortium that four tabs are alone: founded and joined by invitation, the leader's tab closed, tabs closed below
// the quorum and one reloaded between its vote and the commit (issue's c, d, g). Judged by what people see.
import { type Browser, expect, test } from '@playwright/test';
import {
  type Tab,
  becomesFinal,
  certified,
  comeBack,
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

test.describe.configure({ mode: 'serial' });

let world: World;
let browser: Browser;
let founder: Tab;
let members: readonly Tab[] = [];
let patient: Tab;

test.beforeAll(async ({ browser: started }) => {
  browser = started;
  world = await startWorld({ demonstration: false });
});
test.afterAll(() => world.stop());

async function approve(name: string | RegExp): Promise<void> {
  await go(founder, 'Supervision centre');
  await founder.page.getByRole('button', { name: typeof name === 'string' ? `Approve ${name}` : name }).click();
}

/** The tab whose clinic leads the next block, as the network page of `asked` says. */
async function leaderAs(asked: Tab): Promise<Tab> {
  await go(asked, 'Network');
  const lead = asked.page.getByText(/leads the next block/);
  await expect(lead).toBeVisible();
  const text = await lead.innerText();
  const found = members.find((member) => text.startsWith(member.name));
  if (found === undefined) throw new Error(`nobody's tab: ${text}`);
  return found;
}

test('a consortium is founded in a tab, and three clinics join by invitation once the centre approves (g)', async () => {
  founder = await foundConsortium(browser, world, 'Valley consortium', 'Alder Clinic');
  await votes(founder);
  await go(founder, 'Network');
  const link = await founder.page.getByRole('textbox', { name: 'Invitation link' }).inputValue();
  const others: Tab[] = [];
  for (const name of ['Birch Clinic', 'Cedar Clinic', 'Dogwood Clinic']) {
    const joined = await joinByInvitation(browser, link, name);
    await approve(name);
    await votes(joined);
    others.push(joined);
  }
  members = [founder, ...others];
  await go(founder, 'Network');
  await expect(founder.page.getByText('of 4 voters')).toBeVisible();
  patient = await openAsPatient(browser, world, 'Bernardo Ruiz', link);
  await approve(/^Approve Patient/);
  await certified(patient);
});

test("the leader's tab is closed midway, and the record still becomes final (c)", async () => {
  const [writer] = members.slice(1);
  if (writer === undefined) throw new Error('nobody');
  await registerPatient(writer, patient);
  await writeVisit(writer, patient, 'Sprained ankle');
  await go(patient, 'Home');
  await expect(patient.page.getByRole('list', { name: 'Awaiting you' }).getByRole('listitem')).toHaveCount(1);
  const leader = await leaderAs(writer);
  const watcher = members.find((member) => member !== leader) ?? founder;
  await leader.page.close();
  await confirmNewest(patient);
  await becomesFinal(patient);
  await go(watcher, 'Records');
  if (watcher !== writer) await watcher.page.getByRole('tab', { name: 'Of others' }).click();
  await becomesFinal(watcher);
  const back = await comeBack(leader, world);
  members = members.map((member) => (member === leader ? back : member));
  founder = members[0] ?? founder;
  await votes(back);
});

test('below the quorum nothing is agreed; a tab that is reloaded in between does not vote twice, and with the others back it goes on (d)', async () => {
  const writer = members[1] ?? founder;
  const leader = await leaderAs(writer);
  const reloaded = leader;
  const watcher = members.find((member) => member !== reloaded) ?? founder;
  await writeVisit(writer, patient, 'Ankle, second visit');
  const away = members.filter((member) => member !== reloaded && member !== watcher);
  for (const member of away) await member.page.close();
  await confirmNewest(patient);
  // The leader has proposed, so it has voted; the others cannot complete a quorum.
  await go(watcher, 'Network');
  await expect(watcher.page.getByRole('table', { name: 'Live messages' })).toContainText('proposal');
  await expect(watcher.page.getByText('more of these members must be reachable')).toBeVisible();
  await reloaded.page.reload();
  const back: Tab[] = [];
  for (const member of members) {
    if (away.includes(member)) back.push(await comeBack(member, world));
    else back.push(member === reloaded ? await comeBack(member, world, true) : member);
  }
  members = back;
  founder = members[0] ?? founder;
  await becomesFinal(patient);
  for (const member of members) {
    await go(member, 'Network');
    await expect(member.page.getByText('This tab saw no member contradict itself.')).toBeVisible();
  }
});
