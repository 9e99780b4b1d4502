// One simulated member: a production engine, unchanged, in a small runtime of virtual time. One queue; effects in their
// order; nothing is signed before its row is durable (R3). It can be killed at any point between two effects, frozen,
// and started again from its journal and ledger. A damaged row makes it an observer for good (R14).
import type { PartyId } from '../../src/node/base/index.ts';
import { asVerified, epochOf, heightOf, isLaneMessage } from '../../src/node/consensus/index.ts';
import type { Audience, Configuration, ConsensusMessage, EngineEffect, EngineInput, TimerName } from '../../src/node/consensus/index.ts';
import { validityOf } from './block.ts';
import { Bookkeeper } from './bookkeeper.ts';
import { requestsIn, signaturesIn } from './cost.ts';
import { Disk } from './disk.ts';
import { ENGINES, type Machine } from './engines.ts';
import type { Place } from './history.ts';
import type { Decided, Packet, Verdict, World } from './world.ts';

/** Messages of the next height or epoch that are kept until it begins (R18). */
const MAX_EARLY = 4096;
/** Blocks in one answer to a pull. */
const MAX_FINALS = 16;
/** How often a member asks a random other one whether there is more. */
const PULL_EVERY_MS = 5_000;
/** How long a lane may stand still while requests wait, in time-outs of view 0 (R8). */
const OVERDUE_TIMEOUTS = 1.5;

export class Member {
  readonly index: number;
  readonly disk = new Disk();
  readonly books: Bookkeeper;
  protected readonly world: World;
  up = false;
  frozen = false;
  /** Places of the final blocks, by height. */
  chain: Place[] = [];
  private engine: Machine;
  /** Grows with every start: what belongs to an earlier life is ignored. */
  private life = 0;
  private readonly timerLives = new Map<TimerName, number>();
  private busy = false;
  private queue: (() => void)[] = [];
  private early: { readonly from: number; readonly message: ConsensusMessage }[] = [];
  private wanted: { readonly height: number; readonly view: number } | null = null;
  /** When its processor has done what waits for it, where it is charged. */
  private freeMs = 0;

  constructor(world: World, index: number) {
    this.world = world;
    this.index = index;
    this.engine = world.machine();
    this.books = new Bookkeeper(world, index);
  }

  get height(): number {
    return this.disk.finals.length;
  }

  /** After the last final block. */
  get tip(): Place {
    return this.chain.at(-1) ?? this.world.history.genesis;
  }

  /** Of the open height. */
  get configuration(): Configuration {
    return this.tip.next;
  }

  /** Entries and bytes that its engine remembers (R18). */
  get weight(): number {
    return this.engine.weight();
  }

  protected get party(): PartyId {
    return this.world.partyOf(this.index);
  }

  hasExecuted(request: string): boolean {
    return this.world.history.hasExecuted(request, this.chain);
  }

  start(): void {
    this.up = true;
    this.frozen = false;
    this.busy = false;
    this.life += 1;
    this.queue = [];
    this.early = [];
    this.engine = this.world.machine();
    this.freeMs = this.world.clock.nowMs;
    this.chain = [];
    for (const final of this.disk.finals) this.chain.push(this.world.history.after(this.tip, final));
    this.books.restart(this.chain, this.disk.row);
    this.enqueue(() => this.beginHeight());
    this.repeat(this.life, Math.floor(this.world.random.unit() * PULL_EVERY_MS), PULL_EVERY_MS, () => this.pull());
    if (this.configuration.groups.length > 0 && ENGINES[this.world.engine].lanes)
      this.repeat(this.life, this.overdueMs, this.overdueMs, () => this.enqueue(() => this.complainIfOverdue()));
  }

  kill(): void {
    this.up = false;
    this.life += 1;
    this.queue = [];
    this.disk.kill();
  }

  freeze(): void {
    this.frozen = true;
  }

  thaw(): void {
    this.frozen = false;
    this.drain();
  }

  receive(from: number, packet: Packet): void {
    if (!this.up) return;
    this.later(this.occupy(this.costUs(packet)), () => this.enqueue(() => this.take(from, packet)));
  }

  /** Overridden by those that do not say what the engine wants said. */
  protected transmit(to: number, packet: Packet): void {
    this.world.send(this.index, to, packet);
  }

  /** Overridden likewise: `message` is the own one, signed. */
  protected broadcast(message: ConsensusMessage, to: Audience = 'voters'): void {
    const packet: Packet = { kind: 'consensus', message };
    for (const member of this.indexesOf(to)) this.transmit(member, packet);
  }

  /** Overridden likewise: somebody else's message, or one that holds no statement of its own. */
  protected forward(message: ConsensusMessage, to: Audience): void {
    const packet: Packet = { kind: 'consensus', message };
    for (const member of this.indexesOf(to)) this.transmit(member, packet);
  }

