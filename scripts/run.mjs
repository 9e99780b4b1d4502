// Runs a TypeScript script of this project: `node scripts/run.mjs FILE.ts ARGUMENTS`. In an npm script `node` is the installed
// Node.js 24, which reads TypeScript itself; where it is missing or another is in front, this finds it or says what to do.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT, ToolchainError, productEnvironment, productNode, runMain, runsProduct, staleInstall } from './toolchain.mjs';

await runMain(async () => {
  const [file = '', ...args] = process.argv.slice(2);
  const script = path.join(ROOT, file);
  if (file === '' || !existsSync(script)) throw new ToolchainError(`There is no script ${file}.`, 'See "scripts" in package.json.');
  const stale = staleInstall();
  if (stale !== null) throw new ToolchainError(`The packages are not up to date: ${stale}.`, 'Run `npm ci`, then try again.');
  if (runsProduct()) {
    process.argv.splice(1, 2, script);
    process.exitCode = 0;
    await import(pathToFileURL(script).href);
    return Number(process.exitCode);
  }
  const child = spawn(productNode(), [script, ...args], { stdio: 'inherit', env: productEnvironment(process.env) });
  // A terminal signals the whole group; a plain SIGTERM reaches only us.
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM'])) process.on(signal, () => signal === 'SIGTERM' && child.kill(signal));
  return new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
});
