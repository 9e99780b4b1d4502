// For tests: producers and auditors around the engine, without a network: what is said arrives at once, in order, unless somebody
// is deaf or dumb. Stands for the participant: who is asked for a value gives one; a value named "bad…" is invalid.
import type { PartyId } from '../../base/index.ts';
import { asVerified } from '../checks.ts';
import type { Audience, Configuration, EngineEffect, EngineInput, TimerName, Unsigned } from '../engine.ts';
import type { ConsensusMessage } from '../messages.ts';
import { configurationOf, digestNamed, party, signatureOf, valueNamed } from '../transcript.ts';
import { dpos } from './dpos.ts';
import type { DposState } from './state.ts';

/** Producers first, then auditors. */
export function configurationWith(producers: number, auditors: number): Configuration {
  const observers = Array.from({ length: auditors }, (_, i) => ({ party: party(producers + i), memberKey: new Uint8Array(32).fill(i) }));
  return { ...configurationOf(producers), observers };
}

interface Letter {
  readonly from: number;
  readonly to: number;
  readonly message: ConsensusMessage;
}

export class Assembly {
  readonly configuration: Configuration;
  readonly states: DposState[];
  /** `kind` of everything that was sent to another member, once for each receiver. */
  readonly sent: string[] = [];
  /** By member: digests of what it made final. */
  readonly finals: string[][];
  readonly evidence: string[] = [];
  /** Say nothing. */
  readonly dumb = new Set<number>();
  /** Changes what a member says; null: it stays silent. */
  twist: (from: number, message: Unsigned) => Unsigned | null = (_, message) => message;
  /** Sees what anybody means to send, the dumb included. */
  heardSend: (from: number, to: number, message: ConsensusMessage) => void = () => {};
  /** What a producer proposes. */
  valueOf: (height: number, view: number) => string = (height, view) => `v${height}${view}`;
  private readonly timers: Map<TimerName, { readonly height: number; readonly view: number }>[];
  private letters: Letter[] = [];

  constructor(producers: number, auditors: number) {
    this.configuration = configurationWith(producers, auditors);
    const everybody = Array.from({ length: producers + auditors });
    this.states = everybody.map(() => dpos.initial);
    this.finals = everybody.map(() => []);
    this.timers = everybody.map(() => new Map<TimerName, { readonly height: number; readonly view: number }>());
  }

  begin(height = 1): void {
    for (const member of this.states.keys()) {
      this.tell(member, { kind: 'begin', configuration: this.configuration, self: party(member), height, row: null });
    }
    this.settle();
  }

  pending(): void {
    for (const { party: id } of this.configuration.voters) this.tell(indexOf(id), { kind: 'pending', pending: true });
    this.settle();
  }

  /** Runs out the timers of that name, of everybody who has one. */
  timeOut(name: TimerName): void {
    for (const [member, timers] of this.timers.entries()) {
      const timer = timers.get(name);
      if (timer === undefined) continue;
      timers.delete(name);
      this.tell(member, { kind: 'timer', name, ...timer });
    }
    this.settle();
  }

  isRunning(name: TimerName, member: number): boolean {
    return this.timers[member]?.has(name) === true;
  }

  count(kind: string): number {
    return this.sent.filter((sent) => sent === kind).length;
  }

  /** From outside, for instance something forged. */
  deliver(to: number, message: ConsensusMessage): void {
    this.tell(to, { kind: 'message', message: asVerified(message), validity: validityOf(message) });
    this.settle();
  }

  private settle(): void {
    for (let letter = this.letters.shift(); letter !== undefined; letter = this.letters.shift()) {
      const { to, message } = letter;
      this.tell(to, { kind: 'message', message: asVerified(message), validity: validityOf(message) });
    }
  }

  private tell(member: number, input: EngineInput): void {
    const { state, effects } = dpos.step(this.states[member] ?? dpos.initial, input);
    this.states[member] = state;
    for (const effect of effects) this.perform(member, effect);
  }

  private perform(member: number, effect: EngineEffect): void {
    switch (effect.kind) {
      case 'say': {
        const said = this.twist(member, effect.message);
        if (said === null) return;
        const message = { ...said, signature: signatureOf(said.signer, 'own') } as ConsensusMessage;
        this.send(member, effect.to, message);
        this.letters.push({ from: member, to: member, message });
        return;
      }
      case 'send':
        this.send(member, effect.to, effect.message);
        return;
      case 'timer': {
        const { name, height, view, delayMs } = effect;
        if (delayMs === null) this.timers[member]?.delete(name);
        else this.timers[member]?.set(name, { height, view });
        return;
      }
      case 'request-value': {
        const { height, view } = effect;
        this.tell(member, { kind: 'value', height, view, value: valueNamed(this.valueOf(height, view)) });
        return;
      }
      case 'decide':
        this.finals[member]?.push(effect.value.digest);
        return;
      case 'evidence':
        this.evidence.push(`${effect.evidence.fault} ${indexOf(effect.evidence.culprit)}`);
        return;
      default:
    }
  }

  private send(from: number, to: Audience, message: ConsensusMessage): void {
    const parties = to === 'voters' ? this.configuration.voters.map((voter) => voter.party) : to;
    for (const id of parties) this.heardSend(from, indexOf(id), message);
    if (this.dumb.has(from)) return;
    for (const id of parties) {
      if (indexOf(id) === from) continue;
      this.sent.push(message.kind === 'vote' ? message.phase : message.kind);
      this.letters.push({ from, to: indexOf(id), message });
    }
  }
}

function indexOf(id: PartyId): number {
  return Number.parseInt(id, 16);
}

function validityOf(message: ConsensusMessage): 'valid' | 'invalid' {
  return message.kind === 'proposal' && message.digest.startsWith(digestNamed('bad').slice(0, 6)) ? 'invalid' : 'valid';
}
