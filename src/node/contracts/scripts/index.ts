// contracts/scripts: contracts that the consortium wrote itself (P0-49, P1-08). Its only door.
export { type ScriptEntry, keptKey, keptTable, scriptListTable, scriptSourceOf, scriptTable } from './entries.ts';
export { needsScriptMachine, provideScriptMachine, scriptMachineReady } from './machine.ts';
export { workOnScript } from './work-on-script.ts';
export { askScript } from './call-script.ts';
export { MAX_BLOCK_SCRIPT_STEPS, reserveSteps } from './steps.ts';
