// The gates of `npm run verify`, cheapest first. Each is one program that passes or fails, but for the test of the code itself,
// whose tests are counted one by one.
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Counts, countsOf } from './counts.ts';
import { FIRST_LOAD_KILOBYTES, firstLoad } from './first-load.ts';
import { asCounts, execute } from './stages.ts';
import { ROOT } from './toolchain.mjs';

export interface Gate {
  readonly name: string;
  check(): Promise<Counts>;
}

const script = (file: string): string => path.join(ROOT, 'node_modules', file);

/** A gate whose output is shown only when it fails. */
function program(name: string, file: string, ...args: string[]): Gate {
  return {
    name,
    check: async () => {
      const finished = await execute(process.execPath, [script(file), ...args], { live: false });
      if (finished.code !== 0) process.stderr.write(finished.output);
      return asCounts(finished, name);
    },
  };
}

/** Runs one project of Vitest and counts its tests; `rest` names files or adds options. */
export async function vitest(project: string, rest: readonly string[] = []): Promise<Counts> {
  const report = path.join(ROOT, '.cache', `${project}.json`);
  rmSync(report, { force: true });
  const args = ['run', '--project', project, '--reporter', 'default', '--reporter', 'json', `--outputFile.json=${report}`, ...rest];
  const { code } = await execute(process.execPath, [script('vitest/vitest.mjs'), ...args], { live: true });
  return countsOf('vitest', report, code);
}

/** The first load against its budget; where nothing is built yet there is nothing to weigh. */
async function weigh(): Promise<Counts> {
  const { kilobytes, files } = firstLoad(path.join(ROOT, 'dist'));
  const fits = kilobytes < FIRST_LOAD_KILOBYTES;
  if (!fits) for (const { file, bytes } of files.slice(0, 10)) process.stderr.write(`  ${file}: ${bytes} bytes\n`);
  const failure = `${kilobytes} kB compressed before the node starts, the budget is ${FIRST_LOAD_KILOBYTES}`;
  return { passed: fits ? 1 : 0, failed: fits ? 0 : 1, skipped: 0, failures: fits ? [] : [failure] };
}

export function gates(): readonly Gate[] {
  const list: Gate[] = [
    program('format', 'prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.'),
    program('types of the pure layers', 'typescript/bin/tsc', '-p', 'tsconfig.pure.json'),
    program('types of the servers', 'typescript/bin/tsc', '-p', 'tsconfig.server.json'),
    program('types of everything', 'typescript/bin/tsc', '-p', 'tsconfig.json'),
    program(
      'types of the page',
      'svelte-check/bin/svelte-check',
      '--tsconfig',
      'src/ui/tsconfig.json',
      '--fail-on-warnings',
      '--output',
      'human',
    ),
    program('lint', 'eslint/bin/eslint.js', '--max-warnings', '0', '.'),
    program('unused code', 'knip/bin/knip.js', '--no-progress'),
    { name: 'test of the code itself', check: () => vitest('code') },
  ];
  return existsSync(path.join(ROOT, 'dist/index.html')) ? [...list, { name: 'size of the first load', check: weigh }] : list;
}
