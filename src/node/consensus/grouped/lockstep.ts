// For tests: members of a grouped configuration under the engine, with a first-in-first-out network that loses nothing
// unless told to, and requests that are one letter each. Counts what crosses.
import type { Digest, PartyId } from '../../base/index.ts';
import { asVerified } from '../checks.ts';
import type { Configuration, EngineEffect, EngineInput, Validity, Value, VoteRow } from '../engine.ts';
import type { ConsensusMessage, LanePosition } from '../messages.ts';
import { type Seat, initialSeats } from '../seats.ts';
import { configurationOf, digestNamed, party, signatureOf } from '../transcript.ts';
import { type GroupedState, batchesUnderWay, certifiedBatches } from './state.ts';
import { grouped } from './grouped.ts';

interface Final {
  readonly digest: Digest;
  readonly view: number;
}

/** Groups of the given sizes, filled in the voters' order; rank 0 is the first of each. */
export function groupedConfiguration(sizes: readonly number[], seats?: readonly Seat[]): Configuration {
  const members = sizes.reduce((sum, size) => sum + size, 0);
  let next = 0;
  const groups = sizes.map((size) => Array.from({ length: size }, () => party(next++)));
  return { ...configurationOf(members), groups, seats: seats ?? initialSeats(groups) };
}

/** One member: its engine and what a participant would do around it. */
export class Fellow {
  state: GroupedState = grouped.initial;
  row: VoteRow | null = null;
  readonly timers = new Map<string, Extract<EngineInput, { kind: 'timer' }>>();
  readonly requests = new Set<string>();
  readonly finals: Final[] = [];
  readonly ordered = new Map<number, LanePosition>();
  readonly evidence: string[] = [];
  readonly index: number;
  private readonly parish: Parish;

  constructor(parish: Parish, index: number) {
    this.parish = parish;
    this.index = index;
  }

  get height(): number {
    return this.parish.firstHeight + this.finals.length;
  }

  begin(): void {
    const { configuration } = this.parish;
    const { height } = this;
    const ownRow = this.row?.height === height ? this.row : null;
    const kept = this.row === null ? {} : { lane: this.row.lane, batches: this.row.batches };
    this.tell({ kind: 'begin', configuration, self: party(this.index), height, row: ownRow, ordered: [...this.ordered.values()], ...kept });
    this.tellPending();
  }

  /** Loses everything but its row, its final state and its requests. */
  restart(): void {
    this.state = grouped.initial;
    this.timers.clear();
    this.begin();
  }

  tellPending(): void {
    const batched = new Set(batchesUnderWay(this.state).flatMap(({ bytes }) => lettersOf(bytes)));
    const unbatched = [...this.requests].some((request) => !batched.has(request));
    const pending = certifiedBatches(this.state).length > 0;
    this.tell({ kind: 'pending', pending, unbatched });
  }

  tell(input: EngineInput): void {
    const { state, effects } = grouped.step(this.state, input);
    this.state = state;
    for (const effect of effects) if (effect.kind !== 'decide') this.perform(effect);
    for (const effect of effects) if (effect.kind === 'decide') this.decide(effect);
  }

  hear(message: ConsensusMessage): void {
    this.tell({ kind: 'message', message: asVerified(message), validity: this.judge(message) });
  }

  private judge(message: ConsensusMessage): Validity {
    if (message.kind !== 'proposal') return 'valid';
    const held = batchesUnderWay(this.state).map(({ reference }) => reference.digest);
    return message.carried.every(({ certificate }) => held.includes(certificate.reference.digest)) ? 'valid' : 'incomplete';
  }

