// R17 under load: two hundred visitors who come to the demonstration and leave without a word delay no record by more than 30 s.
// A simulation in block time over real blocks: who is awake signs, a silent leader costs its view's whole delay, members say
// whom they miss as participants do.
import { describe, expect, test } from 'vitest';
import type { PartyId } from '../base/index.ts';
import { leaderOf } from '../consensus/index.ts';
import { viewDelayMs } from '../consensus/timing.ts';
import type { Action, ChannelSettings, Slip } from '../contracts/index.ts';
import { Consortium, Person, people, recordAction } from './consortium.ts';
import { configurationDue, seatReason, slipIsSpent, toConsensusConfiguration } from './index.ts';

const VISITORS = 200;
/** One comes every so often, stays, and is gone. */
const ARRIVAL_MS = 1_000;
const STAY_MS = 30_000;
const RECORD_EVERY_MS = 2_500;
/** From a proposal to its block, on a slow network. */
const ROUND_MS = 400;
const TICK_MS = 1_000;
/** A visitor that got no seat looks again. */
const RETRY_MS = 5_000;

/** As archive/demonstration.ts has it. */
const DEMONSTRATION_TIMEOUT_MS = 3_000;

const archives = people('archive', 7);
const visitors = people('clinic', VISITORS);
const clinic = new Person('writing clinic', 'clinic');
const ann = new Person('ann', 'patient');

function attested(): readonly Extract<Action, { kind: 'attest' }>[] {
  return archives.map((archive, index) => {
    const place = { xMetres: 40_000 * index, yMetres: 30_000 * (index % 3) };
    return { kind: 'attest', party: archive.party, place, rating: 900_000 - 10_000 * index };
  });
}

class Town {
  readonly on: Consortium;
  readonly startMs: number;
  readonly delaysMs: number[] = [];
  /** Everybody who ever had a seat. */
  readonly seated = new Set<PartyId>();
  private readonly waiting = new Map<Slip, number>();
  private readonly askedMs = new Map<PartyId, number>();
  private readonly declared = new Set<string>();
  private records = 0;

  constructor(settings: Partial<ChannelSettings>) {
    this.on = new Consortium({ archives, others: [clinic, ann], attested: attested(), settings: { epochMinMs: 4_000, ...settings } });
    for (let from = 0; from < VISITORS; from += 100) {
      this.on.final(visitors.slice(from, from + 100).map((visitor) => this.on.slip(this.on.authority, visitor.certify())));
    }
    this.startMs = this.on.nowMs;
  }

  run(): void {
    const endMs = this.startMs + VISITORS * ARRIVAL_MS + 120_000;
    while (this.on.nowMs < endMs) {
      this.tick();
      if (this.waiting.size > 0 || configurationDue(this.on.ledger, this.on.nowMs)) this.makeBlock();
      else this.on.nowMs += TICK_MS;
    }
  }

  private index(party: PartyId): number {
    return visitors.findIndex((visitor) => visitor.party === party);
  }

  /** Since when it is silent, or null while it is here. */
  private goneMs(party: PartyId): number | null {
    const index = this.index(party);
    const gone = this.startMs + index * ARRIVAL_MS + STAY_MS;
    return index >= 0 && this.on.nowMs >= gone ? gone : null;
  }

  /** Records that the clinic has written by now. */
  private write(): void {
    const { on } = this;
    while (this.startMs + this.records * RECORD_EVERY_MS <= on.nowMs) {
      const action = recordAction(`r${this.records}`, ann, { unconfirmedReason: 'no device' });
      this.waiting.set(on.slip(clinic, action), this.startMs + this.records * RECORD_EVERY_MS);
      this.records += 1;
    }
  }

  private tick(): void {
    const { on } = this;
    this.write();
    for (const [index, visitor] of visitors.entries()) {
      const here = on.nowMs >= this.startMs + index * ARRIVAL_MS && this.goneMs(visitor.party) === null;
      const asked = this.askedMs.get(visitor.party) ?? 0;
      if (!here || on.nowMs - asked < RETRY_MS || seatReason(on.ledger, visitor.party, on.nowMs)?.mayAsk !== true) continue;
      this.askedMs.set(visitor.party, on.nowMs);
      this.waiting.set(on.slip(visitor, { kind: 'seat', height: on.ledger.height }), on.nowMs);
    }
    this.miss();
  }

