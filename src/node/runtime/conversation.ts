// What is said between linked peers: greetings, heights, slips and consensus messages, sorted by height before they cost
// anything. A message about a closed height is answered with our height, one about the next height waits, one further
// ahead means that we are behind (R9, R18).
import { type ChannelId, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode, struct } from '../codec/index.ts';
import { type ConsensusMessage, type HeightMessage, heightOf, isLaneMessage, leaderOf } from '../consensus/index.ts';
import { type Slip, channelId, slipIdOf } from '../contracts/index.ts';
import { type Ledger, decodeBlock, toConsensusConfiguration } from '../ledger/index.ts';
import type { ParticipantInput, ParticipantState } from '../participant/index.ts';
import type { Clock, Log, Network, PeerId } from '../ports/index.ts';
import { createEarly } from './early.ts';
import { type Frame, type Hello, decodeFrame, encodeFrame } from './frames.ts';
import { LinkWishes, chooseLinks } from './links.ts';
import { type PeerBook, type Pledge, MAX_DIRECTORY_BYTES, directory } from './peer-book.ts';
import { MAX_WAITING_JOBS, type Queue } from './queue.ts';
import { SlipRelay } from './slip-relay.ts';
import type { Sync } from './sync.ts';
import type { Traffic } from './traffic.ts';
import type { Verification } from './verify.ts';

export interface ConversationInit {
  readonly channel: ChannelId;
  readonly self: PartyId;
  readonly network: Network;
  readonly bulk: Bulk;
  readonly book: PeerBook;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
  readonly verification: Verification;
  readonly queue: Queue;
  readonly sync: Sync;
  readonly participant: () => ParticipantState;
  readonly step: (input: ParticipantInput) => Promise<void>;
  /** Sends a slip to every voter that is linked. */
  readonly relay: (slip: Slip) => void;
  readonly proposed: (slips: readonly Slip[], height: number, proposer: PartyId) => void;
  readonly repeatTo: (party: PartyId) => void;
  readonly peersChanged: () => void;
}

/** A heartbeat carries our height and shows that we are here (R17). */
const HEARTBEAT_MS = 15_000;
/** One lost heartbeat, or two, is no silence. */
const HEARTBEATS_PER_SILENCE = 4;
const DIRECTORY_MS = 10_000;
/** Answers to messages about closed heights, per peer. */
const CORRECTION_MS = 1_000;
const wholeChannel = struct({ channel: channelId });

export class Conversation {
  private readonly init: ConversationInit;
  private readonly early = createEarly();
  private readonly correctedMs = new Map<PeerId, number>();
  private readonly slipRelay: SlipRelay;
  private readonly wishes: LinkWishes;
  private readonly heard = new Set<PartyId>();
  private pledge: Uint8Array | null = null;
  private heartbeatMs = 0;
  private directoryMs = 0;
  private unsubscribe: () => void = () => undefined;

  constructor(init: ConversationInit) {
    this.init = init;
    this.wishes = new LinkWishes(init.network);
    this.slipRelay = new SlipRelay({
      self: init.self,
      leader: () => this.leader(),
      waits: (id) => init.participant().pool.has(id),
      sendTo: (party, slip) => this.sendSlip(party, slip),
      sendToAll: (slip) => init.relay(slip),
    });
  }

  /** `known`: the directory of an earlier visit. */
  async start(known: readonly Pledge[]): Promise<void> {
    const { network, book, sync } = this.init;
    network.onFrame((peer, bytes) => this.receive(peer, bytes));
    this.serveDirectory();
    this.unsubscribe = network.onEvent((event) => {
      if (event.kind === 'link-up') this.greet(event.peer, true);
      if (event.kind === 'link-down') sync.forget(event.peer);
      if (event.kind === 'link-up' || event.kind === 'link-down') this.init.peersChanged();
    });
    this.greetAll();
    for (const pledged of known) await book.learn(pledged);
    this.link();
  }

  stop(): void {
    this.unsubscribe();
  }

  setPledge(signature: Uint8Array | null): void {
    this.pledge = signature;
  }

  greetAll(): void {
    for (const peer of this.linked()) this.greet(peer, true);
  }

  /** Parties heard from since the last call. */
  takeHeard(): readonly PartyId[] {
    const parties = [...this.heard];
    this.heard.clear();
    return parties;
  }

  /** The ledger grew. */
  grew(): void {
    const { book, self, sync } = this.init;
    const deciders = new Set(
      this.ledger()
        .decidedBy.members.filter((member) => member.voting)
        .map((member) => member.party),
    );
    // Those who decided it know by their own count; all others are told and fetch.
    this.sendStatus(this.linked().filter((peer) => !deciders.has(book.partyOf(peer) ?? self)));
    for (const { from, message } of this.early.take(this.height() + 1)) this.take(from, message);
    sync.pull();
    this.slipRelay.grew();
    this.link();
  }

  tick(): void {
    const nowMs = this.init.clock.nowMs();
    this.init.sync.pull();
    this.slipRelay.tick();
    if (nowMs - this.heartbeatMs >= Math.min(HEARTBEAT_MS, this.ledger().settings.silenceMs / HEARTBEATS_PER_SILENCE)) {
      this.heartbeatMs = nowMs;
      this.sendStatus(this.linked());
    }
    if (nowMs - this.directoryMs >= DIRECTORY_MS) {
      this.directoryMs = nowMs;
      this.askDirectory().catch(() => this.init.log.debug('directory-failed'));
    }
  }

  private ledger(): Ledger {
    return this.init.participant().ledger;
  }

  private height(): number {
    return this.ledger().height;
  }

