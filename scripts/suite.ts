// `npm test` after the packages are there: browser, definitions, page, gates, unit tests, acceptance suites, the simulator's sample,
// stories. With a name (`npm run unit`) only that runner and what it needs; what follows it goes to the runner, for example
// `npm run unit -- src/node/codec`. Everything runs even where an earlier stage failed.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { type Counts, countsOf } from './counts.ts';
import { ensureChromium } from './chromium.ts';
import { gates, vitest } from './gates.ts';
import { ensureBuild, ensureDefinitions } from './prepare.ts';
import { type StageResult, execute, printSummary, stage, summarise } from './stages.ts';
import { ROOT, ToolchainError, runMain } from './toolchain.mjs';

const say = (line: string): void => void process.stderr.write(`  ${line}\n`);
/** Setting up is no test: it counts only where it fails. */
const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };

const setUp = {
  browser: () => stage('set up: browser', () => ensureChromium(say).then(() => NOTHING)),
  definitions: () => stage('set up: FHIR definitions', () => ensureDefinitions().then(() => NOTHING)),
  build: () => stage('set up: build', () => ensureBuild().then(() => NOTHING)),
};

async function playwright(rest: readonly string[]): Promise<Counts> {
  const report = path.join(ROOT, '.cache/stories.json');
  rmSync(report, { force: true });
  const cli = path.join(ROOT, 'node_modules/@playwright/test/cli.js');
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: report };
  const { code } = await execute(process.execPath, [cli, 'test', '--reporter=list,json', ...rest], { live: true, env });
  return countsOf('playwright', report, code);
}

type Runner = 'unit' | 'acceptance' | 'sim' | 'stories';
const RUNNERS: readonly Runner[] = ['unit', 'acceptance', 'sim', 'stories'];
const isRunner = (name: string): name is Runner => (RUNNERS as readonly string[]).includes(name);

const runner = (name: Runner, rest: readonly string[]): Promise<StageResult> =>
  stage(name, () => (name === 'stories' ? playwright(rest) : vitest(name, rest)));

async function everything(): Promise<readonly StageResult[]> {
  const results = [await setUp.browser(), await setUp.definitions(), await setUp.build()];
  for (const gate of gates()) results.push(await stage(`verify: ${gate.name}`, () => gate.check()));
  for (const name of RUNNERS) results.push(await runner(name, []));
  return results;
}

async function only(name: Runner, rest: readonly string[]): Promise<readonly StageResult[]> {
  const needs = name === 'stories' ? [setUp.browser, setUp.definitions, setUp.build] : [setUp.definitions];
  const results: StageResult[] = [];
  for (const need of needs) results.push(await need());
  return [...results, await runner(name, rest)];
}

await runMain(async () => {
  const args = process.argv.slice(2);
  const json = args.includes('--json');
  const [name, ...rest] = args.filter((argument) => argument !== '--json');
  if (name !== undefined && !isRunner(name)) {
    throw new ToolchainError(`There is no test stage "${name}".`, `There are: ${RUNNERS.join(', ')}; without a name all are run.`);
  }
  const summary = summarise(name === undefined ? await everything() : await only(name, rest));
  printSummary(summary, json);
  return summary.failed === 0 ? 0 : 1;
});
