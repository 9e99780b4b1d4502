// `dpos` and `dmdl` on the simulator: engines in which not everybody votes (P3-18 to P3-21, P1-06 to P1-11). Producers and orderers are
// faulty up to F of theirs, auditors and committers all at once; what is final says of whom credit is taken.
import { describe, expect, test } from 'vitest';
import {
  type CreditEvent,
  DEFAULT_CREDIT_RULES,
  PAPER_SEATS,
  creditEventsOf,
  creditOf,
  founders,
  initialCredit,
  nextSeating,
  withEvent,
} from '../../src/node/consensus/index.ts';
import { blockOf } from './block.ts';
import { Client } from './client.ts';
import { createCluster } from './cluster.ts';
import { BEHAVIOURS, GROUP_BEHAVIOURS } from './faulty.ts';
import { partyOf } from './layout.ts';
import { type Wish, planOf, randomPlan } from './plan.ts';
import { randomOf } from './random.ts';
import { run } from './run.ts';
import { standInSignatures } from './signer.ts';

const calm: Wish = {
  seed: 1,
  engine: 'dpos',
  members: 16,
  sizes: [],
  requests: 8,
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

describe('dpos without faults', () => {
  test.each([
    [1, 1, 0],
    [2, 1, 1],
    [5, 4, 1],
    [16, 13, 3],
    [121, 101, 20],
  ])('%i members: %i producers and %i auditors make everything final with a multiple of n messages', (members, producers, auditors) => {
    const report = simulate({ members, requests: 4 });
    expect(report).toMatchObject({ safe: true, live: true, heights: 4, viewChanges: 0, culprits: [], framed: [] });
    expect(report.toleratedFaults).toBe(Math.floor((producers - 1) / 3));
    const others = producers - 1;
    expect(report.messagesPerRequest).toBe(5 * others + (auditors > 0 ? 1 + producers + auditors : 0));
  });

  test('beyond 121 members the rest follows without a seat (P3-20)', () => {
    expect(simulate({ members: 130, requests: 2 })).toMatchObject({ safe: true, live: true, quorum: 68, toleratedFaults: 33 });
  });
});

describe('dpos with F faulty producers and every auditor faulty stays safe and live (R0)', () => {
  test.each(BEHAVIOURS.filter((behaviour) => !GROUP_BEHAVIOURS.includes(behaviour)))('%s', (behaviour) => {
    for (const members of [5, 16]) {
      for (let seed = 1; seed <= 3; seed += 1) {
        const faulty = members === 5 ? 1 : 4;
        const report = simulate({ seed, members, faulty, faultyObservers: 3, behaviour, net: 'wan', outstanding: 2 });
        expect(report).toMatchObject({ seed, safe: true, live: true, framed: [], violations: [] });
      }
    }
  });

  test('121 members, 33 dishonest producers, 20 dishonest auditors (P3-20)', () => {
    const report = simulate({ members: 121, requests: 6, faulty: 33, faultyObservers: 20, behaviour: 'silent', outstanding: 3 });
    expect(report).toMatchObject({ safe: true, live: true, framed: [] });
  });

  test('lying auditors delay every block, by no more than their bound', () => {
    const honest = simulate({ members: 16 });
    const lying = simulate({ members: 16, faultyObservers: 3 });
    expect(lying).toMatchObject({ live: true, viewChanges: 0 });
    expect(lying.slowestMs - honest.slowestMs).toBeLessThanOrEqual(1_000 / 16 + 20);
  });
});

test('beyond F colluding producers can fork it, at least F+1 of them are proved, and nobody correct (R15)', () => {
  const report = simulate({ members: 9, faulty: 4, behaviour: 'equivocate', net: 'wan' });
  expect(report.safe).toBe(false);
  expect(report.culprits.length).toBeGreaterThan(report.toleratedFaults);
  expect(report.framed).toEqual([]);
});

describe('what was final takes credit from those who were silent, and from nobody else (P3-21)', () => {
  const plan = planOf({ ...calm, members: 16, requests: 60, faulty: 4 });
  const events = finalEvents(plan);

  test('every faulty producer is skipped, no correct one is', () => {
    const skipped = new Set(events.filter(({ kind }) => kind === 'skipped').map(({ party }) => party));
    expect(skipped).toEqual(new Set([...plan.faulty.keys()].map(partyOf)));
  });

  test('so that in the end auditors have their seats', () => {
    const rows = Array.from({ length: 16 }, (_, index) =>
      initialCredit(partyOf(index), { rating: 300_000, informationCentre: 300_000, strength: 300_000 }, DEFAULT_CREDIT_RULES),
    );
    const ended = rows.map((row) =>
      events.filter(({ party }) => party === row.party).reduce((next, event) => withEvent(next, event, DEFAULT_CREDIT_RULES), row),
    );
    const candidates = ended.map((row) => ({ party: row.party, score: creditOf(row), willing: true, barred: false }));
    const before = founders(
      rows.map(({ party, base }) => ({ party, score: base, willing: true, barred: false })),
      PAPER_SEATS,
      0,
    );
    const names = { producers: before.producers.map(({ party }) => party), auditors: before.auditors.map(({ party }) => party) };
    const lost = nextSeating(names, candidates, PAPER_SEATS, 250_000).unseated.filter(({ seat }) => seat === 'producer');
    expect(lost.length).toBeGreaterThan(0);
    for (const { party, cause } of lost) expect([plan.faulty.has(Number.parseInt(party, 16)), cause]).toEqual([true, 'below-threshold']);
  });
});

/** The events of every final height of a run, as a ledger that holds headers and certificates finds them. */
function finalEvents(plan: ReturnType<typeof planOf>): readonly CreditEvent[] {
  const cluster = createCluster({ ...plan, signatures: standInSignatures(plan.seed) });
  for (const member of cluster.members) member.start();
  const client = new Client(cluster, plan, randomOf(plan.seed, 'client'));
  client.start();
  const correct = cluster.members.filter((member) => cluster.isCorrect(member.index));
  client.finished = () => client.allFinalAt(correct);
  cluster.clock.run(plan.limitMs, client.finished);
  return cluster.checkers.finals.flatMap(({ height, certificate, value }) => {
    const block = blockOf(value);
    if (block === null) return [];
    const ended = {
      height,
      digest: certificate.digest,
      proposer: partyOf(block.proposer),
      proposedView: block.view,
      endedView: certificate.view,
    };
    // The simulator's blocks hold no verdicts, so that nothing is said of auditors here.
    return creditEventsOf({ ...ended, verdicts: [] }, cluster.configuration).filter(({ kind }) => kind !== 'missed-audit');
  });
}

describe('dmdl: a third of the members orders, by rank in turns (P1-11)', () => {
  test.each([
    [4, 4],
    [6, 4],
    [30, 10],
  ])('%i members: %i orderers with 2n(n-1) messages, and one to each of the others', (members, orderers) => {
    const report = simulate({ engine: 'dmdl', members, requests: 4 });
    expect(report).toMatchObject({ safe: true, live: true, viewChanges: 0, toleratedFaults: Math.floor((orderers - 1) / 3) });
    expect(report.messagesPerRequest).toBe(2 * orderers * (orderers - 1) + members - orderers);
  });

  test.each(BEHAVIOURS.filter((behaviour) => !GROUP_BEHAVIOURS.includes(behaviour)))(
    'safe and live with F orderers that %s',
    (behaviour) => {
      const report = simulate({ engine: 'dmdl', members: 12, faulty: 1, faultyObservers: 4, behaviour, net: 'wan', outstanding: 2 });
      expect(report).toMatchObject({ safe: true, live: true, framed: [], violations: [] });
    },
  );
});

test.each(['dpos', 'dmdl'] as const)('%s: random faults and weather, then Q correct members make everything final', (engine) => {
  for (let seed = 1; seed <= 40; seed += 1)
    expect(run(randomPlan(seed, [engine]))).toMatchObject({ seed, safe: true, live: true, framed: [] });
});
