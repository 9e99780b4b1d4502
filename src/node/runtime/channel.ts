// One node's life in one channel: verify -> step -> journal -> send -> notify, all through one queue, so that no two steps
// overlap and nothing is signed before it is durable (R3). What to do is decided by the pure participant; this performs it.
import { AppError, type PartyId, isRejection } from '../base/index.ts';
import type { ChannelAccess, KnownPeer, SlipStage } from '../care/index.ts';
import { encode } from '../codec/index.ts';
import { type Evidence, type TimerName, type Unsigned, heightOf, isLaneMessage } from '../consensus/index.ts';
import { type Action, type Slip, type SlipBody, slipBody } from '../contracts/index.ts';
import {
  type FinalBlock,
  type Ledger,
  type Projection,
  decodeBlock,
  lastCounter,
  partyOf,
  toConsensusConfiguration,
} from '../ledger/index.ts';
import {
  type ParticipantEffect,
  type ParticipantInput,
  type ParticipantState,
  createParticipant,
  decidedOf,
  stepParticipant,
} from '../participant/index.ts';
import type { PeerId } from '../ports/index.ts';
import type { ChannelInit, ProvedFault } from './channel-init.ts';
import { encodeFrame } from './frames.ts';
import { Conversation } from './conversation.ts';
import { type PeerBook, createPeerBook, loadPledges, storePledges } from './peer-book.ts';
import { type Queue, createQueue } from './queue.ts';
import { type Speaker, createSpeaker } from './speaker.ts';
import { Submissions } from './submissions.ts';
import { type Sync, createSync, serveBlocks } from './sync.ts';
import { type Traffic, createTraffic } from './traffic.ts';
import { type Verification, createVerification, ownMessage } from './verify.ts';
import { encodeVoteRow } from './vote-row.ts';

const TICK_MS = 1_000;
/** Enough for one frame to leave. */
const LAST_WORD_MS = 500;
/** Proved faults that are shown; a member is shown once per kind of fault. */
const MAX_FAULTS = 100;

export class Channel implements ChannelAccess {
  readonly book: PeerBook;
  readonly traffic: Traffic;
  readonly sync: Sync;
  private readonly init: ChannelInit;
  private readonly queue: Queue;
  private readonly speaker: Speaker;
  private readonly verification: Verification;
  private readonly submissions: Submissions;
  private readonly conversation: Conversation;
  private participant: ParticipantState;
  /** The ledger that the running step began with: what it says may be about the height that it has just closed. */
  private stepLedger: Ledger;
  private revision: number;
  private readonly cancelTimers = new Map<TimerName, () => void>();
  private cancelTick: () => void = () => undefined;
  private readonly finalListeners = new Set<() => void>();
  private readonly peerListeners = new Set<() => void>();
  private readonly stageListeners = new Set<(slip: Slip, stage: SlipStage) => void>();
  /** Highest counter given out per author: two drafts never share one (R12). */
  private readonly drafted = new Map<PartyId, number>();
  /** Since when something waits to be ordered without the ledger growing. */
  private waitingMs: number | null = null;
  private stopped = false;
  private faults: readonly ProvedFault[] = [];

  constructor(init: ChannelInit) {
    this.init = init;
    this.revision = init.revision;
    this.participant = createParticipant(init, init.clock.nowMs());
    this.stepLedger = init.ledger;
    this.queue = createQueue(init.onTrouble);
    this.traffic = createTraffic();
    this.verification = createVerification(init.verifier);
    this.book = createPeerBook(init.channel, (party) => this.keysOf(party), init.verifier);
    this.speaker = createSpeaker({
      channel: init.channel,
      network: init.network,
      clock: init.clock,
      peersOf: (party) => this.book.peersOf(party),
      noteSent: (party, frame) => this.traffic.note('out', party, frame, init.clock.nowMs()),
    });
    this.sync = createSync({
      bulk: init.bulk,
      channel: init.channel,
      log: init.log,
      height: () => this.ledger().height,
      isKnown: (peer) => this.book.partyOf(peer) !== null,
      take: (block) => this.takeFinal(block),
    });
    this.submissions = new Submissions({
      notes: init.notes,
      clock: init.clock,
      ledger: () => this.ledger(),
      projection: () => this.projection(),
      check: (slip) => this.checkOwn(slip),
      onStage: (slip, stage) => {
        for (const listener of this.stageListeners) listener(slip, stage);
      },
      hand: (slips) => this.hand(slips),
    });
    this.conversation = new Conversation({
      channel: init.channel,
      network: init.network,
      bulk: init.bulk,
      book: this.book,
      clock: init.clock,
      log: init.log,
      traffic: this.traffic,
      verification: this.verification,
      queue: this.queue,
      sync: this.sync,
      self: init.self,
      participant: () => this.participant,
      step: (input) => this.step(input),
      relay: (slip) => this.relay(slip),
      proposed: (slips, height, proposer) => this.submissions.proposed(slips, height, proposer),
      repeatTo: (party) => this.speaker.repeat([party]),
      peersChanged: () => this.peersChanged(),
    });
  }

