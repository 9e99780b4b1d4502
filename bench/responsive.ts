// `npm run bench -- responsive`: whether the page stays responsive while 1,000 records are searched. The page is built as the product is, with
// one chunk more that drives the product's own workers; the browser's Long Tasks API judges.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { startRelay } from '../relay/index.ts';
import { CHROMIUM_FLAGS, ensureChromium, systemChromium } from '../scripts/chromium.ts';
import { ensureDefinitions } from '../scripts/prepare.ts';
import { ROOT } from '../scripts/toolchain.mjs';
import type { BenchOptions, BenchResult } from './bench.ts';
import type * as Probe from './responsive-probe.ts';

const RECORDS = 1_000;
const SEARCHES = 50;
const PROBE = 'responsive-probe.js';

/** The page with the probe beside it. */
async function buildInto(outDir: string): Promise<void> {
  await build({
    root: ROOT,
    configFile: path.join(ROOT, 'vite.config.ts'),
    logLevel: 'error',
    build: {
      outDir,
      emptyOutDir: true,
      rolldownOptions: {
        input: { index: path.join(ROOT, 'index.html'), probe: path.join(ROOT, 'bench/responsive-probe.ts') },
        preserveEntrySignatures: 'strict',
        output: { entryFileNames: ({ name }) => (name === 'probe' ? PROBE : 'assets/[name]-[hash].js') },
      },
    },
  });
}

export async function run({ say }: BenchOptions): Promise<BenchResult> {
  await ensureDefinitions();
  await ensureChromium(say);
  const folder = await mkdtemp(path.join(tmpdir(), 'clinicord-responsive-'));
  say('Building the page');
  await buildInto(path.join(folder, 'dist'));
  const relay = await startRelay({
    port: 0,
    dataDirectory: path.join(folder, 'relay'),
    appDirectory: path.join(folder, 'dist'),
    documents: {},
    logLevel: 'silent',
  });
  const executablePath = systemChromium();
  const browser = await chromium.launch({ args: [...CHROMIUM_FLAGS], ...(executablePath === undefined ? {} : { executablePath }) });
  try {
    const page = await browser.newPage();
    await page.goto(relay.url);
    say(`Indexing ${RECORDS} records in the page, then searching them ${SEARCHES} times`);
    const found = await page.evaluate(
      async ({ probe, records, searches }) => ((await import(probe)) as typeof Probe).measure(records, searches),
      { probe: `${relay.url.replace(/\/$/u, '')}/${PROBE}`, records: RECORDS, searches: SEARCHES },
    );
    const { workers, control } = found;
    return {
      document: { records: RECORDS, searches: SEARCHES, ...workers, onThePagesThread: control },
      lines: [
        `longest task while ${RECORDS} records were searched: ${workers.longestTaskMs === 0 ? 'below 50' : workers.longestTaskMs} ms`,
        `a timer was late by at most ${workers.longestDelayMs} ms; one search of two words takes ${workers.searchMs} ms`,
        `the same on the page's own thread, ten at a time: ${control.longestTaskMs} ms`,
      ],
    };
  } finally {
    await browser.close();
    await relay.stop();
    await rm(folder, { recursive: true, force: true });
  }
}
