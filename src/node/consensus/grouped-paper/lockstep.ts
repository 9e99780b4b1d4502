// For tests: members under the paper's engine, with a first-in-first-out network that loses only what it is told to lose. Members
// may be in the hands of a test, which then says with their keys whatever it likes. Counts what crosses.
import { type PartyId, assert } from '../../base/index.ts';
import { asVerified } from '../checks.ts';
import type { Configuration, EngineEffect, EngineInput, VoteRow } from '../engine.ts';
import { groupedConfiguration } from '../grouped/lockstep.ts';
import type { Certificate, ConsensusMessage } from '../messages.ts';
import { digestNamed, party, signatureOf, valueNamed } from '../transcript.ts';
import { groupedPaper } from './grouped-paper.ts';
import type { PaperState } from './state.ts';

/** One member and what a participant would do around it. */
export class Clinic {
  state: PaperState = groupedPaper.initial;
  row: VoteRow | null = null;
  timer: Extract<EngineInput, { kind: 'timer' }> | null = null;
  /** What it would put in a value of its own; null where nothing waits. */
  wish: string | null = null;
  readonly finals: { readonly name: string; readonly certificate: Certificate }[] = [];
  readonly evidence: string[] = [];
  readonly index: number;
  private readonly alliance: Alliance;

  constructor(alliance: Alliance, index: number) {
    this.alliance = alliance;
    this.index = index;
  }

  /** Also after a restart: what is not in the row is gone. */
  begin(): void {
    const { configuration, firstHeight } = this.alliance;
    const height = firstHeight + this.finals.length;
    const row = this.row?.height === height ? this.row : null;
    this.tell({ kind: 'begin', configuration, self: party(this.index), height, row });
    this.tell({ kind: 'pending', pending: this.wish !== null });
  }

  tell(input: EngineInput): void {
    const { state, effects } = groupedPaper.step(this.state, input);
    this.state = state;
    for (const effect of effects) this.perform(effect);
    if (effects.some((effect) => effect.kind === 'decide')) this.begin();
  }

  hear(message: ConsensusMessage): void {
    this.tell({ kind: 'message', message: asVerified(message), validity: 'valid' });
  }

  /** R3. */
  private checkDurable(message: Extract<EngineEffect, { kind: 'say' }>['message']): void {
    if (message.kind !== 'paper-proposal' && message.kind !== 'paper-vote') return;
    const phase = message.kind === 'paper-vote' ? message.phase : 'pre-prepare';
    const isCovered = this.row?.paper?.some(
      (said) => said.round === message.round && said.phase === phase && said.view === message.view && said.digest === message.digest,
    );
    assert(isCovered === true, 'what is said is durable before it is said (R3)');
    const hasBytes = this.row?.values.some((value) => value.digest === message.digest);
    assert(hasBytes === true, 'what is voted for is durable with its bytes (R3)');
  }

  private perform(effect: EngineEffect): void {
    switch (effect.kind) {
      case 'persist':
        this.row = effect.row;
        return;
      case 'say': {
        this.checkDurable(effect.message);
        const message = { ...effect.message, signature: signatureOf(effect.message.signer, 'own') } as ConsensusMessage;
        this.alliance.send(this.index, effect.to, message);
        this.alliance.hearOwn(this.index, message);
        return;
      }
      case 'send':
        this.alliance.send(this.index, effect.to, effect.message);
        return;
      case 'timer':
        this.timer = effect.delayMs === null ? null : { kind: 'timer', name: effect.name, height: effect.height, view: effect.view };
        return;
      case 'request-value':
        if (this.wish !== null) this.alliance.answer(this.index, effect, this.wish);
        return;
      case 'decide':
        this.wish = null;
        this.finals.push({ name: nameOf(effect.value.bytes), certificate: effect.certificate });
        return;
      case 'evidence':
        this.evidence.push(`${effect.evidence.fault} ${Number.parseInt(effect.evidence.culprit, 16)}`);
        return;
      default:
    }
  }
}

interface Letter {
  readonly from: number;
  readonly to: number;
  readonly message: ConsensusMessage;
}

export class Alliance {
  readonly firstHeight = 8;
  readonly configuration: Configuration;
  readonly clinics: readonly Clinic[];
  readonly sent: Letter[] = [];
  /** Lost where it says so. */
  loses: (letter: Letter) => boolean = () => false;
  private readonly queue: (() => void)[] = [];

  constructor(sizes: readonly number[]) {
    this.configuration = groupedConfiguration(sizes);
    this.clinics = this.configuration.voters.map((_, index) => new Clinic(this, index));
    for (const clinic of this.clinics) clinic.begin();
  }

  send(from: number, to: 'voters' | readonly PartyId[], message: ConsensusMessage): void {
    const parties = to === 'voters' ? this.configuration.voters.map((voter) => voter.party) : to;
    for (const one of parties) {
      const letter = { from, to: Number.parseInt(one, 16), message };
      if (letter.to === from) continue;
      this.sent.push(letter);
      if (!this.loses(letter)) this.queue.push(() => this.clinics[letter.to]?.hear(message));
    }
  }

  hearOwn(index: number, message: ConsensusMessage): void {
    this.queue.unshift(() => this.clinics[index]?.hear(message));
  }

  answer(index: number, { height, view }: { readonly height: number; readonly view: number }, name: string): void {
    this.queue.unshift(() => this.clinics[index]?.tell({ kind: 'value', height, view, value: valueNamed(name) }));
  }

  /** Everybody knows that it waits. */
  submit(name: string): void {
    for (const clinic of this.clinics) {
      clinic.wish = name;
      clinic.tell({ kind: 'pending', pending: true });
    }
    this.run();
  }

  run(): void {
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) next();
  }

  /** Every running timer fires. */
  fire(): void {
    for (const clinic of this.clinics) {
      const { timer } = clinic;
      clinic.timer = null;
      if (timer !== null) clinic.tell(timer);
    }
    this.run();
  }
}

/** With a stand-in for the signature of a member in the hands of a test. */
export function forged<const Message extends { readonly signer: PartyId }>(message: Message): Message & { readonly signature: Uint8Array } {
  return { ...message, signature: signatureOf(message.signer, 'forged') };
}

export function valueIn(name: string): { readonly digest: ReturnType<typeof digestNamed>; readonly value: Uint8Array } {
  return { digest: digestNamed(name), value: valueNamed(name).bytes };
}

function nameOf(bytes: Uint8Array): string {
  return [...bytes].map((code) => String.fromCharCode(code)).join('');
}