  private perform(effect: EngineEffect): void {
    switch (effect.kind) {
      case 'persist':
        this.row = effect.row;
        return;
      case 'say': {
        const message = { ...effect.message, signature: signatureOf(effect.message.signer, 'own') } as ConsensusMessage;
        this.parish.send(this.index, effect.to, message);
        this.hear(message);
        return;
      }
      case 'send':
        this.parish.send(this.index, effect.to, effect.message);
        return;
      case 'timer':
        this.timers.delete(effect.name);
        if (effect.delayMs !== null)
          this.timers.set(effect.name, { kind: 'timer', name: effect.name, height: effect.height, view: effect.view });
        return;
      case 'request-value': {
        const cut = certifiedBatches(this.state).map(({ reference }) => reference);
        if (cut.length > 0 || effect.view > 0)
          this.tell({ kind: 'value', height: effect.height, view: effect.view, value: valueOf(effect.height, cut) });
        return;
      }
      case 'request-batch': {
        const batched = new Set(batchesUnderWay(this.state).flatMap(({ bytes }) => lettersOf(bytes)));
        const letters = [...this.requests].filter((request) => !batched.has(request)).join('');
        if (letters !== '') this.tell({ kind: 'batch', digest: digestNamed(letters), bytes: bytesOf(letters) });
        return;
      }
      case 'batch':
        return this.tellPending();
      case 'judge':
        return this.hear(effect.message);
      case 'evidence':
        this.evidence.push(`${effect.evidence.fault} ${Number.parseInt(effect.evidence.culprit, 16)}`);
        return;
      // The first is performed after all others, the second is for participants that can fetch.
      case 'decide':
      case 'behind':
    }
  }

  private decide({ value, certificate }: Extract<EngineEffect, { kind: 'decide' }>): void {
    for (const reference of value.cut) {
      this.ordered.set(reference.group, reference);
      for (const held of batchesUnderWay(this.state)) {
        if (held.reference.digest === reference.digest) for (const letter of lettersOf(held.bytes)) this.requests.delete(letter);
      }
    }
    this.finals.push({ digest: value.digest, view: certificate.view });
    this.begin();
  }
}

/** All members and the network between them. */
export class Parish {
  readonly firstHeight = 8;
  readonly configuration: Configuration;
  readonly fellows: readonly Fellow[];
  readonly sent: { readonly from: number; readonly to: number; readonly message: ConsensusMessage }[] = [];
  /** Lost where it says so. */
  loses: (from: number, to: number, message: ConsensusMessage) => boolean = () => false;
  private readonly queue: { readonly from: number; readonly to: number; readonly message: ConsensusMessage }[] = [];

  constructor(configuration: Configuration) {
    this.configuration = configuration;
    this.fellows = configuration.voters.map((_, index) => new Fellow(this, index));
    for (const fellow of this.fellows) fellow.begin();
  }

  send(from: number, to: 'voters' | readonly PartyId[], message: ConsensusMessage): void {
    const parties = to === 'voters' ? this.configuration.voters.map((voter) => voter.party) : to;
    for (const one of parties) {
      const index = Number.parseInt(one, 16);
      if (index === from) continue;
      this.sent.push({ from, to: index, message });
      if (!this.loses(from, index, message)) this.queue.push({ from, to: index, message });
    }
  }

  /** A request in the hands of one member. */
  submit(request: string, at: number): void {
    this.fellows[at]?.requests.add(request);
    this.fellows[at]?.tellPending();
    this.run();
  }

  run(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) this.fellows[next.to]?.hear(next.message);
  }

  /** Every running timer of that name fires. */
  fire(name: 'view' | 'bypass' | 'patience'): void {
    for (const fellow of this.fellows) {
      const timer = fellow.timers.get(name);
      fellow.timers.delete(name);
      if (timer !== undefined) fellow.tell(timer);
    }
    this.run();
  }

  countByKind(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { message } of this.sent) {
      const kind =
        message.kind === 'vote' || message.kind === 'lane-vote' || message.kind === 'bundle'
          ? `${message.kind} ${message.phase}`
          : message.kind;
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  }
}

function valueOf(height: number, cut: Value['cut']): Value {
  const name = `${height} ${cut.map((reference) => reference.digest.slice(0, 8)).join(' ')}`.slice(0, 30);
  return { digest: digestNamed(name), bytes: bytesOf(name), cut };
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function lettersOf(bytes: Uint8Array): readonly string[] {
  return [...bytes].map((code) => String.fromCharCode(code));
}
