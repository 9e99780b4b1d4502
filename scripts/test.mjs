// `npm test`: installs the packages where they are missing or stale, then runs suite.ts on the installed Node.js. Runs on Node.js
// 20.19 with nothing installed.
import { installIfStale, runMain, runScript } from './toolchain.mjs';

await runMain(async () => {
  const begin = Date.now();
  const installed = await installIfStale((line) => process.stderr.write(`${line}\n`));
  if (installed) process.stderr.write(`✓ packages installed (${Math.round((Date.now() - begin) / 1000)} s)\n`);
  return runScript('scripts/suite.ts', process.argv.slice(2));
});
