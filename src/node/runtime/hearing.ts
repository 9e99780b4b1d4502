// Consensus messages and slips of linked peers, sorted by height and epoch before they cost anything. A message about a closed height
// is answered with our height, one about the next height or epoch waits, one further ahead means that we are behind (R9, R18).
import { type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import {
  type ConsensusMessage,
  type HeightMessage,
  type LaneMessage,
  type Verified,
  epochOf,
  heightOf,
  isLaneMessage,
} from '../consensus/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { ParticipantInput, ParticipantState } from '../participant/index.ts';
import type { Clock, Log, PeerId } from '../ports/index.ts';
import { createEarly } from './early.ts';
import type { HighestVotes } from './highest-votes.ts';
import type { Queue } from './queue.ts';
import type { Sync } from './sync.ts';
import type { SlipsOf, Verification, VerifiedConsensus } from './verify.ts';

export interface HearingInit {
  readonly clock: Clock;
  readonly log: Log;
  readonly partyOf: (peer: PeerId) => PartyId | null;
  readonly verification: Verification;
  readonly queue: Queue;
  readonly sync: Sync;
  readonly votes: HighestVotes;
  readonly participant: () => ParticipantState;
  readonly step: (input: ParticipantInput) => Promise<void>;
  readonly sendStatus: (peers: readonly PeerId[]) => void;
  /** A slip of somebody else is new in the pool. */
  readonly slipCame: (slip: Slip) => void;
  readonly proposed: (slips: readonly Slip[], height: number, proposer: PartyId) => void;
  /** Proved by a signature to be awake. */
  readonly noteHeard: (parties: readonly PartyId[]) => void;
}

/** Answers to messages about closed heights, per peer. */
const CORRECTION_MS = 1_000;

export class Hearing {
  private readonly init: HearingInit;
  private readonly early = createEarly<HeightMessage>();
  private readonly earlyLanes = createEarly<LaneMessage>();
  private readonly correctedMs = new Map<PeerId, number>();
  private epoch: number;

  constructor(init: HearingInit) {
    this.init = init;
    this.epoch = init.participant().ledger.configuration.epoch;
  }

  /** From a peer whose party is known. */
  hear(peer: PeerId, message: ConsensusMessage): void {
    // What is asked for goes to whoever asks: nobody asks in another's name.
    if (message.kind === 'inquiry' && message.asker !== this.init.partyOf(peer)) {
      return this.refused(peer, reject('not-the-asker', 'an inquiry comes over the link of its asker'));
    }
    if (isLaneMessage(message)) this.sortByEpoch(peer, message);
    else this.sortByHeight(peer, message);
  }

  takeSlip(peer: PeerId, slip: Slip): void {
    const { queue, verification, participant, step } = this.init;
    queue.push(async () => {
      const before = participant();
      // Several voters pass on the same slip: all but the first cost a look.
      if (before.pool.has(slipIdOf(slip))) return;
      const refusal = await verification.slip(before.ledger, slip);
      if (refusal !== null) return this.refused(peer, refusal);
      await step({ kind: 'slips', slips: [slip] });
      if (participant().pool !== before.pool) this.init.slipCame(slip);
    });
  }

  /** The ledger grew: what came early may be about now. */
  grew(): void {
    const { height, configuration } = this.ledger();
    for (const { from, message } of this.early.take(height + 1)) this.take(from, message);
    if (configuration.epoch === this.epoch) return;
    this.epoch = configuration.epoch;
    for (const { from, message } of this.earlyLanes.take(this.epoch)) this.take(from, message);
  }

  private ledger(): Ledger {
    return this.init.participant().ledger;
  }

  private refused(peer: PeerId, rejection: Rejection): void {
    this.init.log.debug('frame-refused', { party: this.init.partyOf(peer), reason: rejection.reason });
  }

  private sortByEpoch(peer: PeerId, message: LaneMessage): void {
    const ahead = epochOf(message) - this.ledger().configuration.epoch;
    if (ahead === 0) this.take(peer, message);
    if (ahead === 1) this.earlyLanes.keep(epochOf(message), peer, message);
    if (ahead > 1) this.init.sync.pull();
  }

  private sortByHeight(peer: PeerId, message: HeightMessage): void {
    const open = this.ledger().height + 1;
    const height = heightOf(message);
    if (height < open) return this.correct(peer);
    if (height === open) return this.take(peer, message);
    this.early.keep(height, peer, message);
    this.init.sync.heard(peer, height - 1);
    if (height > open + 1) this.init.sync.pull();
  }

  private correct(peer: PeerId): void {
    const nowMs = this.init.clock.nowMs();
    if (nowMs - (this.correctedMs.get(peer) ?? 0) < CORRECTION_MS) return;
    this.correctedMs.set(peer, nowMs);
    this.init.sendStatus([peer]);
  }

  private take(peer: PeerId, message: ConsensusMessage): void {
    // Verification starts now and runs beside others; the step waits for its turn.
    const ledger = this.ledger();
    const verified = this.verify(ledger, message);
    this.init.queue.push(async () => {
      const now = this.ledger();
      if (!isLaneMessage(message)) {
        if (heightOf(message) > now.height + 1) return this.early.keep(heightOf(message), peer, message);
        if (heightOf(message) <= now.height) return;
      } else if (epochOf(message) !== now.configuration.epoch) return;
      const isSame = now === ledger || (isLaneMessage(message) && now.configuration === ledger.configuration);
      const outcome = isSame ? await verified : await this.verify(now, message);
      if (isRejection(outcome)) return this.refused(peer, outcome);
      await this.tell(peer, outcome);
    });
  }

  private verify(ledger: Ledger, message: ConsensusMessage): Promise<VerifiedConsensus | Rejection> {
    return this.init.verification.consensus(ledger, message, this.slipsOf);
  }

  private readonly slipsOf: SlipsOf = ({ digest }) => this.init.participant().desk.get(digest)?.slips ?? null;

  private async tell(peer: PeerId, { message, content, badVotes }: VerifiedConsensus): Promise<void> {
    const { log, votes, step, partyOf } = this.init;
    // R6: the bundle counts without its bad votes; whoever carried them should have dropped them.
    if (badVotes > 0) log.warn('carrier-blamed', { carrier: partyOf(peer), badVotes });
    this.init.noteHeard(votes.note(message, this.ledger()));
    if (message.kind === 'proposal' && content.kind === 'block') this.init.proposed(content.block.slips, message.height, message.signer);
    await step({ kind: 'consensus', message, content });
  }

  /** Batches that a verified proposal lacked have come. */
  async judge(message: Verified<ConsensusMessage>): Promise<void> {
    const { verification, queue, step } = this.init;
    const content = await verification.content(this.ledger(), message, this.slipsOf);
    queue.push(async () => {
      if (isLaneMessage(message) || heightOf(message) !== this.ledger().height + 1 || isRejection(content)) return;
      if (message.kind === 'proposal' && content.kind === 'block') this.init.proposed(content.block.slips, message.height, message.signer);
      await step({ kind: 'consensus', message, content });
    });
  }
}
