// Plans for runs: the one that a command line asks for, and those that the swarm draws from seeds.
import { quorum, toleratedFaults } from '../../src/node/consensus/index.ts';
import { BEHAVIOURS, type Behaviour } from './faulty.ts';
import type { NetName } from './network.ts';
import { type Random, randomOf } from './random.ts';
import type { Chaos, Plan } from './run.ts';

export interface Wish {
  readonly seed: number;
  readonly members: number;
  readonly requests: number;
  readonly faulty: number;
  readonly behaviour: Behaviour | 'random';
  readonly net: NetName;
  readonly outstanding: number;
  readonly batch: number;
  readonly signer: Plan['signer'];
}

/** Virtual time in which a calm run must make everything final: generous, because only a stall reaches it. */
const LIMIT_MS = 20 * 60_000;

export function planOf(wish: Wish): Plan {
  const random = randomOf(wish.seed, 'plan');
  const places = random.shuffled(Array.from({ length: wish.members }, (_, index) => index)).slice(0, wish.faulty);
  const faulty = new Map(places.map((index) => [index, wish.behaviour === 'random' ? random.pick(BEHAVIOURS) : wish.behaviour]));
  return {
    seed: wish.seed,
    members: wish.members,
    requests: wish.requests,
    outstanding: wish.outstanding,
    faulty,
    unreliable: new Set(),
    twins: new Set(),
    net: wish.net,
    persistMs: 1,
    batch: wish.batch,
    signer: wish.signer,
    chaos: null,
    limitMs: LIMIT_MS + wish.requests * 5_000,
  };
}

/** A layout, faults and weather drawn from the seed, never with more than F faulty members. */
export function randomPlan(seed: number): Plan {
  const random = randomOf(seed, 'swarm');
  const members = random.chance(0.8) ? random.between(1, 8) : random.between(9, 16);
  const tolerated = Math.min(toleratedFaults(members), members - quorum(members, toleratedFaults(members)));
  const places = random.shuffled(Array.from({ length: members }, (_, index) => index)).slice(0, random.between(0, tolerated));
  const faulty = new Map<number, Behaviour>();
  const unreliable = new Set<number>();
  const twins = new Set<number>();
  const one = random.chance(0.5) ? random.pick(BEHAVIOURS) : null;
  for (const place of places) {
    if (one === null && random.chance(0.1)) unreliable.add(place);
    else if (one === null && random.chance(0.15)) twins.add(place);
    else faulty.set(place, one ?? random.pick(BEHAVIOURS));
  }
  return {
    seed,
    members,
    requests: random.between(3, 12),
    outstanding: random.between(1, 4),
    faulty,
    unreliable,
    twins,
    net: random.pick(['lan', 'wan']),
    persistMs: random.pick([0, 1, 20]),
    batch: random.between(1, 4),
    signer: 'stand-in',
    chaos: randomChaos(random),
    limitMs: LIMIT_MS,
  };
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
  };
}