  async start(): Promise<void> {
    serveBlocks(this.init.bulk, this.init.channel, this.init.store);
    this.queue.push(() => this.step({ kind: 'start' }));
    await this.conversation.start(await loadPledges(this.init.notes));
    await this.submissions.resume();
    this.tick();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTick();
    for (const cancel of this.cancelTimers.values()) cancel();
    this.conversation.stop();
    this.submissions.close();
    this.queue.close();
    await this.queue.idle();
  }

  ledger(): Ledger {
    return this.participant.ledger;
  }

  projection(): Projection {
    return this.participant.projection;
  }

  state(): ParticipantState {
    return this.participant;
  }

  /** Members that contradicted themselves, newest last. */
  provedFaults(): readonly ProvedFault[] {
    return this.faults;
  }

  /** Since when slips wait although the ledger does not grow; null while none do. */
  waitingSinceMs(): number | null {
    return this.waitingMs;
  }

  onFinal(listener: () => void): () => void {
    this.finalListeners.add(listener);
    return () => this.finalListeners.delete(listener);
  }

  onStage(listener: (slip: Slip, stage: SlipStage) => void): () => void {
    this.stageListeners.add(listener);
    return () => this.stageListeners.delete(listener);
  }

  onPeers(listener: () => void): () => void {
    this.peerListeners.add(listener);
    return () => this.peerListeners.delete(listener);
  }

  peers(): readonly KnownPeer[] {
    const known = this.init.network.links().flatMap(({ peer }): KnownPeer[] => {
      const party = this.book.partyOf(peer);
      const entry = party === null ? null : partyOf(this.ledger(), party);
      return party === null || entry === null ? [] : [{ peer, party, role: entry.certificate.role }];
    });
    return known.sort((a, b) => Number(b.role === 'archive') - Number(a.role === 'archive'));
  }

  draft(author: PartyId, action: Action): SlipBody {
    const used = [lastCounter(this.ledger(), author), this.submissions.highestCounter(author), this.drafted.get(author) ?? -1];
    const counter = Math.max(...used) + 1;
    this.drafted.set(author, counter);
    return { protocol: 1, channel: this.init.channel, author, counter, timestampMs: this.init.clock.nowMs(), action };
  }

  bytesToSign(body: SlipBody): Uint8Array {
    return encode(slipBody, body);
  }

  async submit(slip: Slip, onStage?: Parameters<Submissions['submit']>[1]): ReturnType<Submissions['submit']> {
    return this.submissions.submit(slip, onStage);
  }

  /** Says something by the member key (seat, leave, absent). */
  async act(action: Action): ReturnType<Submissions['submit']> {
    const signer = this.init.memberSigner;
    if (signer === null)
      throw new AppError({ code: 'no-member-key', message: 'This node has no member key.', remedy: 'Join as a clinic.' });
    const body = this.draft(this.init.self, action);
    return this.submit({ body, signature: await signer.sign(this.bytesToSign(body)), consent: null });
  }

  /** Asks for no seat any more: after goodbye. */
  standDown(): void {
    this.queue.push(() => this.step({ kind: 'stand-down' }));
  }

  /** Votes no more until it is started again: when what it says could not be made durable. */
  halt(reason: string): void {
    this.queue.push(() => this.step({ kind: 'halt', reason }));
  }

  /** Greets all linked peers again, for example after the pledge changed. */
  greet(): void {
    this.conversation.greetAll();
  }

  setPledge(signature: Uint8Array | null): void {
    this.conversation.setPledge(signature);
  }

  private keysOf(party: PartyId): readonly Uint8Array[] {
    const entry = partyOf(this.ledger(), party);
    if (entry === null || entry.revoked !== null) return [];
    const { signingKey, memberKey } = entry.certificate;
    return memberKey === null ? [signingKey] : [memberKey, signingKey];
  }

  private async checkOwn(slip: Slip): Promise<void> {
    const refusal = await this.verification.slip(this.ledger(), slip);
    if (refusal !== null) {
      throw new AppError({
        code: 'slip-refused',
        message: `The entry was refused: ${refusal.detail}.`,
        remedy: 'Check that this node is certified and not revoked.',
      });
    }
  }

  private hand(slips: readonly Slip[]): void {
    this.queue.push(() => this.step({ kind: 'slips', slips }));
    for (const slip of slips) this.relay(slip);
  }

  /** To every voter that is linked. */
  private relay(slip: Slip): void {
    this.speaker.frameTo(this.voters(), { kind: 'slip', channel: this.init.channel, slip });
  }

  /** The other voters of the epoch. */
  private voters(): readonly PartyId[] {
    const others = this.ledger().configuration.members.filter((member) => member.voting && member.party !== this.init.self);
    return others.map((member) => member.party);
  }

  private async takeFinal(block: FinalBlock): Promise<boolean> {
    const verified = await this.verification.final(this.ledger(), block);
    if (isRejection(verified)) {
      this.init.log.warn('final-block-refused', { reason: verified.reason });
      return false;
    }
    await new Promise<void>((resolve) => {
      this.queue.push(() => this.step({ kind: 'final', block: verified }).finally(resolve));
    });
    return this.ledger().height >= block.block.header.height;
  }

