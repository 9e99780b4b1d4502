// The grouped engine in the simulator, one sample for each fault that groups bring with them (docs/faults.md). Long runs:
// `npm run sim -- swarm`.
import { describe, expect, test } from 'vitest';
import { everybody, partyOf } from './layout.ts';
import { type Wish, planOf, randomPlan } from './plan.ts';
import { type Plan, run } from './run.ts';

const calm: Wish = {
  seed: 1,
  engine: 'grouped',
  members: 16,
  sizes: [4, 4, 4, 4],
  requests: 12,
  faulty: 0,
  behaviour: 'silent',
  place: 'primaries',
  net: 'lan',
  outstanding: 2,
  batch: 4,
  signer: 'stand-in',
  charge: null,
};
const simulate = (wish: Partial<Wish>, change: Partial<Plan> = {}) => run({ ...planOf({ ...calm, ...wish }), ...change });
const NO_CHAOS = {
  loss: 0,
  duplicate: 0,
  reorder: 0,
  slowMs: 0,
  partitionEveryMs: 0,
  freezeEveryMs: 0,
  swizzleEveryMs: 0,
};
const healthy = { safe: true, live: true, framed: [], violations: [] };

describe('without faults', () => {
  test.each([
    [16, [4, 4, 4, 4]],
    [16, [4, 5, 7]],
    [28, [7, 7, 7, 7]],
  ])('%i members in groups of %j make everything final in view 0', (members, sizes) => {
    expect(simulate({ members, sizes })).toMatchObject({ ...healthy, viewChanges: 0, groups: sizes.length });
  });

  test('one request costs what the formulas say: 102 messages where its own group leads or 114', () => {
    const { messagesPerRequest } = simulate({ requests: 1, outstanding: 1 });
    expect([102, 114]).toContain(messagesPerRequest);
  });

  test('paper mode costs 54 and 12 deliveries', () => {
    expect(simulate({ engine: 'grouped-paper', requests: 4, outstanding: 1 })).toMatchObject({ ...healthy, messagesPerRequest: 66 });
  });
});

describe('safe and live with F faulty members, wherever they sit', () => {
  test.each(['collude', 'equivocate'] as const)('all primaries and the next in rank %s: up to F of them (fault 2)', (behaviour) => {
    for (const seed of [1, 2]) expect(simulate({ seed, faulty: 5, behaviour })).toMatchObject(healthy);
  });

  test.each(['collude', 'silent', 'forge'] as const)('a whole group and one more %s (fault 3)', (behaviour) => {
    expect(simulate({ faulty: 5, behaviour, place: 'group' })).toMatchObject(healthy);
  });

  test('a captured group that certifies two batches for one position makes nothing final twice (fault 4)', () => {
    const outcome = simulate({ faulty: 4, behaviour: 'two-batches', place: 'group', requests: 24 });
    expect(outcome).toMatchObject(healthy);
    // Whoever signed two things at one position, and nobody else.
    expect(outcome.culprits.length).toBeGreaterThanOrEqual(2);
    for (const culprit of outcome.culprits) expect([0, 1, 2, 3].map(partyOf)).toContain(culprit);
  });

  test('silent primaries lose their seats: each fails a few times, not for ever (fault 22, R7)', () => {
    const outcome = simulate({ faulty: 1, requests: 40 });
    expect(outcome).toMatchObject(healthy);
    expect(outcome.viewChanges).toBeLessThanOrEqual(6);
  });

  test('carriers that withhold the votes of their groups are gone past (fault 23, R9)', () => {
    const outcome = simulate({ faulty: 4, behaviour: 'withhold-group' });
    expect(outcome).toMatchObject(healthy);
    expect(outcome.latencyMs.p99).toBeLessThan(8_000);
  });

  test('crashed carriers stop few heights: others of their groups stand in for them (R9)', () => {
    const silent = new Map([3, 4, 11, 14, 15].map((member) => [member, 'silent'] as const));
    const outcome = simulate({ requests: 40, outstanding: 1 }, { faulty: silent });
    expect(outcome).toMatchObject(healthy);
    expect(outcome.latencyMs.p50).toBeLessThan(400);
  });

  test('an author that certifies and does not spread is gone past (R9)', () => {
    expect(simulate({ faulty: 4, behaviour: 'no-spread' })).toMatchObject(healthy);
  });

  test('members that censor requests delay them, within a bound (fault 25, R8, R10)', () => {
    const outcome = simulate({ faulty: 5, behaviour: 'censor', requests: 30 });
    expect(outcome).toMatchObject(healthy);
    expect(outcome.slowestMs).toBeLessThan(60_000);
  });
});

