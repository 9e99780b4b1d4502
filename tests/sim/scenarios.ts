// The scenarios of the exam, cheapest first: calm runs with exact counts, hostile messages, targeted schedules, random ones, what
// is remembered, and a part of the model check. Each says what is wrong, or null.
import type { Behaviour } from './faulty.ts';
import { everybody } from './layout.ts';
import { explore } from './model.ts';
import { type Wish, planOf, randomPlan } from './plan.ts';
import { hostileMessages } from './hostile.ts';
import { convictedLeaders, hiddenLock, joinedViews, lateTimer, timersInStep, weightAfterFlood } from './probes.ts';
import { type Outcome, type Plan, run } from './run.ts';

export interface Scenario {
  readonly name: string;
  run(): string | null;
}

const CALM: Wish = {
  seed: 1,
  engine: 'pbft',
  members: 4,
  sizes: [],
  requests: 6,
  faulty: 0,
  behaviour: 'silent',
  place: 'random',
  net: 'lan',
  outstanding: 1,
  batch: 4,
  signer: 'stand-in',
  charge: null,
};
/** Less virtual time than a calm plan allows: a stall shows at once. */
const SOON_MS = 5 * 60_000;

const simulate = (wish: Partial<Wish>, change: Partial<Plan> = {}): Outcome =>
  run({ ...planOf({ ...CALM, ...wish }), limitMs: SOON_MS, ...change });

/** What must hold of every run with at most F faulty members. */
function breach(outcome: Outcome): string | null {
  if (!outcome.safe) return outcome.violations[0] ?? 'unsafe';
  if (outcome.framed.length > 0) return `correct members in evidence: ${outcome.framed.length}`;
  return outcome.live ? null : `not live: ${outcome.finalRequests} requests final after ${outcome.virtualMs} ms`;
}

function first<T>(items: readonly T[], look: (item: T) => string | null): string | null {
  for (const item of items) {
    const why = look(item);
    if (why !== null) return why;
  }
  return null;
}

const seeds = (count: number, from = 1) => Array.from({ length: count }, (_, index) => from + index);

function calmFlat(): string | null {
  return first([1, 2, 3, 4, 6, 7], (members) => {
    const outcome = simulate({ members });
    const counts = outcome.messagesPerRequest === 2 * members * (members - 1) && outcome.viewChanges === 0;
    return (
      breach(outcome) ?? (counts ? null : `${outcome.messagesPerRequest} messages, ${outcome.viewChanges} views given up at n = ${members}`)
    );
  });
}

function calmGrouped(): string | null {
  return first(
    [
      [4, 4],
      [6, 5, 4],
    ],
    (sizes) => {
      const members = sizes.reduce((sum, size) => sum + size, 0);
      const outcome = simulate({ engine: 'grouped', members, sizes, requests: 8 });
      const refused = Object.keys(outcome.refusals);
      if (refused.length > 0) return `refused although nobody is faulty: ${refused.join(', ')}`;
      return breach(outcome) ?? (outcome.viewChanges === 0 ? null : `${outcome.viewChanges} views given up`);
    },
  );
}

/** A silent leader costs one view, and in groups its seat. */
function silentLeaders(): string | null {
  const flat = simulate({ faulty: 1, requests: 8 });
  if (breach(flat) !== null) return breach(flat);
  if (flat.latencyMs.p99 > 3_000) return `p99 ${flat.latencyMs.p99} ms with one silent leader`;
  const seats = simulate({ engine: 'grouped', members: 12, sizes: [4, 4, 4], faulty: 1, place: 'primaries', requests: 60 });
  return breach(seats) ?? (seats.viewChanges <= MOST_FOR_A_SEAT ? null : `${seats.viewChanges} views given up for one silent seat`);
}
const MOST_FOR_A_SEAT = 2;

/** Whoever repeats itself restarts nobody's timer. */
function babblers(): string | null {
  return first(seeds(3), (seed) =>
    breach(
      simulate(
        { seed, members: 7, requests: 8 },
        {
          faulty: new Map([
            [seed, 'silent'],
            [seed + 2, 'babble'],
          ]),
        },
      ),
    ),
  );
}

/** Members that sleep count for F and not for the votes: of ten, seven vote, and three of these lie. */
function sleepers(): string | null {
  const epochs = [{ members: 10, voters: seeds(7, 0), sizes: [] }];
  return first(seeds(6), (seed) => {
    const faulty = new Map([0, 1, 2].map((index) => [(index * 2 + seed) % 7, 'collude'] as const));
    const outcome = simulate({ seed, members: 10, requests: 4 }, { epochs, faulty, limitMs: 60_000 });
    return outcome.safe && outcome.framed.length === 0 ? null : (outcome.violations[0] ?? 'framed');
  });
}

function colluders(): string | null {
  return first(
    [4, 6, 7, 9].flatMap((members) => seeds(3).map((seed) => [members, seed] as const)),
    ([members, seed]) =>
      breach(
        simulate({
          seed,
          members,
          faulty: Math.floor((members - 1) / 3),
          behaviour: seed % 2 === 0 ? 'collude' : 'equivocate',
          net: 'wan',
        }),
      ),
  );
}

/** Beyond F a fork is possible; F+1 are proved, and nobody correct. */
function beyondF(): string | null {
  return first([4, 7], (members) => {
    const outcome = simulate({ members, faulty: Math.floor((members - 1) / 3) + 1, behaviour: 'equivocate', net: 'wan' });
    if (outcome.framed.length > 0) return `${outcome.framed.length} correct members in evidence of a fork`;
    return outcome.culprits.length > outcome.toleratedFaults ? null : `${outcome.culprits.length} culprits of a fork`;
  });
}

