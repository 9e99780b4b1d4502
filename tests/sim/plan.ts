// Plans for runs: the one that a command line asks for, and those that the swarm draws from seeds.
import { quorum, toleratedFaults } from '../../src/node/consensus/index.ts';
import { ENGINES, ENGINE_NAMES, type EngineName, MIN_GROUPED } from './engines.ts';
import { AUDITOR_BEHAVIOURS, BEHAVIOURS, type Behaviour, GROUP_BEHAVIOURS } from './faulty.ts';
import { type EpochPlan, type FaultPlace, PLACES, firstEpoch, placesOf, sizesOf, usualGroups } from './layout.ts';
import { type Random, randomOf } from './random.ts';
import { NETS, type NetName } from './regions.ts';
import { BASE_TIMEOUT_MS, type Plan } from './run.ts';
import { type Chaos } from './weather.ts';
import type { Charge } from './world.ts';

export interface Wish {
  readonly seed: number;
  readonly engine: EngineName;
  readonly members: number;
  /** Sizes of the groups; empty for as many even ones as are usual, where the engine has groups. */
  readonly sizes: readonly number[];
  readonly requests: number;
  readonly faulty: number;
  /** Of those who have a part but no vote: auditors, committers. */
  readonly faultyObservers?: number;
  readonly behaviour: Behaviour | 'random';
  readonly place: FaultPlace;
  readonly net: NetName;
  readonly outstanding: number;
  readonly batch: number;
  readonly signer: Plan['signer'];
  readonly charge: Charge | null;
}

/** Virtual time in which a calm run must make everything final: generous, because only a stall reaches it. */
const LIMIT_MS = 20 * 60_000;
/** What a member does on its own is forgiven this long where a run is charged: frames queue. */
const CHARGED_TIMEOUT_MS = 4_000;
/** Batches in a block, and how long an author waits for company, in a calm run. */
const CUT = 64;
const BATCH_WAIT_MS = 0;

const FLAT_BEHAVIOURS = BEHAVIOURS.filter((behaviour) => !GROUP_BEHAVIOURS.includes(behaviour));

/** What can be drawn for a layout: what needs groups is drawn only where there are some. */
function behavioursFor(plan: EpochPlan): readonly Behaviour[] {
  return plan.sizes.length > 0 ? BEHAVIOURS : FLAT_BEHAVIOURS;
}

export function planOf(wish: Wish): Plan {
  const random = randomOf(wish.seed, 'plan');
  const sizes = wish.sizes.length > 0 ? wish.sizes : sizesOf(wish.engine, wish.members, usualGroups(wish.members));
  const epoch = firstEpoch(wish.engine, wish.members, sizes);
  const places = placesOf(wish.place, wish.faulty, epoch, random);
  const behaviours = behavioursFor(epoch);
  const faulty = new Map(places.map((index) => [index, wish.behaviour === 'random' ? random.pick(behaviours) : wish.behaviour]));
  for (const [index, behaviour] of faultyObservers(epoch, wish.faultyObservers ?? 0, random)) faulty.set(index, behaviour);
  return {
    ...CALM_PLAN,
    seed: wish.seed,
    engine: wish.engine,
    members: wish.members,
    epochs: [epoch],
    requests: wish.requests,
    outstanding: wish.outstanding,
    faulty,
    net: wish.net,
    persistMs: 1,
    batching: { requests: wish.batch, waitMs: BATCH_WAIT_MS, cut: CUT },
    signer: wish.signer,
    charge: wish.charge,
    baseTimeoutMs: wish.charge === null ? BASE_TIMEOUT_MS[wish.net] : CHARGED_TIMEOUT_MS,
    limitMs: LIMIT_MS + wish.requests * 5_000,
  };
}

/** Nothing special. */
export const CALM_PLAN: Pick<Plan, 'boundariesMs' | 'unreliable' | 'corrupting' | 'twins' | 'chaos'> = {
  boundariesMs: [],
  unreliable: new Set(),
  corrupting: new Set(),
  twins: new Set(),
  chaos: null,
};