  protected indexesOf(to: Audience): readonly number[] {
    const parties = to === 'voters' ? this.configuration.voters.map((voter) => voter.party) : to;
    return parties.map((party) => this.world.indexOf(party)).filter((member) => member >= 0 && member !== this.index);
  }

  /** What the verify stage says of a message, under the configuration of its height. */
  protected verdictOn(message: ConsensusMessage): Verdict {
    return this.world.verified(message, this.configurationFor(message));
  }

  private configurationFor(message: ConsensusMessage): Configuration {
    if (isLaneMessage(message)) return this.configuration;
    const height = heightOf(message);
    if (height >= this.height) return this.configuration;
    return height === 0 ? this.world.history.genesis.next : (this.chain[height - 1]?.next ?? this.configuration);
  }

  private take(from: number, packet: Packet): void {
    switch (packet.kind) {
      case 'consensus':
        this.hear(from, packet.message);
        return;
      case 'requests':
        if (this.books.note(packet.requests, this.chain)) this.offerWork();
        return;
      case 'pull':
        if (packet.from < this.height)
          this.transmit(from, { kind: 'finals', finals: this.disk.finals.slice(packet.from, packet.from + MAX_FINALS) });
        return;
      case 'finals':
        this.adoptFetched(packet.finals);
    }
  }

  private hear(from: number, message: ConsensusMessage): void {
    const { epoch } = this.configuration;
    const lane = isLaneMessage(message);
    if (lane ? epochOf(message) > epoch : heightOf(message) > this.height) {
      // Who leads up there is not known yet, so it is verified when that height begins.
      if (this.early.length < MAX_EARLY) this.early.push({ from, message });
      if (lane || 'refusal' in this.verdictOn(message)) return;
    }
    const verdict = this.verdictOn(message);
    if ('refusal' in verdict) {
      this.world.watcher.refused(this.index, verdict.refusal);
      return;
    }
    this.world.watcher.heard(this.index, verdict.message);
    this.tell(verdict.message);
  }

  private tell(message: ConsensusMessage): void {
    this.step({ kind: 'message', message: asVerified(message), validity: validityOf(message, this.books.judge(this.height, this.tip)) });
  }

  private adoptFetched(finals: readonly Decided[]): void {
    const before = this.height;
    for (const final of finals) {
      if (final.height !== this.height || 'refusal' in this.verdictOn(final)) continue;
      this.append(final);
    }
    if (this.height > before) this.beginHeight();
    if (finals.length === MAX_FINALS) this.pull();
  }

  private append(final: Decided): void {
    const place = this.world.history.after(this.tip, final);
    this.disk.append(final);
    this.chain.push(place);
    this.books.executed(place, final);
    this.world.watcher.final(this.index, final, place);
  }

  private beginHeight(): void {
    const { row, damaged } = this.disk;
    const { configuration } = this;
    const mayVote = !damaged && (row === null || row.height <= this.height);
    const last = this.disk.finals.at(-1);
    const sameEpoch = row !== null && row.epoch === configuration.epoch;
    this.wanted = null;
    this.step({
      kind: 'begin',
      configuration,
      self: mayVote ? this.party : null,
      height: this.height,
      row: sameEpoch && row.height === this.height ? row : null,
      ...(last === undefined ? {} : { last }),
      ...(sameEpoch && mayVote ? { lane: row.lane, batches: row.batches } : {}),
      ordered: this.tip.ordered,
    });
    const { early } = this;
    this.early = [];
    for (const { from, message } of early) this.enqueue(() => this.hear(from, message));
    this.offerWork();
  }

  private offerWork(): void {
    const { pending, unbatched } = this.books.waiting(this.configuration);
    this.step({ kind: 'pending', pending, unbatched });
    this.offerValue();
    this.offerBatch();
  }

  private offerValue(): void {
    const { wanted } = this;
    if (wanted?.height !== this.height || (wanted.view === 0 && !this.books.waiting(this.configuration).pending)) return;
    this.wanted = null;
    this.step({ kind: 'value', ...wanted, value: this.books.compose(wanted.view, this.tip, this.disk.finals.at(-1) ?? null) });
  }

  private offerBatch(): void {
    const batch = this.books.takeBatch(this.configuration, (delayMs) => this.later(delayMs, () => this.enqueue(() => this.offerBatch())));
    if (batch !== null) this.step({ kind: 'batch', ...batch });
  }

  private get overdueMs(): number {
    return OVERDUE_TIMEOUTS * this.configuration.baseTimeoutMs;
  }

  private complainIfOverdue(): void {
    if (!this.books.isOverdue(this.overdueMs)) return;
    this.offerWork();
    this.step({ kind: 'overdue' });
  }

