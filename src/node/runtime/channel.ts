// One node's life in one channel: verify -> step -> journal -> send -> notify, all through one queue, so that no two steps
// overlap and nothing is signed before it is durable (R3). What to do is decided by the pure participant; this performs it.
import { AppError, type PartyId, isRejection } from '../base/index.ts';
import type { ChannelAccess, KnownPeer, SlipStage } from '../care/index.ts';
import { encode } from '../codec/index.ts';
import { type Action, type Slip, type SlipBody, isConfirmed, slipBody } from '../contracts/index.ts';
import { type FinalBlock, type Ledger, type Projection, lastCounter, partyOf, toConsensusConfiguration } from '../ledger/index.ts';
import { type ParticipantInput, type ParticipantState, decidedOf } from '../participant/index.ts';
import type { PeerId } from '../ports/index.ts';
import type { ChannelInit, ProvedFault } from './channel-init.ts';
import { CatchingUp } from './catching-up.ts';
import { Conductor } from './conductor.ts';
import { Conversation } from './conversation.ts';
import { FaultBook } from './fault-book.ts';
import { encodeFrame } from './frames.ts';
import { createGroupSignatures } from './group-signatures.ts';
import { type HighestVotes, createHighestVotes } from './highest-votes.ts';
import { LinkWishes } from './links.ts';
import { type PeerBook, createPeerBook, loadPledges, storePledges } from './peer-book.ts';
import { type Post, createPost } from './post.ts';
import { type Queue, createQueue } from './queue.ts';
import { RollbackCheck } from './rollback-check.ts';
import { ROLLED_BACK, serveHighestVotes } from './rollback.ts';
import { type Speaker, createSpeaker } from './speaker.ts';
import { Submissions } from './submissions.ts';
import type { Sync } from './sync.ts';
import { type Traffic, createTraffic } from './traffic.ts';
import { type Verification, createVerification } from './verify.ts';

const TICK_MS = 1_000;
/** Enough for one frame to leave. */
const LAST_WORD_MS = 500;

export class Channel implements ChannelAccess {
  readonly book: PeerBook;
  readonly traffic: Traffic;
  readonly catchingUp: CatchingUp;
  readonly sync: Sync;
  private readonly init: ChannelInit;
  private readonly queue: Queue;
  private readonly speaker: Speaker;
  private readonly verification: Verification;
  private readonly submissions: Submissions;
  private readonly conversation: Conversation;
  private readonly conductor: Conductor;
  private readonly faults: FaultBook;
  private readonly post: Post;
  private readonly votes: HighestVotes = createHighestVotes();
  private readonly rollback: RollbackCheck;
  private cancelTick: () => void = () => undefined;
  private readonly finalListeners = new Set<() => void>();
  private readonly peerListeners = new Set<() => void>();
  private readonly stageListeners = new Set<(slip: Slip, stage: SlipStage) => void>();
  /** Highest counter given out per author: two drafts never share one (R12). */
  private readonly drafted = new Map<PartyId, number>();
  /** Since when something waits to be ordered without the ledger growing. */
  private waitingMs: number | null = null;
  private stopped = false;
  /** Of own slips that were handed out by a node that does not vote: to another voter each time. */
  private handed = 0;

