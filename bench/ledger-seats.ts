// Two kinds of members for the wire: the product's own, with ledger, verify stage and groups; and those engines that only the simulator
// drives, over lists of the same slips, each of which every member checks and executes.
import { type PartyId, type RecordId, isRejection } from '../src/node/base/index.ts';
import {
  type Configuration,
  type ConsensusMessage,
  type TimerName,
  asVerified,
  heightOf,
  isLaneMessage,
  statementBytes,
} from '../src/node/consensus/index.ts';
import { type Slip, type State, execute, recordIn, signaturesOf, slipIdOf, stateRoot } from '../src/node/contracts/index.ts';
import { type Ledger, toConsensusConfiguration } from '../src/node/ledger/index.ts';
import {
  type ParticipantInit,
  type ParticipantInput,
  type ParticipantState,
  createParticipant,
  decodeBatch,
  stepParticipant,
} from '../src/node/participant/index.ts';
import type { Signer, Verifier } from '../src/node/ports/index.ts';
import { createSignatureBook } from '../src/node/runtime/signature-book.ts';
import { createVerification } from '../src/node/runtime/verify.ts';
import { encodeBatch } from '../src/node/participant/cut.ts';
import { ENGINES, type EngineName } from '../tests/sim/engines.ts';
import type { Seat, Send, Wire } from './ledger-wire.ts';

interface Keyed {
  readonly party: PartyId;
  readonly signer: Signer;
  readonly verifier: Verifier;
  readonly wire: Wire;
  readonly send: Send;
}

type Running = Map<TimerName, { readonly kind: 'timer'; readonly name: TimerName; readonly height: number; readonly view: number }>;

/** A member as a node runs it, without network and disk. */
export class ProductSeat implements Seat {
  readonly party: PartyId;
  finalSlips = 0;
  private state: ParticipantState;
  private readonly verification;
  private readonly timers: Running = new Map();
  private early: ConsensusMessage[] = [];
  private readonly keyed: Keyed;
  private readonly startMs: number;

  constructor(keyed: Keyed, init: ParticipantInit, nowMs: number) {
    this.keyed = keyed;
    this.party = keyed.party;
    this.startMs = nowMs - Math.floor(performance.now());
    this.verification = createVerification(keyed.verifier);
    this.state = createParticipant(init, nowMs);
  }

  async start(): Promise<void> {
    await this.step({ kind: 'start' });
    await this.step({ kind: 'cleared' });
  }

  /** Asks its own state. */
  knows(record: RecordId): boolean {
    return recordIn(this.state.ledger.state, record) !== null;
  }

  /** Slips that a client or another member handed over: their signatures are checked here. */
  async give(slips: readonly Slip[]): Promise<void> {
    const good = await this.verification.slips(this.state.ledger, slips);
    await this.step({ kind: 'slips', slips: slips.filter((_, index) => good[index] === true) });
  }

  async check(message: ConsensusMessage): Promise<(() => Promise<void>) | null> {
    const { ledger } = this.state;
    if (!isLaneMessage(message)) {
      const height = heightOf(message);
      if (height > ledger.height + 1) this.early.push(message);
      if (height !== ledger.height + 1) return null;
    }
    const found = await this.verification.consensus(ledger, message, ({ digest }) => this.state.desk.get(digest)?.slips ?? null);
    return async () => {
      if (this.state.ledger !== ledger && !isLaneMessage(message)) return this.keyed.wire.again(this.party, message);
      if (!isRejection(found)) await this.step({ kind: 'consensus', ...found });
    };
  }

  async tick(): Promise<void> {
    await this.step({ kind: 'tick', heard: [], synchronised: true });
  }

  async fire(name: TimerName): Promise<void> {
    const timer = this.timers.get(name);
    this.timers.delete(name);
    if (timer !== undefined) await this.step(timer);
  }

