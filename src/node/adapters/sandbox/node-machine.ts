// The machine for contracts of a Node.js process: its code is a file of the installed package.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { ScriptMachine } from '../../ports/index.ts';
import { createScriptMachineFrom } from './machine.ts';

export function createScriptMachine(): ScriptMachine {
  const file = createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync/wasm');
  return createScriptMachineFrom(async () => new Uint8Array(await readFile(file)));
}
