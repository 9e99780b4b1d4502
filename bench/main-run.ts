// One run of the main job with so many clinics' tabs open: records are written, released one by one under the clock, then the rest as
// fast as the patient's page lets her.
import type { Browser } from '@playwright/test';
import type { Tab } from '../tests/e2e/people.ts';
import { Finals, type Legs, type Release, legsOf, release, releasesPerSecond, writeRecords } from './releases.ts';
import { percentile, rounded } from './statistics.ts';
import { type ProcessCost, bytesSent, tabProcesses } from './tab-meters.ts';

export interface RunOptions {
  readonly browser: Browser;
  readonly writer: Tab;
  /** Clinics' tabs that vote, the writer's among them. */
  readonly voters: readonly Tab[];
  readonly patient: Tab;
  /** Clinics' tabs that are open; the patient's is one more. */
  readonly tabs: number;
  /** The bundle that is imported as every record. */
  readonly file: string;
  readonly recordBytes: number;
  /** Records before the clock counts, under the clock, and released without waiting. */
  readonly counts: { readonly warmUp: number; readonly timed: number; readonly rush: number };
  say(line: string): void;
}

/** What one run found; the benchmark prints it as it is. */
export type Run = Awaited<ReturnType<typeof run>>;

export async function run({ browser, writer, voters, patient, tabs, file, recordBytes, counts, say }: RunOptions) {
  const count = counts.warmUp + counts.timed + counts.rush;
  const sentBefore = await sentBy(voters);
  say(`  writing ${count} records`);
  const records = await writeRecords(writer, patient, file, count);
  const finals = await Finals.on(writer);
  say('  releasing them one by one');
  for (const record of records.slice(0, counts.warmUp)) await release(patient, finals, record);
  const cpuBefore = cpuSeconds(await tabProcesses(browser, tabs + 1));
  const releases: Release[] = [];
  for (const record of records.slice(counts.warmUp, -counts.rush)) releases.push(await release(patient, finals, record));
  const processes = await tabProcesses(browser, tabs + 1);
  say('  releasing the others without waiting');
  const recordsPerSecond = await releasesPerSecond(patient, finals, records.slice(-counts.rush));
  const legs: Legs[] = [];
  for (const released of releases) legs.push(await legsOf(writer, released));
  const times = releases.map(({ pressedMs, shownMs }) => shownMs - pressedMs);
  const median = (leg: keyof Legs): number =>
    percentile(
      legs.map((all) => all[leg]),
      50,
    );
  return {
    tabs,
    recordBytes,
    /** How many the percentiles are of: with fewer than 100, p99 is the slowest. */
    records: releases.length,
    writeToFinalMs: { p50: percentile(times, 50), p99: percentile(times, 99) },
    /** Medians of the legs. */
    legsMs: { sign: median('sign'), propose: median('propose'), agree: median('agree'), show: median('show') },
    recordsPerSecond: rounded(recordsPerSecond),
    /** By one clinic that votes, for one record from writing to final; the writer's share is in the mean. */
    bytesSentPerMember: Math.round(((await sentBy(voters)) - sentBefore) / voters.length / count),
    tabMegabytes: Math.round(mean(processes.map(({ megabytes }) => megabytes))),
    /** Of all tabs together, while records are released one by one. */
    tabCpuMsPerRecord: Math.round((1000 * (cpuSeconds(processes) - cpuBefore)) / releases.length),
  };
}

async function sentBy(tabs: readonly Tab[]): Promise<number> {
  return sum(await Promise.all(tabs.map(({ page }) => bytesSent(page))));
}

const cpuSeconds = (processes: readonly ProcessCost[]): number => sum(processes.map((process) => process.cpuSeconds));
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;
