// One run from one seed: a plan of members, faults and weather, chaos while it lasts, then healing, in which exactly Q correct
// members are awake and everything that was asked for must become final.
import type { Member } from './member.ts';
import { type Behaviour } from './faulty.ts';
import { type Cluster, createCluster } from './cluster.ts';
import { CALM, type NetFaults, type NetName } from './network.ts';
import { type Random, randomOf } from './random.ts';
import { ed25519Signatures, standInSignatures } from './signer.ts';

export interface Plan {
  readonly seed: number;
  readonly members: number;
  readonly requests: number;
  /** Requests that are under way at once. */
  readonly outstanding: number;
  readonly faulty: ReadonlyMap<number, Behaviour>;
  readonly unreliable: ReadonlySet<number>;
  /** Relaxed disks whose members are still held to their word: shows what strict ones are for. */
  readonly forgetful?: ReadonlySet<number>;
  readonly twins: ReadonlySet<number>;
  readonly net: NetName;
  readonly persistMs: number;
  readonly batch: number;
  readonly signer: 'stand-in' | 'ed25519';
  /** Null where nothing but the faulty members disturbs the run. */
  readonly chaos: Chaos | null;
  /** Virtual time after which what is not final counts as never. */
  readonly limitMs: number;
}

export interface Chaos {
  readonly untilMs: number;
  readonly loss: number;
  readonly duplicate: number;
  readonly reorder: number;
  readonly slowMs: number;
  /** Means between two events of a kind; 0 for never. */
  readonly partitionEveryMs: number;
  readonly killEveryMs: number;
  readonly freezeEveryMs: number;
}

export interface Report {
  readonly seed: number;
  readonly engine: 'pbft';
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
  /** What a checker saw, in words; empty in a run that is safe. */
  readonly violations: readonly string[];
}

export const BASE_TIMEOUT_MS = 1_000;
/** How often a client submits again what is not final. */
const RETRY_MS = 4_000;

export function run(plan: Plan): Report {
  const signatures = plan.signer === 'ed25519' ? ed25519Signatures(plan.seed) : standInSignatures(plan.seed);
  const cluster = createCluster({ ...plan, baseTimeoutMs: BASE_TIMEOUT_MS, signatures });
  const everybody = [...cluster.members, ...cluster.doubles];
  const random = randomOf(plan.seed, 'chaos');
  for (const [index, member] of cluster.members.entries()) {
    member.disk.faults = {
      random: randomOf(plan.seed, `disk ${index}`),
      relaxed: plan.unreliable.has(index) || plan.forgetful?.has(index) === true,
    };
  }
  for (const member of everybody) member.start();
  const client = new Client(cluster, plan, randomOf(plan.seed, 'client'));
  client.start();
  let awake = everybody;
  if (plan.chaos !== null) {
    unleash(cluster, plan.chaos, random);
    cluster.clock.run(plan.chaos.untilMs, () => cluster.checkers.violations.length > 0);
    awake = heal(cluster, random);
  }
  const finished = () =>
    cluster.checkers.violations.length > 0 || client.allFinalAt(awake.filter((member) => cluster.isCorrect(member.index)));
  client.finished = finished;
  if (!finished()) cluster.clock.run(cluster.clock.nowMs + plan.limitMs, finished);
  return report(plan, cluster, client, client.allFinalAt(awake.filter((member) => cluster.isCorrect(member.index))));
}

/** Submits requests, at most so many at a time, each through a random member, and again until it is final there. */
class Client {
  readonly latenciesMs: number[] = [];
  finished: () => boolean = () => false;
  private readonly cluster: Cluster;
  private readonly plan: Plan;
  private readonly random: Random;
  private next = 0;
  private readonly open = new Map<string, number>();

  constructor(cluster: Cluster, plan: Plan, random: Random) {
    this.cluster = cluster;
    this.plan = plan;
    this.random = random;
    const { checkers } = cluster;
    const noteFinal = checkers.final.bind(checkers);
    checkers.final = (member, decided) => {
      noteFinal(member, decided);
      this.settle();
    };
  }

  start(): void {
    this.fill();
    this.retryLater();
  }

  allFinalAt(members: readonly Member[]): boolean {
    if (this.next < this.plan.requests) return false;
    return members.every((member) => this.isComplete(member));
  }

  private readonly complete = new Map<Member, number>();
  private isComplete(member: Member): boolean {
    // Requests are looked at once each: what is executed stays executed, but for a lost tail, which is fetched again.
    let first = this.complete.get(member) ?? 0;
    while (first < this.next && member.hasExecuted(`r${first}`)) first += 1;
    this.complete.set(member, first);
    return first === this.plan.requests;
  }

