// What the calls of one block may cost together (R18). A call reserves its steps before it runs, so that calls which fail count like others;
// one for which no room is left waits for the next block.
import { type Rejection, reject } from '../../base/index.ts';
import { ONLY } from '../entries.ts';
import type { Moment } from '../roster.ts';
import type { State } from '../state.ts';
import { scriptLoadTable } from './entries.ts';

/** A few tenths of a second on a slow machine. */
export const MAX_BLOCK_SCRIPT_STEPS = 20_000_000;

/** The state in which they are reserved; `block-full` where the block has no room for them. */
export function reserveSteps(state: State, steps: number, { height }: Moment): State | Rejection {
  const before = scriptLoadTable.get(state, ONLY);
  const sum = (before?.height === height ? before.steps : 0) + steps;
  if (sum > MAX_BLOCK_SCRIPT_STEPS) return reject('block-full', 'the calls of this block have no steps left for it');
  return scriptLoadTable.put(state, ONLY, { height, steps: sum });
}
