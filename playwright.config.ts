// Stories in real tabs: one worker, because every story is several tabs that vote, on two cores; no retries, because a flaky story
// is a broken one. Logs and traces of failures are kept in test-results/.
import { defineConfig } from '@playwright/test';
import { CHROMIUM_FLAGS, systemChromium } from './scripts/chromium.ts';

const executablePath = systemChromium();

/** Stories of many tabs run when they are asked for by this tag, and not within `npm test`, which has fifteen minutes for all. */
const LONG = '@long';
const asksForLong = process.argv.some((argument) => argument.includes(LONG));

export default defineConfig({
  ...(asksForLong ? {} : { grepInvert: new RegExp(LONG, 'u') }),
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: process.env['CI'] !== undefined,
  timeout: 150_000,
  // Below what `npm test` gives a stage, so that the report is written.
  globalTimeout: (asksForLong ? 45 : 9) * 60_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    headless: true,
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
    launchOptions: { args: [...CHROMIUM_FLAGS], ...(executablePath === undefined ? {} : { executablePath }) },
  },
});
