// `npm start`: installs the packages where they are missing or stale, then hands over to serve.ts on the installed Node.js. Runs on
// Node.js 20.19 with nothing installed.
import { readStartOptions, START_HELP } from './start-options.mjs';
import { installIfStale, runMain, runScript } from './toolchain.mjs';

await runMain(async () => {
  const args = process.argv.slice(2);
  if (readStartOptions(args).help) {
    process.stdout.write(START_HELP);
    return 0;
  }
  await installIfStale((line) => process.stderr.write(`${line}\n`));
  return runScript('scripts/serve.ts', args);
});
