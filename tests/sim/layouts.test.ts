// Layouts of 64 to 100 members with F of them faulty (row 1 of docs/faults.md): all primaries and the next in rank, whole groups, or
// anywhere; on a calm network, and after weather from which exactly Q correct members are healed.
import { describe, expect, test } from 'vitest';
import { toleratedFaults } from '../../src/node/consensus/index.ts';
import type { Behaviour } from './faulty.ts';
import { type FaultPlace, sizesOf } from './layout.ts';
import { planOf } from './plan.ts';
import { type Plan, run } from './run.ts';

const HEALTHY = { safe: true, live: true, framed: [], violations: [] };
const WEATHER: NonNullable<Plan['chaos']> = {
  untilMs: 8_000,
  loss: 0.1,
  duplicate: 0.05,
  reorder: 0.3,
  slowMs: 500,
  partitionEveryMs: 2_000,
  killEveryMs: 1_000,
  freezeEveryMs: 0,
  swizzleEveryMs: 0,
};

function simulate(members: number, groups: number, place: FaultPlace, behaviour: Behaviour, chaos: Plan['chaos']) {
  const wish = {
    seed: 1,
    engine: 'grouped',
    members,
    sizes: sizesOf('grouped', members, groups),
    requests: 3,
    faulty: toleratedFaults(members),
    behaviour,
    place,
    net: 'lan',
    outstanding: 3,
    batch: 4,
    signer: 'stand-in',
    charge: null,
  } as const;
  return run({ ...planOf(wish), chaos });
}

describe('F of many members are faulty (fault 1)', () => {
  test.each([
    [64, 8, 'primaries', 'withhold-group'],
    [64, 8, 'group', 'silent'],
    [64, 8, 'random', 'equivocate'],
    [85, 9, 'primaries', 'corrupt'],
    [100, 10, 'primaries', 'silent'],
    [100, 10, 'group', 'two-batches'],
    [100, 10, 'random', 'withhold'],
  ] as const)('%i members in %i groups, %s: %s', (members, groups, place, behaviour) => {
    expect(simulate(members, groups, place, behaviour, null)).toMatchObject({ ...HEALTHY, members, groups });
  });

  test.each([
    [64, 8, 'primaries', 'silent'],
    [100, 10, 'random', 'silent'],
  ] as const)('%i members in %i groups, %s %s, after weather', (members, groups, place, behaviour) => {
    expect(simulate(members, groups, place, behaviour, WEATHER)).toMatchObject(HEALTHY);
  });
});