  private async step(input: ParticipantInput): Promise<void> {
    const before = this.participant.ledger;
    this.stepLedger = before;
    const { state, effects } = stepParticipant(this.participant, input, this.init.clock.nowMs());
    // Effects of the new state are performed before anything else may see it: a vote is durable before it is signed (R3).
    this.participant = state;
    for (const effect of effects) await this.perform(effect);
    const grew = state.ledger !== before;
    if (state.pool.size === 0) this.waitingMs = null;
    else if (this.waitingMs === null || grew) this.waitingMs = this.init.clock.nowMs();
    if (grew) await this.grew();
    this.init.onChange();
  }

  private async perform(effect: ParticipantEffect): Promise<void> {
    switch (effect.kind) {
      case 'persist': {
        const next = this.revision + 1;
        await this.init.journal.write(this.init.channel, this.revision, { revision: next, bytes: encodeVoteRow(effect.row) });
        this.revision = next;
        return;
      }
      case 'say':
        return this.say(effect.message);
      case 'send':
        return this.speaker.send(effect.to === 'voters' ? this.voters() : effect.to, effect.message);
      case 'timer':
        return this.setTimer(effect);
      case 'store':
        await this.init.store.append(this.init.channel, effect.height, effect.bytes);
        return this.submissions.final(effect.block, effect.outcomes);
      case 'behind':
        return this.sync.pull();
      case 'act':
        void this.act(effect.action).catch((error: unknown) =>
          this.init.log.warn('member-action-refused', { action: effect.action.kind, message: String(error) }),
        );
        return;
      case 'evidence':
        return this.noteFault(effect.evidence);
      case 'woke':
        return this.conversation.greetAll();
    }
  }

  private noteFault({ culprit, fault }: Evidence): void {
    this.init.log.warn('evidence', { culprit, fault });
    if (this.faults.some((known) => known.culprit === culprit && known.fault === fault)) return;
    this.faults = [...this.faults, { culprit, fault, atMs: this.init.clock.nowMs() }].slice(-MAX_FAULTS);
  }

  private async say(unsigned: Unsigned): Promise<void> {
    const signer = this.init.memberSigner;
    if (signer === null) return;
    const ledger = isOfHeight(unsigned, this.stepLedger.height + 1) ? this.stepLedger : this.ledger();
    const message = await this.speaker.say(unsigned, toConsensusConfiguration(ledger), signer);
    if (isLaneMessage(message) || message.kind === 'inquiry') return;
    const height = heightOf(message);
    if (message.kind === 'proposal') this.noteProposal(message.value, message.height, message.signer);
    this.queue.pushFirst(async () => {
      if (height === this.ledger().height + 1) await this.step({ kind: 'consensus', ...ownMessage(message) });
    });
  }

  private noteProposal(value: Uint8Array, height: number, proposer: PartyId): void {
    const block = decodeBlock(value);
    if (!isRejection(block)) this.submissions.proposed(block.slips, height, proposer);
  }

  private setTimer({ name, height, view, delayMs }: Extract<ParticipantEffect, { kind: 'timer' }>): void {
    this.cancelTimers.get(name)?.();
    this.cancelTimers.delete(name);
    if (delayMs === null) return;
    const cancel = this.init.timers.after(delayMs, () => this.queue.push(() => this.step({ kind: 'timer', name, height, view })));
    this.cancelTimers.set(name, cancel);
  }

  /** After the ledger grew: others are told, own slips settle, what came early is looked at. */
  private async grew(): Promise<void> {
    this.speaker.forget();
    await this.submissions.review();
    const { changed, forgotten } = await this.book.review();
    for (const peer of forgotten) this.dismiss(peer);
    if (changed) this.peersChanged();
    for (const listener of this.finalListeners) listener();
    this.conversation.grew();
  }

  /** A revoked certificate loses its links at once; the block that says so is the last thing it hears. */
  private dismiss(peer: PeerId): void {
    const decided = decidedOf(this.participant.last);
    if (decided !== null) {
      const frame = { kind: 'consensus', channel: this.init.channel, message: { kind: 'decided', ...decided } } as const;
      this.init.network.send(peer, encodeFrame(frame));
    }
    this.init.timers.after(LAST_WORD_MS, () => this.init.network.disconnect(peer));
  }

  private peersChanged(): void {
    storePledges(this.init.notes, this.book.pledges()).catch(this.init.onTrouble);
    for (const listener of this.peerListeners) listener();
    this.init.onChange();
  }

  private tick(): void {
    if (this.stopped) return;
    this.cancelTick = this.init.timers.after(TICK_MS, () => this.tick());
    this.queue.push(async () => {
      await this.step({ kind: 'tick', heard: this.conversation.takeHeard(), synchronised: this.sync.target() <= this.ledger().height });
      await this.submissions.review();
      this.speaker.repeatStale(this.voters());
      this.conversation.tick();
    });
  }
}

/** Whether a message of our own is about this height; what is about batches is about none. */
function isOfHeight(message: Unsigned, height: number): boolean {
  return 'height' in message && message.height === height;
}
