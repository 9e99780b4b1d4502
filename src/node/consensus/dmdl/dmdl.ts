// The engine `dmdl` (P1-06, P1-09, P1-11): the ranked orderers agree by the flat engine, in turns by rank; committers are told what is
// final by the orderers, each serving its share, and pull what they miss (R9). Endorsement is a layer before it, finding conflicts
// one behind it: the engine orders opaque values. It survives what its orderers survive, which is less than all members would.
import type { Engine, EngineInput, Step } from '../engine.ts';
import { tellObservers } from '../observers.ts';
import { type PbftState, pbft } from '../pbft.ts';

export type DmdlState = PbftState;

export const dmdl: Engine<DmdlState> = { initial: pbft.initial, step };

function step(before: DmdlState, input: EngineInput): Step<DmdlState> {
  const { state, effects } = pbft.step(before, input);
  return { state, effects: [...effects, ...tellObservers(state, effects)] };
}