/** A layout, faults and weather drawn from the seed, never with more than F faulty members. */
export function randomPlan(seed: number, engines: readonly EngineName[] = SWARM_ENGINES): Plan {
  const random = randomOf(seed, 'swarm');
  const engine = random.pick(engines);
  const members = ENGINES[engine].grouped ? random.between(8, 20) : random.chance(0.8) ? random.between(1, 8) : random.between(9, 16);
  const epoch = firstEpoch(engine, members, randomSizes(engine, members, random));
  const tolerated = Math.min(
    toleratedFaults(epoch.members),
    epoch.voters.length - quorum(epoch.voters.length, toleratedFaults(epoch.members)),
  );
  const places = placesOf(random.pick(PLACES), random.between(0, tolerated), epoch, random);
  const net = random.pick(NETS);
  const faults = randomFaults(places, behavioursFor(epoch), random);
  const observers = epoch.observers?.length ?? 0;
  if (observers > 0)
    for (const [index, behaviour] of faultyObservers(epoch, random.between(0, observers), random)) faults.faulty.set(index, behaviour);
  return {
    ...CALM_PLAN,
    ...faults,
    seed,
    engine,
    members,
    epochs: [epoch],
    requests: random.between(3, 12),
    outstanding: random.between(1, 4),
    net,
    persistMs: random.pick([0, 1, 20]),
    batching: { requests: random.between(1, 4), waitMs: random.pick([0, 0, 50]), cut: random.pick([1, 4, CUT]) },
    signer: 'stand-in',
    charge: null,
    baseTimeoutMs: BASE_TIMEOUT_MS[net],
    chaos: randomChaos(random),
    limitMs: LIMIT_MS,
  };
}

/** Those that promise what the swarm demands. */
export const SWARM_ENGINES: readonly EngineName[] = ENGINE_NAMES.filter((name) => (name as string) !== 'grouped-paper');

/** Groups of at least four whose sizes differ. */
function randomSizes(engine: EngineName, members: number, random: Random): readonly number[] {
  if (!ENGINES[engine].grouped || members < MIN_GROUPED) return [];
  const sizes = [...sizesOf(engine, members, random.between(2, Math.floor(members / 4)))];
  for (let moves = random.between(0, 3); moves > 0; moves -= 1) {
    const from = random.between(0, sizes.length - 1);
    const to = random.between(0, sizes.length - 1);
    if ((sizes[from] ?? 0) <= 4) continue;
    sizes[from] = (sizes[from] ?? 0) - 1;
    sizes[to] = (sizes[to] ?? 0) + 1;
  }
  return sizes;
}

/** What is wrong with each of the members at these places. */
function randomFaults(
  places: readonly number[],
  behaviours: readonly Behaviour[],
  random: Random,
): Pick<Plan, 'unreliable' | 'corrupting' | 'twins'> & { readonly faulty: Map<number, Behaviour> } {
  const faulty = new Map<number, Behaviour>();
  const unreliable = new Set<number>();
  const corrupting = new Set<number>();
  const twins = new Set<number>();
  const one = random.chance(0.5) ? random.pick(behaviours) : null;
  for (const place of places) {
    const lot = one === null ? random.unit() : 1;
    if (lot < 0.1) unreliable.add(place);
    else if (lot < 0.2) corrupting.add(place);
    else if (lot < 0.33) twins.add(place);
    else faulty.set(place, one ?? random.pick(behaviours));
  }
  return { faulty, unreliable, corrupting, twins };
}

/** No promise depends on how many of these are faulty. */
function faultyObservers({ observers = [] }: EpochPlan, count: number, random: Random): readonly (readonly [number, Behaviour])[] {
  return random
    .shuffled(observers)
    .slice(0, count)
    .map((index) => [index, random.pick(AUDITOR_BEHAVIOURS)] as const);
}

function randomChaos(random: Random): Chaos {
  const sometimes = (probability: number, value: () => number) => (random.chance(probability) ? value() : 0);
  return {
    untilMs: random.between(5_000, 60_000),
    loss: sometimes(0.6, () => 0.2 * random.unit()),
    duplicate: sometimes(0.4, () => 0.2 * random.unit()),
    reorder: sometimes(0.5, () => 0.5 * random.unit()),
    slowMs: random.between(50, 3_000),
    partitionEveryMs: sometimes(0.6, () => random.between(500, 10_000)),
    killEveryMs: sometimes(0.6, () => random.between(300, 8_000)),
    freezeEveryMs: sometimes(0.3, () => random.between(500, 8_000)),
    swizzleEveryMs: sometimes(0.3, () => random.between(50, 2_000)),
  };
}
