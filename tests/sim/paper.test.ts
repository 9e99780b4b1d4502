// Row 5 of docs/faults.md: what `grouped` survives forks `grouped-paper`, so that the harness is known to see a fork. Up to
// floor((k-1)/3) bad primaries it does not (P0-46 for what it costs meanwhile).
import { describe, expect, test } from 'vitest';
import { type Wish, planOf } from './plan.ts';
import { run } from './run.ts';

const calm: Wish = {
  seed: 1,
  engine: 'grouped-paper',
  members: 16,
  sizes: [4, 4, 4, 4],
  requests: 8,
  faulty: 0,
  behaviour: 'collude',
  place: 'primaries',
  net: 'lan',
  outstanding: 1,
  batch: 64,
  signer: 'stand-in',
  charge: null,
};
const runs = (change: Partial<Wish>) => run(planOf({ ...calm, ...change }));

describe('paper 000 to the letter, on the simulator', () => {
  test.each<[readonly number[], number]>([
    [[4, 4, 4, 4], 66],
    [[7, 7, 7, 7], 141],
  ])('%j: as many messages for a request as the paper’s formula and its deliveries', (sizes, messagesPerRequest) => {
    const members = sizes.reduce((sum, size) => sum + size, 0);
    expect(runs({ members, sizes })).toMatchObject({ safe: true, live: true, messagesPerRequest, viewChanges: 0 });
  });

  test('uneven groups, and regions far from each other', () => {
    expect(runs({ sizes: [4, 5, 7], net: 'wan' })).toMatchObject({ safe: true, live: true });
  });

  test.each<[string, Partial<Wish>]>([
    ['one primary that shows two values', { faulty: 1 }],
    ['one silent primary', { faulty: 1, behaviour: 'silent' }],
    ['three of ten primaries that show two values', { members: 40, sizes: new Array<number>(10).fill(4), faulty: 3 }],
    ['a whole silent group', { faulty: 4, place: 'group', behaviour: 'silent' }],
  ])('%s: safe and live', (_what, change) => {
    expect(runs(change)).toMatchObject({ safe: true, live: true, framed: [] });
  });

  test.each<[string, Partial<Wish>]>([
    ['two of four primaries', { faulty: 2 }],
    ['four of ten primaries, 36 correct members beside them', { members: 40, sizes: new Array<number>(10).fill(4), faulty: 4 }],
  ])('%s fork it, and the harness sees that', (_what, change) => {
    const outcome = runs(change);
    expect(outcome).toMatchObject({ safe: false, framed: [] });
    expect(outcome.violations[0]).toContain('two blocks');
  });

  test('the same members, the same attack, `grouped`: safe and live', () => {
    expect(runs({ engine: 'grouped', faulty: 2 })).toMatchObject({ safe: true, live: true, framed: [] });
  });
});
