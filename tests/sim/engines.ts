// The engines that can be simulated, by name. A member runs one as a machine: inputs in, effects out, its state hidden, so that
// nothing in the simulator knows what an engine remembers.
import type { Rejection } from '../../src/node/base/index.ts';
import {
  type Certificate,
  type Configuration,
  type ConsensusMessage,
  type Engine,
  type EngineEffect,
  type EngineInput,
  type SignatureCheck,
  certificateChecks,
  dmdl,
  dpos,
  grouped,
  groupedPaper,
  paperCertificateChecks,
  paperSignatureChecks,
  pbft,
  signatureChecks,
} from '../../src/node/consensus/index.ts';

/** What the verify stage has to check for the messages of an engine, and for the proof that a block is final. */
export interface Checks {
  ofMessage(message: ConsensusMessage, configuration: Configuration): readonly SignatureCheck[] | Rejection;
  ofFinal(certificate: Certificate, configuration: Configuration): readonly SignatureCheck[] | Rejection;
}

export interface Machine {
  step(input: EngineInput): readonly EngineEffect[];
  /** Entries and bytes of its state. */
  weight(): number;
}

export interface SimEngine {
  /** Whether its configurations have groups, from MIN_GROUPED voters on. */
  readonly grouped: boolean;
  /** Whether its blocks order certified batches of the groups' lanes, not requests. */
  readonly lanes: boolean;
  readonly checks: Checks;
  machine(): Machine;
}

/** Fewer voters have no groups (R0). */
export const MIN_GROUPED = 8;

export const ENGINE_NAMES = ['pbft', 'grouped', 'grouped-paper', 'dpos', 'dmdl'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

const MEMBERS_COUNT: Checks = {
  ofMessage: signatureChecks,
  ofFinal: (certificate, configuration) => certificateChecks(certificate, configuration, 'commit'),
};
const PRIMARIES_COUNT: Checks = { ofMessage: paperSignatureChecks, ofFinal: paperCertificateChecks };

export const ENGINES: Readonly<Record<EngineName, SimEngine>> = {
  pbft: { grouped: false, lanes: false, checks: MEMBERS_COUNT, machine: () => machineOf(pbft) },
  grouped: { grouped: true, lanes: true, checks: MEMBERS_COUNT, machine: () => machineOf(grouped) },
  'grouped-paper': { grouped: true, lanes: false, checks: PRIMARIES_COUNT, machine: () => machineOf(groupedPaper) },
  dpos: { grouped: false, lanes: false, checks: MEMBERS_COUNT, machine: () => machineOf(dpos) },
  dmdl: { grouped: false, lanes: false, checks: MEMBERS_COUNT, machine: () => machineOf(dmdl) },
};

function machineOf<State>(engine: Engine<State>): Machine {
  let state = engine.initial;
  return {
    step: (input) => {
      const next = engine.step(state, input);
      state = next.state;
      return next.effects;
    },
    weight: () => weigh(state),
  };
}

function weigh(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  if (value instanceof Uint8Array) return value.byteLength;
  if (value instanceof Map || value instanceof Set) return weigh([...value]);
  return Object.values(value).reduce<number>((sum, part) => sum + weigh(part), 1);
}
