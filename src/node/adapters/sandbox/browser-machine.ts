// The machine for contracts of a tab: its code is fetched, once it is needed, from where the page came from.
import type { ScriptMachine } from '../../ports/index.ts';
import { createScriptMachineFrom } from './machine.ts';

const BINARY = new URL('../../../../node_modules/@jitl/quickjs-wasmfile-release-sync/dist/emscripten-module.wasm', import.meta.url);

export function createScriptMachine(): ScriptMachine {
  return createScriptMachineFrom(async () => {
    const response = await fetch(BINARY);
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  });
}