  private async step(input: ParticipantInput): Promise<void> {
    const before = this.state.ledger;
    const { state, effects } = stepParticipant(this.state, input, this.startMs + Math.ceil(performance.now()));
    this.state = state;
    for (const effect of effects) {
      switch (effect.kind) {
        case 'say': {
          const under = 'height' in effect.message && effect.message.height === before.height + 1 ? before : this.state.ledger;
          const configuration = toConsensusConfiguration(under);
          const message = await signed(effect.message, configuration, this.keyed.signer);
          this.keyed.send(effect.to === 'voters' ? partiesIn(configuration) : effect.to, message);
          if (this.isOpen(message)) await this.step({ kind: 'consensus', message: asVerified(message), content: { kind: 'own' } });
          break;
        }
        case 'send':
          this.keyed.send(effect.to === 'voters' ? partiesIn(toConsensusConfiguration(this.state.ledger)) : effect.to, effect.message);
          break;
        case 'timer':
          setTimer(this.timers, effect);
          break;
        case 'judge': {
          const slipsOf = ({ digest }: { readonly digest: string }) => this.state.desk.get(digest as never)?.slips ?? null;
          const content = await this.verification.content(this.state.ledger, effect.message, slipsOf);
          if (!isRejection(content)) await this.step({ kind: 'consensus', message: effect.message, content });
          break;
        }
        case 'check-batch': {
          const good = await this.verification.slips(this.state.ledger, effect.slips);
          await this.step({ kind: 'batch-checked', digest: effect.digest, good });
          break;
        }
        case 'store':
          this.finalSlips += effect.block.block.slips.length;
          break;
        default:
      }
    }
    if (this.state.ledger === before || this.early.length === 0) return;
    const { early } = this;
    this.early = [];
    for (const message of early) this.keyed.wire.again(this.party, message);
  }

  private isOpen(message: ConsensusMessage): boolean {
    return isLaneMessage(message) || heightOf(message) === this.state.ledger.height + 1;
  }
}

/** A member of an engine that no channel can be founded with yet. */
export class EngineSeat implements Seat {
  readonly party: PartyId;
  finalSlips = 0;
  private height = 1;
  private state: State;
  private readonly machine;
  private readonly checks;
  private readonly book;
  private readonly timers: Running = new Map();
  private early: ConsensusMessage[] = [];
  private wanted: { readonly height: number; readonly view: number } | null = null;
  private pool: readonly Slip[] = [];
  private readonly keyed: Keyed;
  private readonly configuration: Configuration;
  private readonly ledger: Ledger;
  private readonly blockSlips: number;

  constructor(
    keyed: Keyed,
    engine: EngineName,
    under: { readonly configuration: Configuration; readonly ledger: Ledger; readonly blockSlips: number },
  ) {
    this.keyed = keyed;
    this.party = keyed.party;
    this.machine = ENGINES[engine].machine();
    this.checks = ENGINES[engine].checks;
    this.book = createSignatureBook(keyed.verifier);
    this.configuration = under.configuration;
    this.ledger = under.ledger;
    this.blockSlips = under.blockSlips;
    this.state = under.ledger.state;
  }

  async start(): Promise<void> {
    await this.begin();
  }

  async give(slips: readonly Slip[]): Promise<void> {
    const good = await Promise.all(slips.map((slip) => this.isGood(slip)));
    this.pool = [...this.pool, ...slips.filter((_, index) => good[index] === true)];
    await this.offer();
  }

  async check(message: ConsensusMessage): Promise<(() => Promise<void>) | null> {
    const { height } = this;
    if (isLaneMessage(message)) return null;
    const of = heightOf(message);
    if (of > height) this.early.push(message);
    if (of !== height) return null;
    const checks = this.checks.ofMessage(message, this.configuration);
    if (isRejection(checks) || !(await this.book.allHold(checks))) return null;
    const bytes = 'value' in message ? message.value : null;
    const valid = bytes === null || (await this.isValid(bytes));
    return async () => {
      if (this.height !== height) return this.keyed.wire.again(this.party, message);
      await this.step({ kind: 'message', message: asVerified(message), validity: valid ? 'valid' : 'invalid' });
    };
  }

  async tick(): Promise<void> {
    await this.offer();
  }

  async fire(name: TimerName): Promise<void> {
    const timer = this.timers.get(name);
    this.timers.delete(name);
    if (timer !== undefined) await this.step(timer);
  }