  private step(input: EngineInput): void {
    if (this.busy) {
      this.queue.push(() => this.step(input));
      return;
    }
    this.perform(this.engine.step(input), 0);
  }

  /** Effects in their order. A write makes everything behind it wait, and can be the last thing that this life does. */
  private perform(effects: readonly EngineEffect[], first: number): void {
    for (let i = first; i < effects.length; i += 1) {
      const effect = effects[i];
      if (effect?.kind === 'persist') {
        this.busy = true;
        this.disk.write(effect.row);
        this.later(this.world.persistMs, () => {
          this.disk.sync();
          this.busy = false;
          this.queue.unshift(() => this.perform(effects, i + 1));
          this.drain();
        });
        return;
      }
      if (effect !== undefined) this.performOne(effect);
    }
  }

  private performOne(effect: Exclude<EngineEffect, { kind: 'persist' }>): void {
    switch (effect.kind) {
      case 'say':
        this.say(effect);
        return;
      case 'send':
        this.forward(effect.message, effect.to);
        return;
      case 'timer':
        this.setTimer(effect);
        return;
      case 'request-value':
        this.wanted = { height: effect.height, view: effect.view };
        this.enqueue(() => this.offerValue());
        return;
      case 'request-batch':
        this.books.wantsBatch = true;
        this.enqueue(() => this.offerBatch());
        return;
      case 'batch':
        if (this.books.noteBatch(effect.batch)) this.enqueue(() => this.offerWork());
        return;
      case 'judge':
        this.enqueue(() => this.tell(effect.message));
        return;
      case 'decide':
        this.enqueue(() => this.adoptDecided(effect));
        return;
      case 'behind':
        this.pull();
        return;
      case 'evidence':
        this.world.watcher.accused(this.index, effect.evidence);
    }
  }

  private say({ message, to }: Extract<EngineEffect, { kind: 'say' }>): void {
    this.world.watcher.said(this.index, message, this.disk.row);
    if (message.kind === 'vote' && !this.books.canServe(message.digest, this.disk.row)) this.world.watcher.lacked(this.index, message);
    const signed = this.world.sign(this.index, message, this.configuration);
    const spoken = () => {
      this.broadcast(signed, to);
      this.enqueue(() => this.step({ kind: 'message', message: asVerified(signed), validity: 'valid' }));
    };
    this.later(this.occupy(this.world.charge?.signUs ?? 0), spoken);
  }

  private adoptDecided({ height, certificate, value }: Extract<EngineEffect, { kind: 'decide' }>): void {
    if (height !== this.height) return;
    this.append({ kind: 'decided', height, certificate, value: value.bytes });
    this.beginHeight();
  }

  private setTimer({ name, height, view, delayMs }: Extract<EngineEffect, { kind: 'timer' }>): void {
    const timerLife = (this.timerLives.get(name) ?? 0) + 1;
    this.timerLives.set(name, timerLife);
    if (delayMs === null) return;
    const isRunning = () => timerLife === this.timerLives.get(name);
    this.later(delayMs, () => this.enqueue(() => isRunning() && this.step({ kind: 'timer', name, height, view })));
  }

  private pull(): void {
    const others = this.world.members - 1;
    if (others === 0) return;
    const to = (this.index + this.world.random.between(1, others)) % (others + 1);
    this.transmit(to, { kind: 'pull', from: this.height });
  }

  private repeat(life: number, delayMs: number, everyMs: number, happen: () => void): void {
    this.world.clock.after(delayMs, () => {
      if (life !== this.life) return;
      if (!this.frozen) happen();
      this.repeat(life, everyMs, everyMs, happen);
    });
  }

  /** Milliseconds until the processor has done this as well, after all that it has to do before. */
  private occupy(costUs: number): number {
    if (this.world.charge === null) return 0;
    const { nowMs } = this.world.clock;
    this.freeMs = Math.max(nowMs, this.freeMs) + costUs / 1000;
    return this.freeMs - nowMs;
  }

  private costUs(packet: Packet): number {
    const { charge } = this.world;
    if (charge === null || packet.kind !== 'consensus') return 0;
    return charge.verifyUs * (signaturesIn(packet.message) + requestsIn(packet.message));
  }

  /** In this life only. */
  private later(delayMs: number, happen: () => void): void {
    const { life } = this;
    if (delayMs === 0) happen();
    else this.world.clock.after(delayMs, () => life === this.life && happen());
  }

  private enqueue(task: () => void): void {
    this.queue.push(task);
    if (!this.draining) this.drain();
  }

  private draining = false;

  private drain(): void {
    if (this.draining) return;
    this.draining = true;
    while (!this.busy && !this.frozen && this.up) {
      const task = this.queue.shift();
      if (task === undefined) break;
      task();
    }
    this.draining = false;
  }
}
