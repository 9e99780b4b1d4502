// Short samples of the simulator, one per promise of docs/protocol.md and per fault that the flat engine has to survive. The
// long runs are `npm run sim -- swarm`.
import { describe, expect, test } from 'vitest';
import { BEHAVIOURS } from './faulty.ts';
import { everybody } from './layout.ts';
import { type Wish, planOf, randomPlan } from './plan.ts';
import { run } from './run.ts';

const calm: Wish = {
  seed: 1,
  engine: 'pbft',
  members: 4,
  sizes: [],
  requests: 10,
  faulty: 0,
  behaviour: 'silent',
  place: 'random',
  net: 'lan',
  outstanding: 1,
  batch: 4,
  signer: 'stand-in',
  charge: null,
};
const simulate = (wish: Partial<Wish>) => run(planOf({ ...calm, ...wish }));

describe('without faults', () => {
  test.each([1, 2, 3, 4, 6, 7, 13])('%i members make everything final with 2n(n-1) messages for each request', (members) => {
    const report = simulate({ members });
    expect(report).toMatchObject({ safe: true, live: true, heights: 10, finalRequests: 10, viewChanges: 0, culprits: [], framed: [] });
    expect(report.messagesPerRequest).toBe(2 * members * (members - 1));
  });

  test('sixteen members on a wide network', () => {
    expect(simulate({ members: 16, net: 'wan', requests: 40 })).toMatchObject({ safe: true, live: true, viewChanges: 0 });
  });

  test('one seed gives one run', () => {
    const wish = { members: 7, faulty: 2, behaviour: 'random', net: 'wan' } as const;
    expect(simulate(wish)).toEqual(simulate(wish));
    expect(simulate({ ...wish, seed: 2 })).not.toEqual(simulate(wish));
  });

  test('real Ed25519 signatures', () => {
    const report = simulate({ signer: 'ed25519', requests: 3, faulty: 1, behaviour: 'corrupt' });
    expect(report).toMatchObject({ safe: true, live: true, framed: [] });
  });
});

describe('with F faulty members it stays safe and live (R0)', () => {
  test.each(BEHAVIOURS.flatMap((behaviour) => [4, 7, 10].map((members) => [behaviour, members] as const)))(
    '%s among %i',
    (behaviour, members) => {
      for (let seed = 1; seed <= 3; seed += 1) {
        const report = simulate({ seed, members, faulty: Math.floor((members - 1) / 3), behaviour, net: 'wan', outstanding: 2 });
        expect(report).toMatchObject({ seed, safe: true, live: true, framed: [], violations: [] });
      }
    },
  );

  test('a silent leader is replaced, and the height that it led becomes final in a later view (R7)', () => {
    const report = simulate({ faulty: 1, behaviour: 'silent', requests: 8 });
    expect(report).toMatchObject({ live: true });
    expect(report.viewChanges).toBeGreaterThanOrEqual(2);
    expect(report.latencyMs.p99).toBeLessThan(2 * 1_125 + 100);
  });

  test('those who sign two things are named (R15)', () => {
    const named = [1, 2, 3].map((seed) => simulate({ seed, members: 7, faulty: 2, behaviour: 'flood', net: 'wan', requests: 20 }).culprits);
    expect(named.map((culprits) => culprits.length)).toEqual([2, 2, 2]);
  });
});

describe('beyond F', () => {
  test.each([
    [4, 2],
    [7, 3],
    [10, 4],
  ])('of %i, %i colluding members can fork it, at least F+1 of them are proved, and nobody correct (R15)', (members, faulty) => {
    const report = simulate({ members, faulty, behaviour: 'equivocate', net: 'wan' });
    expect(report.safe).toBe(false);
    expect(report.violations[0]).toMatch(/^two blocks/u);
    expect(report.culprits.length).toBeGreaterThan(report.toleratedFaults);
    expect(report.framed).toEqual([]);
  });
});

describe('a relaxed disk that loses its last rows makes a member faulty; a strict one never does (R3, R14)', () => {
  /** Kills all the time; every member’s disk is relaxed, but the checkers still hold `correct` ones to their word. */
  function killed(seed: number, relaxed: boolean) {
    const plan = randomPlan(seed, ['pbft']);
    const chaos = {
      untilMs: 30_000,
      loss: 0.1,
      duplicate: 0,
      reorder: 0.3,
      slowMs: 300,
      partitionEveryMs: 0,
      killEveryMs: 150,
      freezeEveryMs: 0,
      swizzleEveryMs: 0,
    };
    const forgetful = new Set(relaxed ? [0, 1, 2, 3] : []);
    return run({
      ...plan,
      members: 4,
      epochs: [everybody(4, [])],
      requests: 30,
      faulty: new Map(),
      twins: new Set(),
      unreliable: new Set(),
      corrupting: new Set(),
      forgetful,
      persistMs: 1,
      chaos,
    });
  }

  test('strict: no member ever says two things', () => {
    for (let seed = 1; seed <= 5; seed += 1) expect(killed(seed, false)).toMatchObject({ safe: true, live: true, culprits: [] });
  });

  test('relaxed: equivocation is reproduced', () => {
    const violations = [1, 2, 3, 4, 5].flatMap((seed) => killed(seed, true).violations);
    expect(violations.some((violation) => violation.includes('twice, and differently (R2)'))).toBe(true);
  });
});

describe('the swarm', () => {
  test('random layouts, faults and networks heal to exactly Q correct members and make everything final', () => {
    for (let seed = 1; seed <= 60; seed += 1) {
      expect(run(randomPlan(seed, ['pbft', 'grouped']))).toMatchObject({ seed, safe: true, live: true, framed: [], violations: [] });
    }
  });

  /** Seeds that once failed, with what they showed. */
  test.each([
    [66, 'a proposal was kept without its bytes'],
    [105, 'a lone member lost its last block and voted again'],
  ])('seed %i: %s', (seed) => {
    expect(run(randomPlan(seed, ['pbft']))).toMatchObject({ safe: true, live: true, framed: [] });
  });
});
