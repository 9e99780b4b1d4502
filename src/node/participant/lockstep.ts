// For tests: participants in lockstep around a small consortium. Pure steps; messages are handed over at once, in the order in which
// they were said; what the verify stage would find is found without signatures; time is moved by hand.
import { type PartyId, type SlipId, isRejection, present } from '../base/index.ts';
import { type ConsensusMessage, type TimerName, type VoteRow, asVerified, epochOf, heightOf, isLaneMessage } from '../consensus/index.ts';
import { slipIdOf } from '../contracts/index.ts';
import type { FinalBlock, Ledger, Projection } from '../ledger/index.ts';
import {
  type Content,
  type ParticipantEffect,
  type ParticipantInput,
  type ParticipantState,
  createParticipant,
  decodeBatch,
  openValue,
  rebuild,
  stepParticipant,
} from './index.ts';

type Timer = Extract<ParticipantInput, { kind: 'timer' }>;

/** The channel that they stand around: `Consortium` of the ledger's tests is one. */
export interface Parish {
  readonly ledger: Ledger;
  readonly projection: Projection;
  readonly founding: FinalBlock;
  readonly nowMs: number;
  voters(): readonly PartyId[];
}

export class Lockstep {
  readonly consortium: Parish;
  readonly states = new Map<PartyId, ParticipantState>();
  readonly effects = new Map<PartyId, ParticipantEffect[]>();
  readonly timers = new Map<PartyId, Map<TimerName, Timer>>();
  /** They hear nothing and do nothing. */
  readonly cut = new Set<PartyId>();
  /** Slips that are not signed as they must be. */
  readonly badSlips = new Set<SlipId>();
  readonly sent: { readonly from: PartyId; readonly to: PartyId; readonly message: ConsensusMessage }[] = [];
  nowMs: number;
  private readonly queue: (() => void)[] = [];
  private running = false;

  constructor(consortium: Parish, rows: ReadonlyMap<PartyId, VoteRow> = new Map()) {
    this.consortium = consortium;
    this.nowMs = consortium.nowMs + 10_000;
    for (const self of consortium.voters()) this.start(self, rows.get(self) ?? null);
    this.all({ kind: 'start' });
    this.all({ kind: 'cleared' });
  }

  /** A member at the head of the consortium's ledger, before its first step. */
  start(self: PartyId, row: VoteRow | null): void {
    const { ledger, projection } = this.consortium;
    const memberKey = ledger.configuration.members.find((member) => member.party === self)?.memberKey ?? null;
    const init = { self, memberKey, wantsSeat: true, ledger, projection, last: this.consortium.founding, row, barred: null };
    this.states.set(self, createParticipant(init, this.nowMs));
    this.effects.set(self, []);
    this.timers.set(self, new Map());
  }

  step(self: PartyId, input: ParticipantInput): void {
    this.queue.push(() => this.take(self, input));
    if (this.running) return;
    this.running = true;
    for (let job = this.queue.shift(); job !== undefined; job = this.queue.shift()) job();
    this.running = false;
  }

  all(input: ParticipantInput): void {
    for (const self of this.consortium.voters()) this.step(self, input);
  }

  /** Every running timer of that name fires. */
  fire(name: TimerName): void {
    for (const [self, running] of this.timers) {
      const timer = running.get(name);
      running.delete(name);
      if (timer !== undefined) this.step(self, timer);
    }
  }

  state(self: PartyId): ParticipantState {
    return present(this.states.get(self), 'a participant');
  }

  effectsOf(self: PartyId, kind: ParticipantEffect['kind']): readonly ParticipantEffect[] {
    return (this.effects.get(self) ?? []).filter((effect) => effect.kind === kind);
  }

  private take(self: PartyId, input: ParticipantInput): void {
    if (this.cut.has(self)) return;
    const { state, effects } = stepParticipant(this.state(self), input, this.nowMs);
    this.states.set(self, state);
    this.effects.get(self)?.push(...effects);
    for (const effect of effects) this.perform(self, effect);
  }

  private perform(self: PartyId, effect: ParticipantEffect): void {
    switch (effect.kind) {
      case 'say': {
        const message = { ...effect.message, signature: new Uint8Array(64) } as ConsensusMessage;
        this.hear(self, message, { kind: 'own' });
        return this.send(self, effect.to, message);
      }
      case 'send':
        return this.send(self, effect.to, effect.message);
      case 'judge':
        return this.hear(self, effect.message);
      case 'check-batch': {
        const good = effect.slips.map((slip) => !this.badSlips.has(slipIdOf(slip)));
        return this.step(self, { kind: 'batch-checked', digest: effect.digest, good });
      }
      case 'timer': {
        const { name, height, view, delayMs } = effect;
        this.timers.get(self)?.delete(name);
        if (delayMs !== null) this.timers.get(self)?.set(name, { kind: 'timer', name, height, view });
        return;
      }
      default:
    }
  }

  private send(from: PartyId, to: 'voters' | readonly PartyId[], message: ConsensusMessage): void {
    for (const party of to === 'voters' ? this.consortium.voters() : to) {
      if (party === from || this.cut.has(party)) continue;
      this.sent.push({ from, to: party, message });
      this.hear(party, message);
    }
  }

  private hear(self: PartyId, message: ConsensusMessage, own?: Content): void {
    this.queue.push(() => {
      const { ledger } = this.state(self);
      const isNow = isLaneMessage(message)
        ? epochOf(message) === ledger.configuration.epoch
        : heightOf(message) === ledger.height + 1 || message.kind === 'inquiry';
      if (isNow) this.take(self, { kind: 'consensus', message: asVerified(message), content: own ?? this.contentOf(self, message) });
    });
  }

  private contentOf(self: PartyId, message: ConsensusMessage): Content {
    if (message.kind === 'batch') {
      const slips = decodeBatch(message.bytes);
      return { kind: 'batch', good: isRejection(slips) ? [] : slips.map((slip) => !this.badSlips.has(slipIdOf(slip))) };
    }
    if (message.kind !== 'proposal' && message.kind !== 'decided') return { kind: 'none' };
    const opened = openValue(message.value);
    if (isRejection(opened)) return { kind: 'none' };
    const carried = message.kind === 'proposal' ? message.carried : [];
    const block = rebuild(opened, ({ digest }) => {
      const here = this.state(self).desk.get(digest)?.slips;
      const bytes = carried.find(({ certificate }) => certificate.reference.digest === digest)?.bytes ?? null;
      const slips = here ?? (bytes === null ? null : decodeBatch(bytes));
      return slips === null || isRejection(slips) ? null : slips;
    });
    if (block === null) return { kind: 'incomplete' };
    return isRejection(block)
      ? { kind: 'none' }
      : { kind: 'block', block, slipsValid: !block.slips.some((slip) => this.badSlips.has(slipIdOf(slip))) };
  }
}
