// One run from one seed: a plan of members, faults and weather, chaos while it lasts, then healing, in which exactly Q correct
// members are awake and everything that was asked for must become final.
import { Client } from './client.ts';
import { type Cluster, createCluster } from './cluster.ts';
import type { EngineName } from './engines.ts';
import type { Behaviour } from './faulty.ts';
import type { EpochPlan } from './layout.ts';
import { randomOf } from './random.ts';
import type { NetName } from './regions.ts';
import { ed25519Signatures, standInSignatures } from './signer.ts';
import { type Chaos, heal, unleash } from './weather.ts';
import type { Batching, Charge } from './world.ts';

export interface Plan {
  readonly seed: number;
  readonly engine: EngineName;
  readonly members: number;
  /** One for each epoch that the run may reach; the first one begins. */
  readonly epochs: readonly EpochPlan[];
  /** When each later epoch is asked for, in milliseconds of virtual time. */
  readonly boundariesMs: readonly number[];
  /** Members that stop at a time, without a word, and stay away. */
  readonly departures?: readonly { readonly atMs: number; readonly members: readonly number[] }[];
  readonly requests: number;
  /** Requests that are under way at once. */
  readonly outstanding: number;
  readonly faulty: ReadonlyMap<number, Behaviour>;
  /** Relaxed disks: counted as faulty. */
  readonly unreliable: ReadonlySet<number>;
  /** Disks that damage the row: their owners notice, and observe (R14). */
  readonly corrupting: ReadonlySet<number>;
  /** Relaxed disks whose members are still held to their word: shows what strict ones are for. */
  readonly forgetful?: ReadonlySet<number>;
  readonly twins: ReadonlySet<number>;
  readonly net: NetName;
  readonly persistMs: number;
  readonly batching: Batching;
  readonly signer: 'stand-in' | 'ed25519';
  readonly charge: Charge | null;
  readonly baseTimeoutMs: number;
  /** Null where nothing but the faulty members disturbs the run. */
  readonly chaos: Chaos | null;
  /** Virtual time after which what is not final counts as never. */
  readonly limitMs: number;
}

export interface Report {
  readonly seed: number;
  readonly engine: EngineName;
  readonly members: number;
  readonly groups: number;
  readonly quorum: number;
  readonly toleratedFaults: number;
  readonly safe: boolean;
  readonly live: boolean;
  readonly heights: number;
  readonly finalRequests: number;
  readonly messagesTotal: number;
  readonly messagesByType: Readonly<Record<string, number>>;
  readonly messagesPerRequest: number;
  readonly virtualMs: number;
  readonly latencyMs: { readonly p50: number; readonly p99: number };
  /** Views that were given up before a height became final. */
  readonly viewChanges: number;
  readonly culprits: readonly string[];
  readonly framed: readonly string[];
}

/** What a run shows beside what it prints. */
export interface Outcome extends Report {
  /** What a checker saw, in words; empty in a run that is safe. */
  readonly violations: readonly string[];
  /** The longest that any request took, in milliseconds. */
  readonly slowestMs: number;
  /** Requests that became final, with how long each took, in the order in which they did. */
  readonly latenciesMs: readonly number[];
  readonly bytesTotal: number;
  readonly epoch: number;
  readonly refusals: Readonly<Record<string, number>>;
}

/** Above what a view needs on such a network. */
export const BASE_TIMEOUT_MS: Readonly<Record<NetName, number>> = { lan: 1_000, wan: 3_000 };

