// One simulated member: the production engine, unchanged, in a small runtime of virtual time. One queue; effects in their
// order; nothing is signed before its row is durable (R3). It can be killed at any point between two effects, frozen,
// and started again from its journal and ledger.
import { asVerified, pbft } from '../../src/node/consensus/index.ts';
import type { ConsensusMessage, EngineEffect, EngineInput, PbftState } from '../../src/node/consensus/index.ts';
import { type SimBlock, blockOf, validityOf, valueOfBlock } from './block.ts';
import { Disk } from './disk.ts';
import type { Decided, Packet, World } from './world.ts';

/** Messages of the next height that are kept until it begins (R18). */
const MAX_EARLY = 1024;
/** Blocks in one answer to a pull. */
const MAX_FINALS = 16;
/** How often a member asks a random other one whether there is more. */
const PULL_EVERY_MS = 5_000;

export class Member {
  readonly index: number;
  readonly disk: Disk;
  protected readonly world: World;
  up = false;
  frozen = false;
  private engine: PbftState = pbft.initial;
  /** Grows with every start: what belongs to an earlier life is ignored. */
  private life = 0;
  private timerLife = 0;
  private busy = false;
  private queue: (() => void)[] = [];
  private early: ConsensusMessage[] = [];
  private pool = new Set<string>();
  private executed = new Set<string>();
  private wanted: { readonly height: number; readonly view: number } | null = null;

  constructor(world: World, index: number) {
    this.world = world;
    this.index = index;
    this.disk = new Disk();
  }

  get height(): number {
    return this.disk.finals.length;
  }

  hasExecuted(request: string): boolean {
    return this.executed.has(request);
  }

  start(): void {
    this.up = true;
    this.frozen = false;
    this.busy = false;
    this.life += 1;
    this.queue = [];
    this.early = [];
    this.engine = pbft.initial;
    this.executed = new Set(this.disk.finals.flatMap((final) => requestsOf(final)));
    this.pool = new Set([...this.pool].filter((request) => !this.executed.has(request)));
    this.enqueue(() => this.beginHeight());
    this.pullLater(this.life, Math.floor(this.world.random.unit() * PULL_EVERY_MS));
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
    if (this.up) this.enqueue(() => this.take(from, packet));
  }

  /** Overridden by those that do not say what the engine wants said. */
  protected transmit(to: number, packet: Packet): void {
    this.world.send(this.index, to, packet);
  }

  /** Overridden likewise: `message` is the own one, signed. */
  protected broadcast(message: ConsensusMessage): void {
    const packet: Packet = { kind: 'consensus', message };
    for (let to = 0; to < this.world.configuration.voters.length; to += 1) if (to !== this.index) this.transmit(to, packet);
  }

  protected get parent(): string {
    return this.disk.finals.at(-1)?.certificate.digest ?? '';
  }

  protected compose(view: number): SimBlock {
    const requests = [...this.pool].slice(0, this.world.batch);
    return { height: this.height, parent: this.parent, proposer: this.index, view, requests, salt: '' };
  }

  private take(from: number, packet: Packet): void {
    switch (packet.kind) {
      case 'consensus':
        this.hear(packet.message);
        return;
      case 'request':
        if (this.executed.has(packet.request) || this.pool.has(packet.request)) return;
        this.pool.add(packet.request);
        this.offerWork();
        return;
      case 'pull':
        if (packet.from < this.height)
          this.transmit(from, { kind: 'finals', finals: this.disk.finals.slice(packet.from, packet.from + MAX_FINALS) });
        return;
      case 'finals':
        this.adoptFetched(packet.finals);
    }
  }

  private hear(message: ConsensusMessage): void {
    const refusal = this.world.verified(message);
    if (refusal !== null) {
      this.world.watcher.refused(this.index, refusal);
      return;
    }
    this.world.watcher.heard(this.index, message);
    if (message.height === this.height + 1 && this.early.length < MAX_EARLY) this.early.push(message);
    this.step({ kind: 'message', message: asVerified(message), validity: validityOf(message, this.height, this.parent) });
  }

  private adoptFetched(finals: readonly Decided[]): void {
    const before = this.height;
    for (const final of finals) {
      if (final.height === this.height && this.world.verified(final) === null) this.append(final);
    }
    if (this.height > before) this.beginHeight();
    if (finals.length === MAX_FINALS) this.pull();
  }

  private append(final: Decided): void {
    this.disk.append(final);
    for (const request of requestsOf(final)) {
      this.executed.add(request);
      this.pool.delete(request);
    }
    this.world.watcher.final(this.index, final);
  }

  private beginHeight(): void {
    const { row } = this.disk;
    const mayVote = row === null || row.height <= this.height;
    const last = this.disk.finals.at(-1);
    this.wanted = null;
    this.step({
      kind: 'begin',
      configuration: this.world.configuration,
      self: mayVote ? (this.world.configuration.voters[this.index]?.party ?? null) : null,
      height: this.height,
      row: row?.height === this.height ? row : null,
      ...(last === undefined ? {} : { last }),
    });
    const { early } = this;
    this.early = [];
    for (const message of early) this.enqueue(() => this.hear(message));
    this.offerWork();
  }

  private offerWork(): void {
    this.step({ kind: 'pending', pending: this.pool.size > 0 });
    this.offerValue();
  }

  private offerValue(): void {
    const { wanted } = this;
    if (wanted?.height !== this.height || (wanted.view === 0 && this.pool.size === 0)) return;
    this.wanted = null;
    this.step({ kind: 'value', ...wanted, value: valueOfBlock(this.compose(wanted.view)) });
  }

  private step(input: EngineInput): void {
    if (this.busy) {
      this.queue.push(() => this.step(input));
      return;
    }
    const { state, effects } = pbft.step(this.engine, input);
    this.engine = state;
    this.perform(effects, 0);
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
      case 'say': {
        this.world.watcher.said(this.index, effect.message, this.disk.row);
        const message = this.world.sign(this.index, effect.message);
        this.broadcast(message);
        this.enqueue(() => this.step({ kind: 'message', message: asVerified(message), validity: 'valid' }));
        return;
      }
      case 'send':
        this.transmit(this.world.indexOf(effect.to), { kind: 'consensus', message: effect.message });
        return;
      case 'timer':
        this.setTimer(effect);
        return;
      case 'request-value':
        this.wanted = { height: effect.height, view: effect.view };
        this.enqueue(() => this.offerValue());
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

  private adoptDecided({ height, certificate, value }: Extract<EngineEffect, { kind: 'decide' }>): void {
    if (height !== this.height) return;
    this.append({ kind: 'decided', height, certificate, value: value.bytes });
    this.beginHeight();
  }

  private setTimer({ height, view, delayMs }: Extract<EngineEffect, { kind: 'timer' }>): void {
    this.timerLife += 1;
    const timerLife = this.timerLife;
    if (delayMs === null) return;
    this.later(delayMs, () => this.enqueue(() => timerLife === this.timerLife && this.step({ kind: 'timer', height, view })));
  }

  private pull(): void {
    const others = this.world.configuration.voters.length - 1;
    if (others === 0) return;
    const to = (this.index + this.world.random.between(1, others)) % (others + 1);
    this.transmit(to, { kind: 'pull', from: this.height });
  }

  private pullLater(life: number, delayMs: number): void {
    this.world.clock.after(delayMs, () => {
      if (life !== this.life) return;
      if (!this.frozen) this.pull();
      this.pullLater(life, PULL_EVERY_MS);
    });
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

function requestsOf(final: Decided): readonly string[] {
  return blockOf(final.value)?.requests ?? [];
}
