// What is said between linked peers beside agreement itself: greetings, heights, who was heard, who is where. Frames of known parties
// go on to hearing.ts; links are wished for as links.ts plans them.
import { type ChannelId, type PartyId, type Rejection, DIGEST_BYTES, isRejection } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode, equalBytes, fixedBytes, struct } from '../codec/index.ts';
import { type Slip, channelId } from '../contracts/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { ParticipantInput, ParticipantState } from '../participant/index.ts';
import type { Clock, Log, PeerId } from '../ports/index.ts';
import type { ChannelNetwork } from './channel-network.ts';
import { type Frame, type Hello, decodeFrame, encodeFrame } from './frames.ts';
import { Hearing } from './hearing.ts';
import { heardBits, partiesOfBits } from './hearsay.ts';
import type { HighestVotes } from './highest-votes.ts';
import { type LinkWishes, planLinks } from './links.ts';
import { type PeerBook, type Pledge, MAX_DIRECTORY_BYTES, directory } from './peer-book.ts';
import type { Post } from './post.ts';
import { MAX_WAITING_JOBS, type Queue } from './queue.ts';
import { SlipRelay } from './slip-relay.ts';
import { routeOf } from './slip-route.ts';
import type { Sync } from './sync.ts';
import type { Traffic } from './traffic.ts';
import type { Verification } from './verify.ts';

export interface ConversationInit {
  readonly channel: ChannelId;
  readonly self: PartyId;
  readonly network: ChannelNetwork;
  readonly bulk: Bulk;
  readonly book: PeerBook;
  readonly post: Post;
  readonly wishes: LinkWishes;
  readonly clock: Clock;
  readonly log: Log;
  readonly traffic: Traffic;
  readonly verification: Verification;
  readonly votes: HighestVotes;
  readonly queue: Queue;
  readonly sync: Sync;
  readonly participant: () => ParticipantState;
  readonly step: (input: ParticipantInput) => Promise<void>;
  readonly proposed: (slips: readonly Slip[], height: number, proposer: PartyId) => void;
  readonly repeatTo: (party: PartyId) => void;
  readonly peersChanged: () => void;
}

/** A heartbeat carries our height and shows that we are here (R17). */
const HEARTBEAT_MS = 15_000;
/** One lost heartbeat, or two, is no silence. */
const HEARTBEATS_PER_SILENCE = 4;
/** Who was not heard for two heartbeats and a half, at first or second hand, is not relied on to keep records. */
const AWAY_MS = 37_500;
/** First pause between two looks into another's directory; doubled, up to the longest, while they bring nothing new. */
const DIRECTORY_MS = 10_000;
const DIRECTORY_LONGEST_MS = 160_000;
/** A greeting without an answer is said again. */
const GREET_AGAIN_MS = 3_000;
/** `known`: the digest of what the asker believes already. */
const directoryWish = struct({ channel: channelId, known: fixedBytes(DIGEST_BYTES) });

export class Conversation {
  readonly hearing: Hearing;
  private readonly init: ConversationInit;
  private readonly slipRelay: SlipRelay;
  private readonly heard = new Set<PartyId>();
  /** Heard over a link of our own since the last heartbeat. */
  private readonly heardHere = new Set<PartyId>();
  private pledge: Uint8Array | null = null;
  private heartbeatMs = 0;
  private directoryMs = 0;
  private directoryPauseMs = DIRECTORY_MS;
  /** Whose directory it is changes with the epoch. */
  private directoryEpoch = -1;
  private greetedMs = 0;
  private unsubscribe: () => void = () => undefined;

  constructor(init: ConversationInit) {
    this.init = init;
    this.slipRelay = new SlipRelay({
      self: init.self,
      route: () => routeOf(init.participant()),
      waits: (id) => init.participant().pool.has(id),
      rests: (id) => [...init.participant().desk.values()].some(({ ids }) => ids.has(id)),
      sendTo: (parties, slip) => this.sendSlip(parties, slip),
    });
    this.hearing = new Hearing({
      ...init,
      partyOf: (peer) => init.book.partyOf(peer),
      sendStatus: (peers) => this.sendStatus(peers),
      slipCame: (slip) => this.slipRelay.came(slip),
      noteHeard: (parties) => this.noteHeard(parties),
    });
  }

