// Records from the clinic to final, timed: the clinic writes them first, so that each awaits the patient; then she releases one after
// the other by "Confirm and sign", and the clock runs until the writer's page shows the record as final.
import type { JSHandle } from '@playwright/test';
import { type Tab, go, importBundle } from '../tests/e2e/people.ts';
import { type FinalWatch, openAndPress, stageTime, watchFinal } from './page-probes.ts';

const FINAL = 'Final, confirmed';
const CONFIRM = 'Confirm and sign';
const WAIT_MS = 60_000;

export interface Release {
  readonly record: string;
  readonly pressedMs: number;
  /** Her signature, as her page tells. */
  readonly signedMs: number;
  /** When the writer's page first showed it as final. */
  readonly shownMs: number;
}

/** Writes so many records and returns their ids; each then awaits the patient. */
export async function writeRecords(clinic: Tab, patient: Tab, file: string, count: number): Promise<readonly string[]> {
  const records: string[] = [];
  for (let written = 0; written < count; written += 1) {
    await importBundle(clinic, patient, file);
    records.push(new URL(clinic.page.url()).hash.split('/').at(-1) ?? '');
  }
  return records;
}

/** The writer's tab as a place where finality is seen. */
export class Finals {
  private readonly watch: JSHandle<FinalWatch>;

  private constructor(watch: JSHandle<FinalWatch>) {
    this.watch = watch;
  }

  static async on(writer: Tab): Promise<Finals> {
    await go(writer, 'Records');
    return new Finals(await writer.page.evaluateHandle(watchFinal, FINAL));
  }

  /** When the page first showed the record as final. */
  seenMs(record: string): Promise<number> {
    return this.watch.evaluate((watch, id) => watch.seen(id), record);
  }
}

const press = (patient: Tab, record: string): Promise<number> => patient.page.evaluate(openAndPress, { record, button: CONFIRM });

async function stageOf({ page }: Tab, stage: string): Promise<number> {
  const handle = await page.waitForFunction(stageTime, stage, { timeout: WAIT_MS });
  return (await handle.jsonValue()) ?? NaN;
}

/** Releases one record, waits until both pages show it as final. */
export async function release(patient: Tab, finals: Finals, record: string): Promise<Release> {
  const pressedMs = await press(patient, record);
  const shownMs = await finals.seenMs(record);
  await stageOf(patient, 'Final');
  return { record, pressedMs, signedMs: await stageOf(patient, 'Signed by the patient'), shownMs };
}

/** What took how long, one after the other, in milliseconds. */
export interface Legs {
  /** From the press to her signature. */
  readonly sign: number;
  /** Until the writer's node, a voter, saw the signed slip proposed. */
  readonly propose: number;
  /** Until that node held the final block. */
  readonly agree: number;
  /** Until its page showed that. */
  readonly show: number;
}

/** The way of a released record, from the times on the writer's page. */
export async function legsOf(writer: Tab, { record, pressedMs, signedMs, shownMs }: Release): Promise<Legs> {
  await writer.page.evaluate((id) => (location.hash = `#/records/${id}`), record);
  await writer.page.getByText(record, { exact: true }).waitFor();
  const proposedMs = await stageOf(writer, 'Proposed');
  const finalMs = await stageOf(writer, 'Final');
  return { sign: signedMs - pressedMs, propose: proposedMs - signedMs, agree: finalMs - proposedMs, show: shownMs - finalMs };
}

/** Releases all of them as fast as the patient's page lets her, without waiting; returns how many became final in a second. */
export async function releasesPerSecond(patient: Tab, finals: Finals, records: readonly string[]): Promise<number> {
  let firstMs = Infinity;
  for (const record of records) firstMs = Math.min(firstMs, await press(patient, record));
  const seen = await Promise.all(records.map((record) => finals.seenMs(record)));
  return (1000 * records.length) / (Math.max(...seen) - firstMs);
}