/** Every vote is needed, and one carrier hands on none: members go past it, and no view is given up for that (R9). */
function badCarrier(): string | null {
  const silent = [3, 4, 8, 12].map((member) => [member, 'silent'] as const);
  const wish = { engine: 'grouped', members: 13, sizes: [5, 4, 4], requests: 12 } as const;
  const outcome = simulate(wish, { faulty: new Map<number, Behaviour>([...silent, [5, 'withhold-group']]) });
  return (
    breach(outcome) ?? (outcome.viewChanges <= MOST_FOR_A_CARRIER ? null : `${outcome.viewChanges} views given up for one bad carrier`)
  );
}
const MOST_FOR_A_CARRIER = 4;

/** Every vote is needed, and the carrier of a group is gone: that stops one height in many, because somebody stands in for it (R9). */
function crashedCarrier(): string | null {
  const silent = [3, 4, 11, 14, 15].map((member) => [member, 'silent'] as const);
  const wish = { engine: 'grouped', members: 16, sizes: [4, 4, 4, 4], requests: 40 } as const;
  const outcome = simulate(wish, { faulty: new Map<number, Behaviour>(silent) });
  const { p50 } = outcome.latencyMs;
  return breach(outcome) ?? (p50 <= MOST_MS_FOR_A_CRASH ? null : `${p50} ms for half of the requests with one crashed carrier`);
}
/** Half of a view passes where a height waits for the carrier. */
const MOST_MS_FOR_A_CRASH = 400;

function groupFaults(): string | null {
  const grouped = { engine: 'grouped', members: 13, sizes: [5, 4, 4], requests: 12, outstanding: 3 } as const;
  const behaviours = ['withhold-group', 'no-spread', 'two-batches', 'forge', 'corrupt', 'flood', 'collude'] as const;
  return first(behaviours, (behaviour) =>
    first(seeds(2), (seed) => {
      const outcome = simulate({
        ...grouped,
        seed,
        faulty: behaviour === 'two-batches' ? 4 : 3,
        behaviour,
        place: behaviour === 'two-batches' ? 'group' : 'primaries',
      });
      return breach(outcome);
    }),
  );
}

/** A restart that loses what was not durable, over and over. */
function killed(): string | null {
  return first(seeds(4), (seed) => {
    const chaos = {
      untilMs: 20_000,
      loss: 0.1,
      duplicate: 0,
      reorder: 0.3,
      slowMs: 300,
      partitionEveryMs: 0,
      killEveryMs: 150,
      freezeEveryMs: 0,
      swizzleEveryMs: 0,
    };
    const flat = { ...planOf({ ...CALM, seed, requests: 20, outstanding: 2 }), chaos, limitMs: SOON_MS };
    const grouped = {
      ...planOf({ ...CALM, seed, engine: 'grouped', members: 9, sizes: [5, 4], requests: 12, outstanding: 2 }),
      chaos,
      limitMs: SOON_MS,
    };
    return breach(run(flat)) ?? breach(run(grouped));
  });
}

function swarm(engine: 'pbft' | 'grouped', count: number): string | null {
  return first(seeds(count), (seed) => breach(run({ ...randomPlan(seed, [engine]), limitMs: SOON_MS })));
}

/** What a join or leave under load must not lose. */
function epochs(): string | null {
  const plan = [everybody(8, [4, 4]), everybody(9, [5, 4]), { members: 9, voters: seeds(8, 1), sizes: [4, 4] }];
  const outcome = simulate({ engine: 'grouped', members: 9, requests: 60, outstanding: 3 }, { epochs: plan, boundariesMs: [200, 500] });
  return breach(outcome) ?? (outcome.epoch === 3 ? null : `epoch ${outcome.epoch}`);
}

function modelCheck(forksOnly: boolean): string | null {
  return first([1, 0], (byzantineLeads) => {
    const { violation } = explore({
      views: 2,
      byzantineLeads,
      restarts: false,
      forksOnly,
      maxStates: byzantineLeads === 1 ? 4_000 : 3_000,
    });
    return violation === null ? null : violation.what;
  });
}

export const SCENARIOS: readonly Scenario[] = [
  { name: 'calm, flat', run: calmFlat },
  { name: 'calm, in groups', run: calmGrouped },
  { name: 'hostile messages', run: hostileMessages },
  { name: 'timers in step', run: timersInStep },
  { name: 'a hidden lock', run: hiddenLock },
  { name: 'joining a view', run: joinedViews },
  { name: 'a late timer', run: lateTimer },
  { name: 'convicted leaders', run: convictedLeaders },
  { name: 'silent leaders', run: silentLeaders },
  { name: 'babblers', run: babblers },
  { name: 'colluders', run: colluders },
  { name: 'sleepers', run: sleepers },
  { name: 'beyond F', run: beyondF },
  { name: 'what is remembered', run: weightAfterFlood },
  { name: 'epochs', run: epochs },
  { name: 'a bad carrier', run: badCarrier },
  { name: 'a crashed carrier', run: crashedCarrier },
  { name: 'faults in groups', run: groupFaults },
  { name: 'killed', run: killed },
  { name: 'swarm, flat', run: () => swarm('pbft', 60) },
  { name: 'swarm, in groups', run: () => swarm('grouped', 20) },
  { name: 'model check', run: () => modelCheck(false) },
];

/** Not part of the exam: nothing but forks, in an engine that lacks a rule altogether. */
export const FORK_SEARCH: Scenario = { name: 'forks by model check', run: () => modelCheck(true) };