  /** Every slip's signatures, and that all of them work on this member's own state. */
  private async isValid(bytes: Uint8Array): Promise<boolean> {
    const slips = decodeBatch(bytes);
    if (isRejection(slips)) return false;
    const good = await Promise.all(slips.map((slip) => this.isGood(slip)));
    return good.every(Boolean) && this.executed(slips) !== null;
  }

  private async isGood(slip: Slip): Promise<boolean> {
    const checks = signaturesOf(this.ledger.state, slip);
    return !isRejection(checks) && (await this.book.allHold(checks));
  }

  private executed(slips: readonly Slip[]): State | null {
    let { state } = this;
    for (const slip of slips) {
      const done = execute(state, slip, { height: this.height, timestampMs: slip.body.timestampMs + this.height });
      if (!done.spent) return null;
      ({ state } = done);
    }
    stateRoot(state);
    return state;
  }

  private async begin(): Promise<void> {
    this.wanted = null;
    await this.step({ kind: 'begin', configuration: this.configuration, self: this.party, height: this.height, row: null });
    await this.offer();
  }

  private async offer(): Promise<void> {
    await this.step({ kind: 'pending', pending: this.pool.length > 0 });
    const { wanted } = this;
    if (wanted?.height !== this.height || this.pool.length === 0) return;
    this.wanted = null;
    const { digest, bytes } = encodeBatch(this.pool.slice(0, this.blockSlips));
    await this.step({ kind: 'value', ...wanted, value: { digest, bytes, cut: [] } });
  }

  private async step(input: Parameters<ReturnType<(typeof ENGINES)['pbft']['machine']>['step']>[0]): Promise<void> {
    let decided: Uint8Array | null = null;
    for (const effect of this.machine.step(input)) {
      switch (effect.kind) {
        case 'say': {
          const message = await signed(effect.message, this.configuration, this.keyed.signer);
          this.keyed.send(effect.to === 'voters' ? partiesIn(this.configuration) : effect.to, message);
          await this.step({ kind: 'message', message: asVerified(message), validity: 'valid' });
          break;
        }
        case 'send':
          this.keyed.send(effect.to === 'voters' ? partiesIn(this.configuration) : effect.to, effect.message);
          break;
        case 'timer':
          setTimer(this.timers, effect);
          break;
        case 'request-value':
          this.wanted = { height: effect.height, view: effect.view };
          await this.offer();
          break;
        case 'judge':
          await this.step({ kind: 'message', message: effect.message, validity: 'valid' });
          break;
        case 'decide':
          if (effect.height === this.height) decided = effect.value.bytes;
          break;
        default:
      }
    }
    if (decided !== null) await this.adopt(decided);
  }

  private async adopt(bytes: Uint8Array): Promise<void> {
    const slips = decodeBatch(bytes);
    if (isRejection(slips)) throw new Error(slips.detail);
    this.state = this.executed(slips) ?? this.state;
    const gone = new Set(slips.map(slipIdOf));
    this.pool = this.pool.filter((slip) => !gone.has(slipIdOf(slip)));
    this.finalSlips += slips.length;
    this.height += 1;
    const { early } = this;
    this.early = [];
    for (const message of early) this.keyed.wire.again(this.party, message);
    await this.begin();
  }
}

async function signed(
  unsigned: Parameters<typeof statementBytes>[0],
  configuration: Configuration,
  signer: Signer,
): Promise<ConsensusMessage> {
  return { ...unsigned, signature: await signer.sign(statementBytes(unsigned, configuration)) };
}

function partiesIn({ voters, observers = [] }: Configuration): readonly PartyId[] {
  return [...voters, ...observers].map(({ party }) => party);
}

function setTimer(
  timers: Running,
  {
    name,
    height,
    view,
    delayMs,
  }: { readonly name: TimerName; readonly height: number; readonly view: number; readonly delayMs: number | null },
): void {
  timers.delete(name);
  if (delayMs !== null) timers.set(name, { kind: 'timer', name, height, view });
}
