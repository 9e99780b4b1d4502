// The engines that can be simulated, by name. A member runs one as a machine: inputs in, effects out, its state hidden, so that
// nothing in the simulator knows what an engine remembers.
import { type Engine, type EngineEffect, type EngineInput, dmdl, dpos, grouped, pbft } from '../../src/node/consensus/index.ts';

export interface Machine {
  step(input: EngineInput): readonly EngineEffect[];
}

export interface SimEngine {
  /** Whether its configurations have groups, from MIN_GROUPED voters on. */
  readonly grouped: boolean;
  machine(): Machine;
}

/** Fewer voters have no groups (R0). */
export const MIN_GROUPED = 8;

export const ENGINE_NAMES = ['pbft', 'grouped', 'dpos', 'dmdl'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export const ENGINES: Readonly<Record<EngineName, SimEngine>> = {
  pbft: { grouped: false, machine: () => machineOf(pbft) },
  grouped: { grouped: true, machine: () => machineOf(grouped) },
  dpos: { grouped: false, machine: () => machineOf(dpos) },
  dmdl: { grouped: false, machine: () => machineOf(dmdl) },
};

function machineOf<State>(engine: Engine<State>): Machine {
  let state = engine.initial;
  return {
    step: (input) => {
      const next = engine.step(state, input);
      state = next.state;
      return next.effects;
    },
  };
}