describe('disks that damage the row (fault 16)', () => {
  test('their owners observe and follow; the others go on (R14)', () => {
    const chaos = { ...NO_CHAOS, untilMs: 20_000, killEveryMs: 400 };
    const outcome = simulate({ requests: 20 }, { corrupting: new Set([1, 6, 11]), chaos });
    expect(outcome).toMatchObject(healthy);
  });
});

describe('joining, leaving and regrouping under load (fault 33, R13)', () => {
  test('nothing is lost', () => {
    const epochs = [everybody(8, [4, 4]), everybody(9, [5, 4]), { members: 9, voters: [1, 2, 3, 4, 5, 6, 7, 8], sizes: [4, 4] }];
    const outcome = simulate({ members: 9, sizes: [5, 4], requests: 60, outstanding: 3 }, { epochs, boundariesMs: [200, 500] });
    expect(outcome).toMatchObject({ ...healthy, epoch: 3, finalRequests: 60 });
  });

  test('200 visitors come in waves of eight, vote, and leave silently: no request waits more than 30 s (R17)', () => {
    const { epochs, boundariesMs, departures } = visits();
    const plan = planOf({ ...calm, members: RESIDENTS + VISITORS, sizes: [], requests: 150, outstanding: 2 });
    const outcome = run({ ...plan, epochs, boundariesMs, departures });
    expect(outcome).toMatchObject({ safe: true, framed: [], violations: [], finalRequests: 150 });
    expect(outcome.epoch).toBe(epochs.length);
    expect(outcome.slowestMs).toBeLessThan(30_000);
  });
});

const RESIDENTS = 16;
const VISITORS = 200;
const WAVE = 8;
/** A wave votes so long, then it is silent; after as long again the others have left it out. */
const STAY_MS = 1_500;
const SILENCE_MS = 4_000;

/** Residents vote always; each wave of visitors joins with one epoch and is left out with the next. */
function visits() {
  const waves = VISITORS / WAVE;
  const residents = everybody(RESIDENTS, [4, 4, 4, 4]);
  const epochs = [residents];
  const boundariesMs: number[] = [];
  const departures: { readonly atMs: number; readonly members: readonly number[] }[] = [];
  for (let wave = 0; wave < waves; wave += 1) {
    const members = Array.from({ length: WAVE }, (_, index) => RESIDENTS + wave * WAVE + index);
    epochs.push({ members: RESIDENTS + WAVE, voters: [...residents.voters, ...members], sizes: [6, 6, 6, 6] }, residents);
    const beginsMs = 500 + wave * (STAY_MS + SILENCE_MS);
    boundariesMs.push(beginsMs, beginsMs + STAY_MS + SILENCE_MS / 2);
    departures.push({ atMs: beginsMs + STAY_MS, members });
  }
  return { epochs, boundariesMs, departures };
}

describe('the swarm', () => {
  test('random groups, faults and networks heal to exactly Q correct members and make everything final', () => {
    for (let seed = 1; seed <= 25; seed += 1) expect(run(randomPlan(seed, ['grouped']))).toMatchObject({ seed, ...healthy });
  });

  /** Seeds that once failed, with what they showed. */
  test('seed 1625: an author whose lane was ordered in a later local view began again below it', () => {
    expect(run(randomPlan(1625))).toMatchObject(healthy);
  });
});
