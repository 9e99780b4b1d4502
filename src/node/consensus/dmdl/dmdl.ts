// The engine `dmdl` (P1-06, P1-09, P1-11): the ranked orderers agree by the flat engine, in turns by rank; committers are told what is
// final by the orderers, each serving its share, and pull what they miss (R9). Endorsement is a layer before it, finding conflicts
// one behind it: the engine orders opaque values. It survives what its orderers survive, which is less than all members would.
import type { PartyId } from '../../base/index.ts';
import type { Configuration, Engine, EngineEffect, EngineInput, Step } from '../engine.ts';
import { type PbftState, pbft } from '../pbft.ts';

export type DmdlState = PbftState;

export const dmdl: Engine<DmdlState> = { initial: pbft.initial, step };

function step(state: DmdlState, input: EngineInput): Step<DmdlState> {
  const next = pbft.step(state, input);
  const { open, last } = next.state;
  if (open === null || open.index < 0 || last === null) return next;
  const isDecided = next.effects.some((effect) => effect.kind === 'decide');
  const to = isDecided ? servedBy(open.configuration, open.index) : [];
  if (to.length === 0) return next;
  const told: EngineEffect = { kind: 'send', to, message: last };
  return { state: next.state, effects: [...next.effects, told] };
}

/** Committers that this orderer tells what is final: each orderer as many as any other. */
function servedBy({ observers = [], voters }: Configuration, index: number): readonly PartyId[] {
  return observers.filter((_, i) => i % voters.length === index).map(({ party }) => party);
}