  /** Correct members' requests count; those executed by any correct member are done. */
  private settle(): void {
    const { clock, members, isCorrect } = this.cluster;
    for (const [request, sinceMs] of this.open) {
      if (!members.some((member) => isCorrect(member.index) && member.hasExecuted(request))) continue;
      this.open.delete(request);
      this.latenciesMs.push(clock.nowMs - sinceMs);
    }
    this.fill();
  }

  private fill(): void {
    while (this.open.size < this.plan.outstanding && this.next < this.plan.requests) {
      const request = `r${this.next}`;
      this.next += 1;
      this.open.set(request, this.cluster.clock.nowMs);
      this.cluster.clock.after(0, () => this.submit(request));
    }
  }

  private submit(request: string): void {
    const able = this.cluster.members.filter((member) => member.up && !member.frozen && this.cluster.isCorrect(member.index));
    if (able.length > 0) this.cluster.submit(request, this.random.pick(able).index);
  }

  private retryLater(): void {
    this.cluster.clock.after(RETRY_MS, () => {
      for (const request of this.open.keys()) this.submit(request);
      if (!this.finished()) this.retryLater();
    });
  }
}

/** Weather and accidents, until they end. */
function unleash(cluster: Cluster, chaos: Chaos, random: Random): void {
  const { clock, network, members } = cluster;
  const calm = { loss: chaos.loss, duplicate: chaos.duplicate, reorder: chaos.reorder, slowMs: chaos.slowMs };
  network.faults = { ...CALM, ...calm };
  const every = (meanMs: number, happen: () => void) => {
    if (meanMs === 0) return;
    clock.after(meanMs * 2 * random.unit(), () => {
      if (clock.nowMs >= chaos.untilMs) return;
      happen();
      every(meanMs, happen);
    });
  };
  every(chaos.partitionEveryMs, () => {
    network.faults = { ...network.faults, cut: random.chance(0.3) ? CALM.cut : randomCut(random, members.length) };
  });
  every(chaos.killEveryMs, () => {
    const member = random.pick(members);
    if (!member.up) return;
    member.kill();
    clock.after(random.unit() * 2 * chaos.killEveryMs, () => {
      if (!member.up) member.start();
    });
  });
  every(chaos.freezeEveryMs, () => {
    const member = random.pick(members);
    member.freeze();
    clock.after(random.unit() * 2 * chaos.freezeEveryMs, () => member.thaw());
  });
}

/** Two sides, one way or both ways; or one member alone; or the same with single links (swizzle). */
function randomCut(random: Random, members: number): NetFaults['cut'] {
  const oneWay = random.chance(0.3);
  if (random.chance(0.3)) {
    const links = new Set<number>();
    for (let i = 0; i < members * members; i += 1) if (random.chance(0.4)) links.add(i);
    return (from, to) => links.has(from * members + to);
  }
  const alone = random.chance(0.3) ? random.between(0, members - 1) : -1;
  const side = Array.from({ length: members }, (_, index) => (alone < 0 ? random.chance(0.5) : index === alone));
  return (from, to) => side[from] !== side[to] && (!oneWay || side[from] === true);
}

/** Calm weather, exactly Q correct members awake; the faulty ones go on. Returns the instances that are up. */
function heal(cluster: Cluster, random: Random): Member[] {
  const { network, members, configuration, isCorrect, doubles } = cluster;
  network.faults = CALM;
  const correct = random.shuffled(members.filter((member) => isCorrect(member.index)));
  const awake = new Set(correct.slice(0, configuration.quorum));
  for (const member of members) {
    member.thaw();
    if (isCorrect(member.index) && !awake.has(member)) {
      if (member.up) member.kill();
    } else if (!member.up) member.start();
  }
  return [...members.filter((member) => member.up), ...doubles];
}

function report(plan: Plan, cluster: Cluster, client: Client, live: boolean): Report {
  const { checkers, configuration, network, clock } = cluster;
  const heights = checkers.finals.length;
  const sorted = client.latenciesMs.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round((sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0) * 100) / 100;
  const party = (index: number) => configuration.voters[index]?.party ?? '';
  return {
    seed: plan.seed,
    engine: 'pbft',
    members: plan.members,
    groups: 1,
    quorum: configuration.quorum,
    toleratedFaults: configuration.tolerated,
    safe: checkers.violations.length === 0,
    live,
    heights,
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
  };
}
