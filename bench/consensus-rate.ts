// How many requests a second become final in the simulator where everything is charged: frames queue on an uplink of 25 Mbit/s,
// signatures take what they take on this machine, packets take what they take between ten regions of the world. Requests come at
// an even rate, to members in turn. Crashed members stay silent; a slow one speaks just after its time-out.
import { type Cluster, createCluster } from '../tests/sim/cluster.ts';
import type { EngineName } from '../tests/sim/engines.ts';
import type { Behaviour } from '../tests/sim/faulty.ts';
import { firstEpoch, sizesOf } from '../tests/sim/layout.ts';
import { standInSignatures } from '../tests/sim/signer.ts';
import type { Charge } from '../tests/sim/world.ts';

export interface Setting {
  readonly engine: EngineName;
  readonly members: number;
  readonly groups: number;
  /** Requests in a block, or in a lane's batch, at most. */
  readonly batch: number;
  /** Requests a second that are asked for. */
  readonly offered: number;
  readonly faulty?: ReadonlyMap<number, Behaviour>;
  readonly charge: Charge;
  /** Virtual seconds that are measured, after as many that are not. */
  readonly seconds: number;
}

export interface Rate {
  /** Requests that became final, a second. */
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly heights: number;
  /** Views that were given up. */
  readonly viewChanges: number;
}

/** What a view may take before it counts as failed, where none has failed before. */
const BASE_TIMEOUT_MS = 4_000;
const TICK_MS = 50;
/** An author waits so long for more requests (R8). */
const BATCH_WAIT_MS = 50;
const CUT_BATCHES = 64;
/** Whoever asked asks another member after so long. */
const RETRY_MS = 6_000;
/** More than so many seconds of requests do not wait: whoever asks gives up before. */
const MAX_WAITING_S = 12;

export function rateOf(setting: Setting): Rate {
  const cluster = clusterOf(setting);
  const load = new Load(cluster, setting);
  for (const member of cluster.members) member.start();
  load.start();
  const until = (ms: number) => cluster.clock.run(ms, () => false);
  const startMs = setting.seconds * 1000;
  until(startMs);
  const heights = cluster.checkers.finals.length;
  until(2 * startMs);
  const { finals } = cluster.checkers;
  const measured = load.latencies.filter(({ atMs }) => atMs >= startMs);
  const sorted = measured.map(({ latencyMs }) => latencyMs).toSorted((a, b) => a - b);
  return {
    // What waited from before, and became final now, is not counted on top.
    perSecond: Math.min(load.rateFrom(startMs), setting.offered),
    p50Ms: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    heights: finals.length - heights,
    viewChanges: finals.slice(heights).reduce((sum, final) => sum + final.certificate.view, 0),
  };
}

class Load {
  readonly latencies: { readonly atMs: number; readonly latencyMs: number }[] = [];
  /** When heights became final, with all requests that were final by then. */
  private readonly steps: { readonly atMs: number; readonly done: number }[] = [];
  private readonly cluster: Cluster;
  private readonly setting: Setting;
  private readonly askedMs: number[] = [];
  private readonly able: readonly number[];
  /** Asked for and not known to be final, oldest first: asked for again elsewhere when it is time (R10). */
  private readonly open: { readonly request: string; readonly atMs: number }[] = [];
  private readonly done: boolean[] = [];
  private opened = 0;
  private due = 0;
  private next = 0;

  constructor(cluster: Cluster, setting: Setting) {
    this.cluster = cluster;
    this.setting = setting;
    this.able = cluster.members.map(({ index }) => index).filter((index) => cluster.isCorrect(index));
    const known = new Set<number>();
    cluster.checkers.onFinal = (_member, place) => {
      if (known.has(place.height)) return;
      known.add(place.height);
      const { nowMs } = cluster.clock;
      for (const request of place.requests) {
        const index = Number(request.slice(1));
        this.done[index] = true;
        this.latencies.push({ atMs: nowMs, latencyMs: nowMs - (this.askedMs[index] ?? nowMs) });
      }
      this.steps.push({ atMs: nowMs, done: this.latencies.length });
    };
  }

  start(): void {
    const { offered } = this.setting;
    this.due += (offered * TICK_MS) / 1000;
    const waiting = this.askedMs.length - this.latencies.length;
    const count = Math.floor(Math.min(this.due, offered * MAX_WAITING_S - waiting));
    this.due -= Math.max(0, count);
    // A few members at a time, so that it costs the simulator little; in turn, so that no group has more than its share.
    const share = Math.max(1, Math.ceil(count / 4));
    const { nowMs } = this.cluster.clock;
    for (let first = 0; first < count; first += share)
      this.submit(Array.from({ length: Math.min(share, count - first) }, () => `r${this.askedMs.push(nowMs) - 1}`));
    this.retry();
    this.cluster.clock.after(TICK_MS, () => this.start());
  }

  private submit(requests: readonly string[]): void {
    const { nowMs } = this.cluster.clock;
    this.cluster.submit(requests, this.able[this.next % this.able.length] ?? 0);
    this.next += STRIDE;
    for (const request of requests) this.open.push({ request, atMs: nowMs });
  }

  private retry(): void {
    const late: string[] = [];
    for (let entry = this.open[this.opened]; entry !== undefined; entry = this.open[this.opened]) {
      if (entry.atMs > this.cluster.clock.nowMs - RETRY_MS) break;
      this.opened += 1;
      if (this.done[Number(entry.request.slice(1))] !== true) late.push(entry.request);
    }
    if (late.length > 0) this.submit(late);
  }

  /** Between the first and the last height that ended in the time measured: a whole number of heights. */
  rateFrom(startMs: number): number {
    const steps = this.steps.filter(({ atMs }) => atMs >= startMs);
    const first = steps[0];
    const last = steps.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
    return ((last.done - first.done) * 1000) / (last.atMs - first.atMs);
  }
}
/** Coprime to the numbers of members here, so that neighbours in time are not neighbours in place. */
const STRIDE = 7;

function clusterOf({ engine, members, groups, batch, faulty, charge }: Setting): Cluster {
  return createCluster({
    seed: 1,
    engine,
    members,
    epochs: [firstEpoch(engine, members, sizesOf(engine, members, groups))],
    faulty: faulty ?? new Map(),
    unreliable: new Set(),
    twins: new Set(),
    net: 'wan',
    persistMs: 1,
    batching: { requests: batch, waitMs: BATCH_WAIT_MS, cut: CUT_BATCHES },
    baseTimeoutMs: BASE_TIMEOUT_MS,
    signatures: standInSignatures(1),
    charge,
  });
}
