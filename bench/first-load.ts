// `npm run bench -- first-load`: what a browser fetches before the page appears. A figure of the built files, the same everywhere.
import path from 'node:path';
import { FIRST_LOAD_KILOBYTES, firstLoad } from '../scripts/first-load.ts';
import { ensureBuild } from '../scripts/prepare.ts';
import { ROOT } from '../scripts/toolchain.mjs';
import type { BenchOptions, BenchResult } from './bench.ts';
import { rounded } from './statistics.ts';

export async function run({ say }: BenchOptions): Promise<BenchResult> {
  say('Building the page where its sources have changed');
  await ensureBuild();
  const { kilobytes, files } = firstLoad(path.join(ROOT, 'dist'));
  return {
    document: { firstLoadKilobytes: kilobytes, budgetKilobytes: FIRST_LOAD_KILOBYTES, files },
    lines: [
      `${kilobytes} kB compressed before the node starts (budget ${FIRST_LOAD_KILOBYTES})`,
      ...files.map(({ file, bytes }) => `  ${String(rounded(bytes / 1000)).padStart(7)} kB  ${file}`),
    ],
  };
}
