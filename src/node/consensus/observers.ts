// Members without a vote who follow what becomes final: auditors with `dpos`, committers with `dmdl`. Each is told by one voter, and
// every voter tells as many as any other, so that nobody's uplink carries them all; what is missed is pulled (R9).
import type { PartyId } from '../base/index.ts';
import type { Configuration, EngineEffect } from './engine.ts';
import type { PbftState } from './pbft.ts';

/** After a step of agreement: the final value with its proof, to those whom this voter tells. */
export function tellObservers({ open, last }: PbftState, effects: readonly EngineEffect[]): readonly EngineEffect[] {
  if (open === null || open.index < 0 || last === null || !effects.some((effect) => effect.kind === 'decide')) return [];
  const to = toldBy(open.configuration, open.index);
  return to.length === 0 ? [] : [{ kind: 'send', to, message: last }];
}

function toldBy({ observers = [], voters }: Configuration, index: number): readonly PartyId[] {
  return observers.filter((_, i) => i % voters.length === index).map(({ party }) => party);
}