  /** Whoever is awake and votes says once an epoch whom it does not hear, all in one slip. */
  private miss(): void {
    const { on } = this;
    const { epoch } = on.ledger.configuration;
    const silent = on.voters().filter((party) => {
      const goneMs = this.goneMs(party);
      return goneMs !== null && on.nowMs - goneMs >= on.ledger.settings.silenceMs && !this.declared.has(`${epoch}/${party}`);
    });
    if (silent.length === 0) return;
    for (const party of silent) this.declared.add(`${epoch}/${party}`);
    for (const person of this.awake()) this.waiting.set(on.slip(person, { kind: 'absent', parties: silent, epoch }), on.nowMs);
  }

  private awake(): readonly Person[] {
    const voting = new Set(this.on.voters());
    return [...archives, ...visitors].filter(({ party }) => voting.has(party) && this.goneMs(party) === null);
  }

  private makeBlock(): void {
    const { on } = this;
    const signers = this.awake().map(({ party }) => party);
    on.voters().forEach((party) => this.seated.add(party));
    expect(signers.length).toBeGreaterThanOrEqual(on.ledger.configuration.quorum);
    const { view, delayMs } = this.viewChanges(signers);
    on.nowMs += delayMs;
    this.write();
    const slips = [...this.waiting.keys()].filter((slip) => !slipIsSpent(on.ledger, slip));
    const outcomes = on.final(slips, { afterMs: ROUND_MS, signers, view });
    slips.forEach((slip, index) => {
      const submittedMs = this.waiting.get(slip);
      if (outcomes[index] === null || submittedMs === undefined) return;
      this.waiting.delete(slip);
      if (slip.body.action.kind === 'record') this.delaysMs.push(on.nowMs - submittedMs);
    });
    for (const slip of this.waiting.keys()) if (slipIsSpent(on.ledger, slip)) this.waiting.delete(slip);
  }

  /** The first view whose leader is awake, and what the views before it cost: each ends when Q have given up on it (R7). */
  private viewChanges(signers: readonly PartyId[]): { readonly view: number; readonly delayMs: number } {
    const configuration = toConsensusConfiguration(this.on.ledger);
    let delayMs = 0;
    for (let view = 0; ; view += 1) {
      if (signers.includes(leaderOf(configuration, this.on.ledger.height + 1, view))) return { view, delayMs };
      const delays = signers.map((party) => {
        const voter = configuration.voters.findIndex((candidate) => candidate.party === party);
        return viewDelayMs(configuration, voter, view);
      });
      delayMs += delays.toSorted((a, b) => a - b)[configuration.quorum - 1] ?? Number.POSITIVE_INFINITY;
    }
  }
}

describe('two hundred visitors who come and leave silently delay no record by more than 30 s (R17)', () => {
  test.each<[string, Partial<ChannelSettings>, number]>([
    // Three silent visitors may lead three views in a row: what they cost follows the first time-out.
    ['flat', { engine: 'pbft', baseTimeoutMs: DEMONSTRATION_TIMEOUT_MS }, 30_000],
    // Visitors whom nobody attests take no seat before those whom somebody does, so silence costs nothing.
    ['in groups', { engine: 'grouped' }, 3_000],
  ])('%s', (_name, settings, limitMs) => {
    const town = new Town(settings);
    town.run();
    expect(town.delaysMs.length).toBeGreaterThan(100);
    expect(Math.max(...town.delaysMs)).toBeLessThanOrEqual(limitMs);
    expect(town.seated.size).toBeGreaterThan(archives.length + 9);
  });

  test('in the worst order all three that may have a seat lead one after another, and all timers are slow', () => {
    const on = new Consortium({ archives, others: visitors.slice(0, 3), settings: { baseTimeoutMs: DEMONSTRATION_TIMEOUT_MS } });
    for (const visitor of visitors.slice(0, 3)) on.do(visitor, { kind: 'seat', height: on.ledger.height });
    const configuration = toConsensusConfiguration(on.ledger);
    expect(configuration.voters).toHaveLength(10);
    const slowest = [0, 1, 2].map((view) => Math.max(...configuration.voters.map((_, voter) => viewDelayMs(configuration, voter, view))));
    expect(slowest.reduce((sum, delayMs) => sum + delayMs, ROUND_MS)).toBeLessThanOrEqual(30_000);
  });
});
