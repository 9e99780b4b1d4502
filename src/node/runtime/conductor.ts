// Runs the pure participant: one step after another, and the effects of each in their order before anything else may see its state,
// so that a vote is durable before it is signed (R3). Decides nothing.
import type { Audience, Configuration, ConsensusMessage, Unsigned } from '../consensus/index.ts';
import { isLaneMessage } from '../consensus/index.ts';
import type { Action, Slip } from '../contracts/index.ts';
import { type FinalBlock, type Ledger, toConsensusConfiguration } from '../ledger/index.ts';
import {
  type ParticipantEffect,
  type ParticipantInput,
  type ParticipantState,
  createParticipant,
  stepParticipant,
} from '../participant/index.ts';
import type { PartyId } from '../base/index.ts';
import type { ChannelInit } from './channel-init.ts';
import type { FaultBook } from './fault-book.ts';
import { NamedTimers } from './named-timers.ts';
import type { Queue } from './queue.ts';
import type { Speaker } from './speaker.ts';
import { type Verification, ownMessage } from './verify.ts';
import { encodeVoteRow } from './vote-row.ts';

export interface ConductorInit extends Pick<
  ChannelInit,
  'channel' | 'journal' | 'store' | 'clock' | 'timers' | 'log' | 'memberSigner' | 'revision' | 'onTrouble'
> {
  readonly participant: Parameters<typeof createParticipant>[0];
  readonly queue: Queue;
  readonly speaker: () => Speaker;
  readonly verification: Verification;
  readonly faults: FaultBook;
  readonly judge: (effect: Extract<ParticipantEffect, { kind: 'judge' }>) => Promise<void>;
  readonly proposed: (slips: readonly Slip[], height: number, proposer: PartyId) => void;
  readonly final: (block: FinalBlock, outcomes: readonly string[]) => void;
  readonly behind: () => void;
  readonly act: (action: Action) => void;
  readonly woke: () => void;
  /** After every step; `grew`: the ledger did. */
  readonly stepped: (grew: boolean) => Promise<void>;
}

export class Conductor {
  private readonly init: ConductorInit;
  private readonly timers: NamedTimers;
  private participant: ParticipantState;
  /** The ledger that the running step began with: what it says may be about the height that it has just closed. */
  private stepLedger: Ledger;
  private revision: number;

  constructor(init: ConductorInit) {
    this.init = init;
    this.revision = init.revision;
    this.timers = new NamedTimers(init.timers);
    this.participant = createParticipant(init.participant, init.clock.nowMs());
    this.stepLedger = init.participant.ledger;
  }

  state(): ParticipantState {
    return this.participant;
  }

  /** Only from a job of the queue. */
  async step(input: ParticipantInput): Promise<void> {
    const before = this.participant.ledger;
    this.stepLedger = before;
    const { state, effects } = stepParticipant(this.participant, input, this.init.clock.nowMs());
    this.participant = state;
    for (const effect of effects) await this.perform(effect);
    await this.init.stepped(state.ledger !== before);
  }

  stop(): void {
    this.timers.stop();
  }

  private async perform(effect: ParticipantEffect): Promise<void> {
    const { init } = this;
    switch (effect.kind) {
      case 'persist': {
        const next = this.revision + 1;
        await init.journal.write(init.channel, this.revision, { revision: next, bytes: encodeVoteRow(effect.row) });
        this.revision = next;
        return;
      }
      case 'say':
        return this.say(effect.message, effect.to);
      case 'send':
        return init.speaker().send(effect.to, effect.message, this.configurationOf(effect.message));
      case 'timer': {
        const { kind, name, height, view } = effect;
        return this.timers.set(effect, () => init.queue.push(() => this.step({ kind, name, height, view })));
      }
      case 'judge':
        return void init.judge(effect).catch(init.onTrouble);
      case 'check-batch':
        return void this.checkBatch(effect).catch(init.onTrouble);
      case 'store':
        await init.store.append(init.channel, effect.height, effect.bytes);
        return init.final(effect.block, effect.outcomes);
      case 'behind':
        return init.behind();
      case 'act':
        return init.act(effect.action);
      case 'evidence':
        return init.faults.note(effect.evidence);
      case 'woke':
        return init.woke();
    }
  }

  /** Beside the queue: it waits for signatures, and nothing waits for it but what needs the batch. */
  private async checkBatch({ digest, slips }: Extract<ParticipantEffect, { kind: 'check-batch' }>): Promise<void> {
    const good = await this.init.verification.slips(this.participant.ledger, slips);
    this.init.queue.push(() => this.step({ kind: 'batch-checked', digest, good }));
  }

  private async say(unsigned: Unsigned, to: Audience): Promise<void> {
    const { memberSigner, speaker, proposed, queue } = this.init;
    if (memberSigner === null) return;
    const message = await speaker().say(unsigned, to, this.configurationOf(unsigned), memberSigner);
    const block = message.kind === 'proposal' ? this.participant.blocks.get(message.digest) : undefined;
    if (message.kind === 'proposal' && block !== undefined) proposed(block.slips, message.height, message.signer);
    queue.pushFirst(async () => {
      if (this.isOpen(message)) await this.step({ kind: 'consensus', ...ownMessage(message) });
    });
  }

  /** Whether a message of our own is about the open height, or the open epoch's lanes. */
  private isOpen(message: ConsensusMessage): boolean {
    const { height, configuration } = this.participant.ledger;
    if (isLaneMessage(message)) return 'epoch' in message && message.epoch === configuration.epoch;
    return 'height' in message && message.height === height + 1;
  }

  /** Under which a message of this step was made: it may be about the height that the step has just closed. */
  private configurationOf(message: Unsigned | ConsensusMessage): Configuration {
    const isOfStep = 'height' in message && message.height === this.stepLedger.height + 1;
    return toConsensusConfiguration(isOfStep ? this.stepLedger : this.participant.ledger);
  }
}
