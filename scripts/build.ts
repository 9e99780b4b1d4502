// `npm run build`: the FHIR definitions and the page in dist/, where their sources have changed. `--force` builds anyway, `--json`
// prints what the first load weighs.
import { rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { firstLoad } from './first-load.ts';
import { ensureBuild } from './prepare.ts';
import { ROOT, runMain } from './toolchain.mjs';

await runMain(async () => {
  const { values } = parseArgs({ options: { force: { type: 'boolean', default: false }, json: { type: 'boolean', default: false } } });
  if (values.force) rmSync(path.join(ROOT, '.cache/build.stamp'), { force: true });
  const built = await ensureBuild();
  const load = firstLoad(path.join(ROOT, 'dist'));
  process.stderr.write(
    `${built ? 'Built' : 'Nothing changed since the last build of'} dist/; first load ${load.kilobytes} kB compressed.\n`,
  );
  if (values.json) process.stdout.write(`${JSON.stringify({ built, firstLoadKilobytes: load.kilobytes })}\n`);
});