  /** `known`: the directory of an earlier visit. */
  async start(known: readonly Pledge[]): Promise<void> {
    const { network, book } = this.init;
    network.onFrame((peer, bytes) => this.receive(peer, bytes));
    this.serveDirectory();
    this.unsubscribe = network.onEvent((event) => {
      if (event.kind === 'link-up') this.linkUp(event.peer);
      if (event.kind === 'link-down') this.linkDown(event.peer);
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

  /** A slip of this node itself, on a channel with groups: it goes the way of all others. */
  handOn(slip: Slip): void {
    this.slipRelay.came(slip);
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
    this.hearing.grew();
    sync.pull();
    this.slipRelay.grew();
    const { epoch } = this.ledger().configuration;
    if (epoch !== this.directoryEpoch) this.directoryPauseMs = DIRECTORY_MS;
    this.directoryEpoch = epoch;
    this.link();
  }

  tick(): void {
    const nowMs = this.init.clock.nowMs();
    this.init.sync.pull();
    this.slipRelay.tick();
    this.init.wishes.tick();
    if (nowMs - this.heartbeatMs >= Math.min(HEARTBEAT_MS, this.ledger().settings.silenceMs / HEARTBEATS_PER_SILENCE)) {
      this.heartbeatMs = nowMs;
      this.sendStatus(this.linked());
      this.heardHere.clear();
    }
    if (nowMs - this.directoryMs >= this.directoryPauseMs) this.lookUp(nowMs);
    if (nowMs - this.greetedMs >= GREET_AGAIN_MS) {
      this.greetedMs = nowMs;
      for (const peer of this.linked()) if (!this.init.post.isReady(peer)) this.greet(peer, true);
    }
  }

  private linkUp(peer: PeerId): void {
    this.directoryPauseMs = DIRECTORY_MS;
    if (this.isGrouped()) this.init.wishes.adopt(peer);
    this.greet(peer, true);
    this.init.peersChanged();
  }

  private linkDown(peer: PeerId): void {
    this.init.post.gone(peer);
    this.init.sync.forget(peer);
    this.init.peersChanged();
  }

  private noteHeard(parties: readonly PartyId[]): void {
    for (const party of parties) this.heard.add(party);
  }

  private ledger(): Ledger {
    return this.init.participant().ledger;
  }

  private isGrouped(): boolean {
    return this.init.participant().engine.lane !== null;
  }

  private linked(): readonly PeerId[] {
    return this.init.network.links().map((link) => link.peer);
  }

  private greet(peer: PeerId, answer: boolean): void {
    const party = this.pledge === null ? null : this.init.self;
    const { height } = this.ledger();
    const frame: Frame = { kind: 'hello', channel: this.init.channel, party, pledge: this.pledge, height, answer };
    this.init.network.send(peer, encodeFrame(frame));
  }

  private sendStatus(peers: readonly PeerId[]): void {
    const heard = heardBits(this.ledger(), this.heardHere);
    const bytes = encodeFrame({ kind: 'status', channel: this.init.channel, height: this.ledger().height, heard });
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
    this.heardHere.add(party);
    if (frame.kind === 'status') return this.noteHeard(partiesOfBits(this.ledger(), frame.height, frame.heard));
    if (queue.length > MAX_WAITING_JOBS) return;
    if (frame.kind === 'slip') return this.hearing.takeSlip(peer, frame.slip);
    this.hearing.hear(peer, frame.message);
  }

  private async hear(peer: PeerId, hello: Hello): Promise<void> {
    const { book, post } = this.init;
    const { party, pledge: signature } = hello;
    const wasKnown = book.partyOf(peer) !== null;
    this.learnHeight(peer, hello.height);
    if (party !== null && signature !== null && (await book.learn({ party, peer, signature })) && !wasKnown) {
      this.init.repeatTo(party);
      this.init.peersChanged();
      this.sendStatus([peer]);
      this.link();
    }
    if (hello.answer) this.greet(peer, false);
    else post.ready(peer);
  }

  private learnHeight(peer: PeerId, claimed: number): void {
    const { sync, self } = this.init;
    sync.heard(peer, claimed);
    const { configuration, height } = this.ledger();
    const votes = configuration.members.some((member) => member.voting && member.party === self);
    // A voter is told by the votes themselves; it fetches when it is more than the open height behind, or at the next tick.
    if (claimed > height + (votes ? 1 : 0)) sync.pull();
  }

  private sendSlip(parties: readonly PartyId[], slip: Slip): void {
    const bytes = encodeFrame({ kind: 'slip', channel: this.init.channel, slip });
    this.init.post.send(parties, bytes, { insist: this.ledger().configuration.groups.length > 0 });
  }

  /** Asks the first link whose party is known; where there is none yet, at the next tick. */
  private lookUp(nowMs: number): void {
    const { network, book, log } = this.init;
    const known = network.links().find((link) => book.partyOf(link.peer) !== null);
    if (known === undefined) return;
    this.directoryMs = nowMs;
    this.directoryPauseMs = Math.min(2 * this.directoryPauseMs, DIRECTORY_LONGEST_MS);
    this.askDirectory(known.peer).catch(() => log.debug('directory-failed'));
  }

  private async askDirectory(peer: PeerId): Promise<void> {
    const { book, bulk, channel } = this.init;
    const body = await bulk.ask(peer, 'directory', encode(directoryWish, { channel, known: book.digest() }));
    const answer = decode(directory, body, MAX_DIRECTORY_BYTES);
    if (isRejection(answer)) return this.refused(peer, answer);
    const news = answer.pledges.filter((entry) => book.partyOf(entry.peer) !== entry.party);
    for (const entry of news) if (await book.learn(entry)) this.directoryPauseMs = DIRECTORY_MS;
    this.link();
  }

  private serveDirectory(): void {
    this.init.bulk.handle('directory', async (_from, body) => {
      const asked = decode(directoryWish, body, 200);
      if (isRejection(asked)) return asked;
      const { book } = this.init;
      return encode(directory, { pledges: equalBytes(asked.known, book.digest()) ? [] : book.pledges() });
    });
  }

  private link(): void {
    const { participant, self, book, wishes, clock } = this.init;
    const { ledger, engine, attendance } = participant();
    const away = new Set([...attendance.heardMs].flatMap(([party, heardMs]) => (clock.nowMs() - heardMs > AWAY_MS ? [party] : [])));
    const { parties, grouped } = planLinks(ledger, self, { localView: engine.lane?.row.localView ?? 0, away });
    wishes.set(
      parties.flatMap((party) => book.peersOf(party)),
      { givesUp: grouped },
    );
  }
}
