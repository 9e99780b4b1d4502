// The machine that calls run on. It is code, not state: there is one, named by SCRIPT_RUNTIME, and every process that has it comes to the
// same results. Only that it is too big to come with the page makes it something that is provided and loaded late. Whoever
// executes slips waits for it first (`scriptMachineReady`), so a member without it stands still and never comes to another state.
import { assert } from '../../base/index.ts';
import type { ScriptMachine } from '../../ports/index.ts';
import type { Slip } from '../slip.ts';

let provided: ScriptMachine | null = null;

/** Once, where the process puts its parts together. */
export function provideScriptMachine(machine: ScriptMachine): void {
  provided = machine;
}

export function scriptMachine(): ScriptMachine {
  assert(provided !== null, 'a machine for contracts is provided before slips are executed');
  return provided;
}

/** Whether executing the slip runs a contract that the consortium wrote. */
export function needsScriptMachine({ body }: Pick<Slip, 'body'>): boolean {
  return body.action.kind === 'script' && body.action.deed.kind === 'call';
}

/** Done at once where none of them needs the machine. Throws AppError `no-script-machine`. */
export function scriptMachineReady(slips: readonly Pick<Slip, 'body'>[]): Promise<void> {
  return slips.some(needsScriptMachine) ? scriptMachine().load() : Promise.resolve();
}
