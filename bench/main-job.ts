// `npm run bench -- main`: the main job in real tabs. Beside the demonstration's seven archive members so many clinics have a tab each
// (three of them vote), and a patient hers. Measured is the time from her press on "Confirm and sign" to final on the page of the
// clinic that wrote, as the pages show it; no hooks in the product.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type Browser, chromium } from '@playwright/test';
import { CHROMIUM_FLAGS, ensureChromium, systemChromium } from '../scripts/chromium.ts';
import { firstLoad } from '../scripts/first-load.ts';
import { ensureBuild } from '../scripts/prepare.ts';
import { ROOT, ToolchainError } from '../scripts/toolchain.mjs';
import { samplePatient } from '../src/node/records/index.ts';
import { type Tab, badges, certified, joinAsClinic, openAsPatient, registerPatient } from '../tests/e2e/people.ts';
import { type World, startWorld } from '../tests/e2e/world.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { type Run, run as measure } from './main-run.ts';
import { sinceOpened } from './page-probes.ts';
import { percentile, rounded } from './statistics.ts';

/** An invented patient whose bundle has about 20 kB. */
const SAMPLE = samplePatient({ seed: 427, visits: 2 });
/** Seats that the demonstration has for visitors (R17). */
const VISITORS_THAT_VOTE = 3;
const OPENINGS = 5;
const TIMEOUT_MS = 60_000;
const JOIN = 'Join the demonstration as a clinic';

export async function run({ args, say }: BenchOptions): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: { tabs: { type: 'string', default: '4,8' }, records: { type: 'string', default: '20' } },
  });
  const plan = { tabs: values.tabs.split(',').map(Number), timed: Number(values.records) };
  say('Building the page where its sources have changed');
  await ensureBuild();
  await ensureChromium(say);
  const { kilobytes } = firstLoad(path.join(ROOT, 'dist'));
  const found = await onStage(say, (stage) => perform(stage, plan));
  const document = { ...found, firstLoadKilobytes: kilobytes };
  return {
    document,
    lines: [...found.runs.flatMap(linesOf), `${kilobytes} kB before the node starts; usable after ${found.interactiveMs} ms`],
  };
}

interface Stage {
  readonly browser: Browser;
  readonly world: World;
  readonly folder: string;
  say(line: string): void;
}

/** Relay, demonstration, browser and a folder, all gone afterwards, also after Ctrl-C. */
async function onStage<T>(say: Stage['say'], act: (stage: Stage) => Promise<T>): Promise<T> {
  say('Starting the relay and seven archive members');
  const world = await startWorld({ demonstration: true });
  const executablePath = systemChromium();
  const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
  const options = { args: [...CHROMIUM_FLAGS], ...signals, ...(executablePath === undefined ? {} : { executablePath }) };
  const browser = await chromium.launch(options).catch(async (error: unknown) => {
    await world.stop();
    throw error;
  });
  const told = new AbortController();
  // Whatever is under way fails then, and the way out below is taken.
  const interrupt = (): void => {
    told.abort();
    void browser.close();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const folder = await mkdtemp(path.join(tmpdir(), 'clinicord-bench-'));
  try {
    return await act({ browser, world, folder, say });
  } catch (error) {
    throw told.signal.aborted
      ? new ToolchainError('The benchmark was stopped.', 'Nothing of it is left; start it again when you like.')
      : error;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await browser.close();
    await world.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function perform(stage: Stage, plan: { readonly tabs: readonly number[]; readonly timed: number }) {
  const { browser, folder, say } = stage;
  const text = JSON.stringify(SAMPLE);
  const file = path.join(folder, 'record.json');
  writeFileSync(file, text);
  const untilInteractiveMs = await interactiveMs(stage);
  const clinics: Tab[] = [];
  const runs: Run[] = [];
  let patient: Tab | null = null;
  for (const tabs of plan.tabs) {
    say(`${tabs} tabs`);
    while (clinics.length < tabs) clinics.push(await openClinic(stage, clinics.length));
    const [writer] = clinics;
    if (writer === undefined) throw new Error('there must be a tab to write in');
    patient ??= await openPatient(stage, writer);
    const counts = { warmUp: 3, timed: plan.timed, rush: Math.max(4, plan.timed / 2) };
    const voters = clinics.slice(0, VISITORS_THAT_VOTE);
    const found = await measure({ browser, writer, voters, patient, tabs, file, recordBytes: Buffer.byteLength(text), counts, say });
    say(`  ${linesOf(found).join('; ')}`);
    runs.push(found);
  }
  return { runs, interactiveMs: untilInteractiveMs };
}

/** Median of how long a browser that has never seen the page takes until its first button can be pressed. */
async function interactiveMs({ browser, world }: Stage): Promise<number> {
  const times: number[] = [];
  while (times.length < OPENINGS) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(world.url, { waitUntil: 'commit' });
    const handle = await page.waitForFunction(sinceOpened, JOIN, { timeout: TIMEOUT_MS });
    times.push((await handle.jsonValue()) ?? NaN);
    await context.close();
  }
  return Math.round(percentile(times, 50));
}

/** One more clinic's tab, settled as a voter or an observer. */
async function openClinic({ browser, world }: Stage, before: number): Promise<Tab> {
  const clinic = await joinAsClinic(browser, world, `Clinic ${before + 1}`);
  const state = before < VISITORS_THAT_VOTE ? 'Voting member' : 'Observer';
  await badges(clinic).getByText(state, { exact: true }).waitFor({ timeout: TIMEOUT_MS });
  return clinic;
}

async function openPatient({ browser, world }: Stage, clinic: Tab): Promise<Tab> {
  const patient = await openAsPatient(browser, world, 'Agustina Río');
  await certified(patient);
  await registerPatient(clinic, patient);
  return patient;
}

function linesOf({
  tabs,
  records,
  writeToFinalMs: { p50, p99 },
  recordsPerSecond,
  bytesSentPerMember,
  tabMegabytes,
}: Run): readonly string[] {
  return [
    `${tabs} tabs: signed to final ${p50} ms (p50), ${p99} ms (p99) of ${records} records; ${recordsPerSecond} records/s`,
    `${rounded(bytesSentPerMember / 1000)} kB sent by a voting clinic for a record; ${tabMegabytes} MB for a tab`,
  ];
}