  /** Of the open height, in the view that this node is in. */
  private leader(): PartyId {
    const { ledger, engine } = this.init.participant();
    return leaderOf(toConsensusConfiguration(ledger), ledger.height + 1, engine.open?.row.view ?? 0);
  }

  private linked(): readonly PeerId[] {
    return this.init.network.links().map((link) => link.peer);
  }

  private greet(peer: PeerId, answer: boolean): void {
    const party = this.pledge === null ? null : this.init.self;
    const frame: Frame = { kind: 'hello', channel: this.init.channel, party, pledge: this.pledge, height: this.height(), answer };
    this.init.network.send(peer, encodeFrame(frame));
  }

  private sendStatus(peers: readonly PeerId[]): void {
    const bytes = encodeFrame({ kind: 'status', channel: this.init.channel, height: this.height() });
    for (const peer of peers) this.init.network.send(peer, bytes);
  }

  private refused(peer: PeerId, rejection: Rejection): void {
    this.init.log.debug('frame-refused', { party: this.init.book.partyOf(peer), reason: rejection.reason });
  }

  private receive(peer: PeerId, bytes: Uint8Array): void {
    const { book, queue, traffic, clock, channel } = this.init;
    const frame = decodeFrame(bytes);
    if (isRejection(frame)) return this.refused(peer, frame);
    if (frame.channel !== channel) return;
    if (frame.kind === 'hello') return queue.push(() => this.hear(peer, frame));
    // A height that somebody claims is only a hint where to fetch: what is fetched proves itself.
    if (frame.kind === 'status') this.learnHeight(peer, frame.height);
    const party = book.partyOf(peer);
    if (party === null) return;
    traffic.note('in', party, frame, clock.nowMs());
    this.heard.add(party);
    if (frame.kind === 'status' || queue.length > MAX_WAITING_JOBS) return;
    if (frame.kind === 'slip') return this.takeSlip(peer, frame.slip);
    this.sortByHeight(peer, frame.message);
  }

  private async hear(peer: PeerId, hello: Hello): Promise<void> {
    const { book } = this.init;
    const { party, pledge: signature } = hello;
    const wasKnown = book.partyOf(peer) !== null;
    if (party !== null && signature !== null && (await book.learn({ party, peer, signature })) && !wasKnown) {
      this.init.repeatTo(party);
      this.init.peersChanged();
      this.sendStatus([peer]);
    }
    this.learnHeight(peer, hello.height);
    if (hello.answer) this.greet(peer, false);
  }

  private learnHeight(peer: PeerId, claimed: number): void {
    const { sync, self } = this.init;
    sync.heard(peer, claimed);
    const votes = this.ledger().configuration.members.some((member) => member.voting && member.party === self);
    // A voter is told by the votes themselves; it fetches when it is more than the open height behind, or at the next tick.
    if (claimed > this.height() + (votes ? 1 : 0)) sync.pull();
  }

  private takeSlip(peer: PeerId, slip: Slip): void {
    const { queue, verification, participant, step } = this.init;
    queue.push(async () => {
      const before = participant();
      // Several voters pass on the same slip: all but the first cost a look.
      if (before.pool.has(slipIdOf(slip))) return;
      const refusal = await verification.slip(before.ledger, slip);
      if (refusal !== null) return this.refused(peer, refusal);
      await step({ kind: 'slips', slips: [slip] });
      if (participant().pool !== before.pool) this.slipRelay.came(slip);
    });
  }

  private sendSlip(party: PartyId, slip: Slip): void {
    const { network, book, channel } = this.init;
    const bytes = encodeFrame({ kind: 'slip', channel, slip });
    for (const peer of book.peersOf(party)) network.send(peer, bytes);
  }

  private sortByHeight(peer: PeerId, message: ConsensusMessage): void {
    if (isLaneMessage(message)) return this.refused(peer, reject('no-lanes', 'this channel has no lanes'));
    const open = this.height() + 1;
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
    this.sendStatus([peer]);
  }

  private take(peer: PeerId, message: HeightMessage): void {
    // Verification starts now and runs beside others; the step waits for its turn.
    const ledger = this.ledger();
    const height = heightOf(message);
    const verified = this.init.verification.consensus(ledger, message);
    this.init.queue.push(async () => {
      const now = this.ledger();
      if (height > now.height + 1) return this.early.keep(height, peer, message);
      if (height <= now.height) return;
      const outcome = now === ledger ? await verified : await this.init.verification.consensus(now, message);
      if (isRejection(outcome)) return this.refused(peer, outcome);
      if (message.kind === 'proposal') this.noteProposal(message.value, message.height, message.signer);
      await this.init.step({ kind: 'consensus', ...outcome });
    });
  }

  private noteProposal(value: Uint8Array, at: number, proposer: PartyId): void {
    const block = decodeBlock(value);
    if (!isRejection(block)) this.init.proposed(block.slips, at, proposer);
  }

  private async askDirectory(): Promise<void> {
    const { network, book, bulk, channel } = this.init;
    const first = network.links().find((link) => book.partyOf(link.peer) !== null);
    if (first === undefined) return;
    const body = await bulk.ask(first.peer, 'directory', encode(wholeChannel, { channel }));
    const answer = decode(directory, body, MAX_DIRECTORY_BYTES);
    if (isRejection(answer)) return this.refused(first.peer, answer);
    for (const entry of answer.pledges) await book.learn(entry);
    this.link();
  }

  private serveDirectory(): void {
    this.init.bulk.handle('directory', async (_from, body) => {
      const asked = decode(wholeChannel, body, 200);
      return isRejection(asked) ? asked : encode(directory, { pledges: this.init.book.pledges() });
    });
  }

  private link(): void {
    this.wishes.set(chooseLinks(this.ledger(), this.init.self, this.init.book));
  }
}
