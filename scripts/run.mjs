// Runs a TypeScript script of this project: `node scripts/run.mjs FILE.ts ARGUMENTS`. In an npm script `node` is the installed
// Node.js 24, which reads TypeScript itself; where it is missing or another is in front, this finds it or says what to do.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ROOT, ToolchainError, runMain, runScript, staleInstall } from './toolchain.mjs';

await runMain(async () => {
  const [file = '', ...args] = process.argv.slice(2);
  if (file === '' || !existsSync(path.join(ROOT, file))) {
    throw new ToolchainError(`There is no script ${file}.`, 'See "scripts" in package.json.');
  }
  const stale = staleInstall();
  if (stale !== null) throw new ToolchainError(`The packages are not up to date: ${stale}.`, 'Run `npm ci`, then try again.');
  return runScript(file, args);
});
