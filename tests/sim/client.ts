// Who asks for something: submits requests, at most so many at a time, each through a random correct member, and again through
// another one until it is final. Measures how long each took.
import type { Cluster } from './cluster.ts';
import type { Member } from './member.ts';
import type { Random } from './random.ts';

/** How often a client submits again what is not final. */
const RETRY_MS = 4_000;

export interface Asks {
  readonly requests: number;
  /** Requests that are under way at once. */
  readonly outstanding: number;
}

export class Client {
  readonly latenciesMs: number[] = [];
  finished: () => boolean = () => false;
  private readonly cluster: Cluster;
  private readonly asks: Asks;
  private readonly random: Random;
  private next = 0;
  private readonly open = new Map<string, number>();
  private readonly complete = new Map<Member, number>();

  constructor(cluster: Cluster, asks: Asks, random: Random) {
    this.cluster = cluster;
    this.asks = asks;
    this.random = random;
    cluster.checkers.onFinal = (_member, { requests }) => this.settle(requests);
  }

  start(): void {
    this.fill();
    this.retryLater();
  }

  /** Whether each of the members has executed everything. */
  allFinalAt(members: readonly Member[]): boolean {
    return this.next >= this.asks.requests && members.every((member) => this.isComplete(member));
  }

  private isComplete(member: Member): boolean {
    // Requests are looked at once each: what is executed stays executed, but for a lost tail, which is fetched again.
    let first = this.complete.get(member) ?? 0;
    while (first < this.next && member.hasExecuted(`r${first}`)) first += 1;
    this.complete.set(member, first);
    return first === this.asks.requests;
  }

  /** What any correct member executed is done. */
  private settle(requests: readonly string[]): void {
    let done = false;
    for (const request of requests) {
      const sinceMs = this.open.get(request);
      if (sinceMs === undefined) continue;
      this.open.delete(request);
      this.latenciesMs.push(this.cluster.clock.nowMs - sinceMs);
      done = true;
    }
    if (done) this.fill();
  }

  private fill(): void {
    const fresh: string[] = [];
    while (this.open.size < this.asks.outstanding && this.next < this.asks.requests) {
      const request = `r${this.next}`;
      this.next += 1;
      this.open.set(request, this.cluster.clock.nowMs);
      fresh.push(request);
    }
    if (fresh.length > 0) this.cluster.clock.after(0, () => this.submit(fresh));
  }

  private submit(requests: readonly string[]): void {
    const able = this.cluster.members.filter(
      (member) =>
        member.up &&
        !member.frozen &&
        this.cluster.isCorrect(member.index) &&
        member.configuration.voters.some((voter) => isOf(voter, member)),
    );
    if (able.length === 0) return;
    const share = Math.max(1, Math.ceil(requests.length / able.length));
    for (let from = 0; from < requests.length; from += share) {
      this.cluster.submit(requests.slice(from, from + share), this.random.pick(able).index);
    }
  }

  private retryLater(): void {
    this.cluster.clock.after(RETRY_MS, () => {
      if (this.open.size > 0) this.submit([...this.open.keys()]);
      if (!this.finished()) this.retryLater();
    });
  }
}

function isOf(voter: { readonly party: string }, member: Member): boolean {
  return Number.parseInt(voter.party, 16) === member.index;
}
