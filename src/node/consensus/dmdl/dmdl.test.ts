// The engine `dmdl` (P1-06, P1-11): orderers lead by rank in turns, agree as the flat engine does, and each tells its share of the
// committers what is final.
import { describe, expect, test } from 'vitest';
import { asVerified } from '../checks.ts';
import type { Configuration, EngineEffect } from '../engine.ts';
import { leaderOf } from '../roster.ts';
import { Cast, configurationOf, party } from '../transcript.ts';
import { dmdl } from './index.ts';

const order = [2, 0, 3, 1].map(party);
const observers = [4, 5, 6, 7, 8].map((index) => ({ party: party(index), memberKey: new Uint8Array(32).fill(index) }));
const configuration: Configuration = { ...configurationOf(4), order, observers };
const cast = new Cast(configuration);

function effectsAt(self: number): readonly EngineEffect[] {
  const { state } = dmdl.step(dmdl.initial, { kind: 'begin', configuration, self: party(self), height: 7, row: null });
  return dmdl.step(state, { kind: 'message', message: asVerified(cast.decided(0, 'a', [0, 1, 2])), validity: 'valid' }).effects;
}

describe('ordering', () => {
  test('by rank in turns, through heights and views (P1-11)', () => {
    expect([0, 1, 2, 3, 4].map((height) => leaderOf(configuration, height, 0))).toEqual([2, 0, 3, 1, 2].map(party));
    expect(leaderOf(configuration, 0, 1)).toBe(party(0));
  });

  test('an order that leaves a voter out is our own bug', () => {
    expect(() => leaderOf({ ...configuration, order: order.slice(1) }, 0, 0)).toThrow('one turn');
  });
});

describe('committers', () => {
  test('hear of the end of a height from one orderer each, with its proof', () => {
    const told = [0, 1, 2, 3].map((self) =>
      effectsAt(self).flatMap((effect) =>
        effect.kind === 'send' && effect.message.kind === 'decided' && effect.to !== 'voters' ? effect.to : [],
      ),
    );
    expect(told).toEqual([[4, 8].map(party), [party(5)], [party(6)], [party(7)]]);
  });

  test('follow without a word', () => {
    const kinds = effectsAt(5).map(({ kind }) => kind);
    expect(kinds).toEqual(['decide']);
  });
});