  constructor(init: ChannelInit) {
    this.init = init;
    this.faults = new FaultBook(init.clock, init.log);
    this.queue = createQueue(init.onTrouble);
    this.traffic = createTraffic();
    this.verification = createVerification(init.verifier, createGroupSignatures(init.schemes));
    this.conductor = this.createConductor();
    this.book = createPeerBook(init.channel, (party) => this.keysOf(party), init.verifier);
    const wishes = new LinkWishes(init.network, init.clock);
    this.post = createPost({
      network: init.network,
      clock: init.clock,
      peersOf: (party) => this.book.peersOf(party),
      partyOf: (peer) => this.book.partyOf(peer),
      use: (peer) => wishes.use(peer),
    });
    this.speaker = createSpeaker({
      channel: init.channel,
      post: this.post,
      clock: init.clock,
      noteSent: (party, frame) => this.traffic.note('out', party, frame, init.clock.nowMs()),
    });
    this.catchingUp = new CatchingUp({
      channel: init,
      ledger: () => this.ledger(),
      projection: () => this.projection(),
      last: () => this.state().last,
      isKnown: (peer) => this.book.partyOf(peer) !== null,
      takeFinal: (block) => this.takeFinal(block),
      step: (work) => this.stepAfter(work),
    });
    this.sync = this.catchingUp.sync;
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
      post: this.post,
      wishes,
      clock: init.clock,
      log: init.log,
      traffic: this.traffic,
      verification: this.verification,
      votes: this.votes,
      queue: this.queue,
      sync: this.sync,
      self: init.self,
      participant: () => this.state(),
      step: (input) => this.step(input),
      proposed: (slips, height, proposer) => this.submissions.proposed(slips, height, proposer),
      repeatTo: (party) => this.speaker.repeat([party]),
      peersChanged: () => this.peersChanged(),
    });
    this.rollback = this.createRollbackCheck();
  }

  private createConductor(): Conductor {
    const { init } = this;
    return new Conductor({
      ...init,
      participant: { ...init, memberKey: init.memberSigner?.publicKey ?? null },
      queue: this.queue,
      speaker: () => this.speaker,
      verification: this.verification,
      faults: this.faults,
      judge: ({ message }) => this.conversation.hearing.judge(message),
      proposed: (slips, height, proposer) => this.submissions.proposed(slips, height, proposer),
      final: (block, outcomes) => this.submissions.final(block, outcomes),
      behind: () => this.sync.pull(),
      act: (action) => {
        this.act(action).catch((error: unknown) => init.log.warn('member-action-refused', { action: action.kind, message: String(error) }));
      },
      woke: () => this.conversation.greetAll(),
      stepped: (grew) => this.stepped(grew),
    });
  }

  private createRollbackCheck(): RollbackCheck {
    return new RollbackCheck({
      ...this.init,
      row: () => this.state().row,
      ledger: () => this.ledger(),
      partyOf: (peer) => this.book.partyOf(peer),
      linked: () => this.init.network.links().map((link) => link.peer),
      synchronised: () => this.sync.target() <= this.ledger().height && !this.awaitsCountersignature(),
      done: (rolledBack) => {
        if (rolledBack) this.init.log.warn('rolled-back');
        this.queue.push(() => this.step(rolledBack ? { kind: 'halt', reason: ROLLED_BACK } : { kind: 'cleared' }));
      },
    });
  }

  async start(): Promise<void> {
    this.catchingUp.start();
    serveHighestVotes(this.init.bulk, this.init.channel, this.votes);
    this.queue.push(() => this.step({ kind: 'start' }));
    await this.conversation.start(await loadPledges(this.init.notes));
    await this.submissions.resume();
    this.rollback.look();
    this.tick();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    this.cancelTick();
    this.conductor.stop();
    this.rollback.stop();
    this.conversation.stop();
    this.submissions.close();
    this.queue.close();
    await Promise.all([this.queue.idle(), this.catchingUp.stop()]);
  }

  ledger(): Ledger {
    return this.state().ledger;
  }

  /** Away for long, with other members since: it votes again once a supervision centre says that they are the true ones (R13). Where the
   *  members are those that it knew, nobody could have put others in their place. */
  awaitsCountersignature(): boolean {
    const { ledger: known, clock } = this.init;
    const { configuration, state } = this.ledger();
    return configuration.epoch !== known.configuration.epoch && !isConfirmed(state, known.head.timestampMs, clock.nowMs());
  }

  projection(): Projection {
    return this.state().projection;
  }

  state(): ParticipantState {
    return this.conductor.state();
  }

  /** Members that contradicted themselves, newest last. */
  provedFaults(): readonly ProvedFault[] {
    return this.faults.all();
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

  /**
   * Flat: to every voter that is linked. With groups a voter's own slip goes the way of all others; who does not vote hands it
   * to one voter, and to another when it comes here again, for each of them brings it into a batch.
   */
  private relay(slip: Slip): void {
    const { groups } = toConsensusConfiguration(this.ledger());
    const frame = { kind: 'slip', channel: this.init.channel, slip } as const;
    if (groups.length === 0) return this.speaker.frameTo(this.voters(), frame);
    if (groups.flat().includes(this.init.self)) return this.conversation.handOn(slip);
    const linked = this.voters().filter((party) => this.book.peersOf(party).some((peer) => this.post.isReady(peer)));
    const next = linked[this.handed % Math.max(1, linked.length)];
    this.handed += 1;
    if (next !== undefined) this.speaker.frameTo([next], frame);
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
    await this.stepAfter(async () => ({ kind: 'final', block: verified }));
    return this.ledger().height >= block.block.header.height;
  }

  /** One job of the queue: `work`, then one step with what it gives. */
  private stepAfter(work: () => Promise<ParticipantInput | null>): Promise<void> {
    return new Promise<void>((resolve) => {
      this.queue.push(() =>
        work()
          .then((input) => (input === null ? undefined : this.step(input)))
          .finally(resolve),
      );
    });
  }

  private step(input: ParticipantInput): Promise<void> {
    return this.conductor.step(input);
  }

  private async stepped(grew: boolean): Promise<void> {
    if (this.state().pool.size === 0) this.waitingMs = null;
    else if (this.waitingMs === null || grew) this.waitingMs = this.init.clock.nowMs();
    if (grew) await this.grew();
    this.init.onChange();
  }

  /** After the ledger grew: others are told, own slips settle, what came early is looked at. */
  private async grew(): Promise<void> {
    this.speaker.forget();
    this.catchingUp.grew();
    await this.submissions.review();
    const { changed, forgotten } = await this.book.review();
    for (const peer of forgotten) this.dismiss(peer);
    if (changed) this.peersChanged();
    for (const listener of this.finalListeners) listener();
    this.conversation.grew();
    this.rollback.look();
  }

  /** A revoked certificate loses its links at once; the block that says so is the last thing it hears. */
  private dismiss(peer: PeerId): void {
    const decided = decidedOf(this.state().last);
    if (decided !== null) {
      const frame = { kind: 'consensus', channel: this.init.channel, message: { kind: 'decided', ...decided } } as const;
      this.init.network.send(peer, encodeFrame(frame));
    }
    this.init.timers.after(LAST_WORD_MS, () => this.init.network.disconnect(peer));
  }

  private peersChanged(): void {
    storePledges(this.init.notes, this.book.pledges()).catch(this.init.onTrouble);
    for (const listener of this.peerListeners) listener();
    this.rollback.look();
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
      this.rollback.look();
    });
  }
}