export function run(plan: Plan): Outcome {
  const signatures = plan.signer === 'ed25519' ? ed25519Signatures(plan.seed) : standInSignatures(plan.seed);
  const cluster = createCluster({ ...plan, signatures });
  const everybody = [...cluster.members, ...cluster.doubles];
  const random = randomOf(plan.seed, 'chaos');
  for (const [index, member] of cluster.members.entries()) {
    member.disk.faults = {
      random: randomOf(plan.seed, `disk ${index}`),
      relaxed: plan.unreliable.has(index) || plan.forgetful?.has(index) === true,
      corrupting: plan.corrupting.has(index),
    };
  }
  for (const member of everybody) member.start();
  const client = new Client(cluster, plan, randomOf(plan.seed, 'client'));
  client.start();
  askForEpochs(cluster, plan);
  for (const { atMs, members } of plan.departures ?? [])
    cluster.clock.after(atMs, () => {
      for (const member of members) cluster.members[member]?.kill();
    });
  let awake = everybody;
  if (plan.chaos !== null) {
    unleash(cluster, plan.chaos, random);
    cluster.clock.run(plan.chaos.untilMs, () => cluster.checkers.violations.length > 0);
    awake = heal(cluster, random);
  }
  const isLive = () => client.allFinalAt(awake.filter((member) => member.up && cluster.isCorrect(member.index)));
  const finished = () => cluster.checkers.violations.length > 0 || (isLive() && lastEpochIsReached(cluster, plan));
  client.finished = finished;
  if (!finished()) cluster.clock.run(cluster.clock.nowMs + plan.limitMs, finished);
  return outcome(plan, cluster, client, isLive() && lastEpochIsReached(cluster, plan));
}

/** Each change of the configuration is asked for again until it is final. */
function askForEpochs(cluster: Cluster, { boundariesMs, seed }: Plan): void {
  const random = randomOf(seed, 'epochs');
  boundariesMs.forEach((atMs, index) => {
    const ask = () => {
      if (currentEpoch(cluster) > index + 1) return;
      const able = cluster.members.filter((member) => member.up && cluster.isCorrect(member.index));
      if (currentEpoch(cluster) === index + 1 && able.length > 0) cluster.submit([`epoch:${index + 1}`], random.pick(able).index);
      cluster.clock.after(EPOCH_RETRY_MS, ask);
    };
    cluster.clock.after(atMs, ask);
  });
}
const EPOCH_RETRY_MS = 2_000;

function currentEpoch({ checkers }: Cluster): number {
  return checkers.configurationAt(checkers.finals.length).epoch;
}

function lastEpochIsReached(cluster: Cluster, plan: Plan): boolean {
  return plan.boundariesMs.length === 0 || currentEpoch(cluster) === plan.epochs.length;
}

function outcome(plan: Plan, cluster: Cluster, client: Client, live: boolean): Outcome {
  const { checkers, configuration, network, clock } = cluster;
  const sorted = client.latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 100) / 100;
  const party = (index: number) => index.toString(16).padStart(32, '0');
  return {
    seed: plan.seed,
    engine: plan.engine,
    members: plan.members,
    groups: Math.max(1, configuration.groups.length),
    quorum: configuration.quorum,
    toleratedFaults: configuration.tolerated,
    safe: checkers.violations.length === 0,
    live,
    heights: checkers.finals.length,
    finalRequests: sorted.length,
    messagesTotal: network.total,
    messagesByType: Object.fromEntries([...network.countByType].toSorted()),
    messagesPerRequest: sorted.length === 0 ? 0 : Math.round((network.total / sorted.length) * 100) / 100,
    virtualMs: Math.round(clock.nowMs),
    latencyMs: { p50: at(0.5), p99: at(0.99) },
    viewChanges: checkers.finals.reduce((sum, final) => sum + final.certificate.view, 0),
    culprits: [...checkers.culprits].map(party).toSorted(),
    framed: [...checkers.framed].map(party).toSorted(),
    violations: checkers.violations,
    slowestMs: Math.round(sorted.at(-1) ?? 0),
    latenciesMs: client.latenciesMs,
    bytesTotal: network.totalBytes,
    epoch: currentEpoch(cluster),
    refusals: Object.fromEntries(checkers.refusals),
  };
}

/** What `npm run sim` prints. */
export function reportOf({
  violations: _,
  slowestMs: _1,
  latenciesMs: _2,
  bytesTotal: _3,
  epoch: _4,
  refusals: _5,
  ...report
}: Outcome): Report {
  return report;
}
