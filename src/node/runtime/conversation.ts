// What is said between linked peers: greetings, heights, slips and consensus messages, sorted by height before they cost
// anything. A message about a closed height is answered with our height, one about the next height waits, one further
// ahead means that we are behind (R9, R18).
import { type ChannelId, type PartyId, type Rejection, isRejection } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode, struct } from '../codec/index.ts';
import type { ConsensusMessage } from '../consensus/index.ts';
import { type Slip, channelId } from '../contracts/index.ts';
import { decodeBlock } from '../ledger/index.ts';
import type { ParticipantInput, ParticipantState } from '../participant/index.ts';
import type { Clock, Log, Network, PeerId } from '../ports/index.ts';
import { createEarly } from './early.ts';
import { type Frame, type Hello, decodeFrame, encodeFrame } from './frames.ts';
import { chooseLinks } from './links.ts';
import { type PeerBook, type Pledge, MAX_DIRECTORY_BYTES, directory } from './peer-book.ts';
import { MAX_WAITING_JOBS, type Queue } from './queue.ts';
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
  readonly relay: (slip: Slip) => void;
  readonly proposed: (slips: readonly Slip[], height: number, proposer: PartyId) => void;
  readonly repeatTo: (party: PartyId) => void;
  readonly peersChanged: () => void;
}

export interface Conversation {
  /** `known`: the directory of an earlier visit. */
  start(known: readonly Pledge[]): Promise<void>;
  stop(): void;
  setPledge(signature: Uint8Array | null): void;
  greetAll(): void;
  /** Parties heard from since the last call. */
  takeHeard(): readonly PartyId[];
  /** The ledger grew. */
  grew(): void;
  tick(): void;
}

/** A heartbeat carries our height and shows that we are here (R17). */
const HEARTBEAT_MS = 15_000;
const DIRECTORY_MS = 10_000;
/** Answers to messages about closed heights, per peer. */
const CORRECTION_MS = 1_000;
const wholeChannel = struct({ channel: channelId });

export function createConversation(init: ConversationInit): Conversation {
  const { network, book, clock, queue, sync } = init;
  const early = createEarly();
  const correctedMs = new Map<PeerId, number>();
  const relayed = new Set<string>();
  const heard = new Set<PartyId>();
  let pledge: Uint8Array | null = null;
  let heartbeatMs = 0;
  let directoryMs = 0;
  let unsubscribe: () => void = () => undefined;

  const height = (): number => init.participant().ledger.height;
  const linked = (): readonly PeerId[] => network.links().map((link) => link.peer);

  function greet(peer: PeerId, answer: boolean): void {
    const frame: Frame = { kind: 'hello', channel: init.channel, party: pledge === null ? null : init.self, pledge, height: height(), answer };
    network.send(peer, encodeFrame(frame));
  }

  function sendStatus(peers: readonly PeerId[]): void {
    const bytes = encodeFrame({ kind: 'status', channel: init.channel, height: height() });
    for (const peer of peers) network.send(peer, bytes);
  }

  function refused(peer: PeerId, rejection: Rejection): void {
    init.log.debug('frame-refused', { party: book.partyOf(peer), reason: rejection.reason });
  }

  function receive(peer: PeerId, bytes: Uint8Array): void {
    const frame = decodeFrame(bytes);
    if (isRejection(frame)) return refused(peer, frame);
    if (frame.channel !== init.channel) return;
    if (frame.kind === 'hello') return void queue.push(() => hear(peer, frame));
    // A height that somebody claims is only a hint where to fetch: what is fetched proves itself.
    if (frame.kind === 'status') learnHeight(peer, frame.height);
    const party = book.partyOf(peer);
    if (party === null) return;
    init.traffic.note('in', party, frame, clock.nowMs());
    heard.add(party);
    if (frame.kind === 'status' || queue.length > MAX_WAITING_JOBS) return;
    if (frame.kind === 'slip') return takeSlip(peer, frame.slip);
    sortByHeight(peer, frame.message);
  }

  async function hear(peer: PeerId, hello: Hello): Promise<void> {
    const { party, pledge: signature } = hello;
    const wasKnown = book.partyOf(peer) !== null;
    if (party !== null && signature !== null && (await book.learn({ party, peer, signature }))) {
      if (!wasKnown) {
        init.repeatTo(party);
        init.peersChanged();
        sendStatus([peer]);
      }
    }
    learnHeight(peer, hello.height);
    if (hello.answer) greet(peer, false);
  }

  function learnHeight(peer: PeerId, claimed: number): void {
    sync.heard(peer, claimed);
    const state = init.participant();
    const votes = state.ledger.configuration.members.some((member) => member.voting && member.party === init.self);
    // A voter is told by the votes themselves; it fetches when it is more than the open height behind, or at the next tick.
    if (claimed > height() + (votes ? 1 : 0)) sync.pull();
  }

  function takeSlip(peer: PeerId, slip: Slip): void {
    queue.push(async () => {
      const state = init.participant();
      const refusal = await init.verification.slip(state.ledger, slip);
      if (refusal !== null) return refused(peer, refusal);
      const before = state.pool;
      await init.step({ kind: 'slips', slips: [slip] });
      if (init.participant().pool !== before) relayOnce(slip);
    });
  }

  /** An observer's slip reaches one or two voters; they pass it on to all, once. */
  function relayOnce(slip: Slip): void {
    const key = `${slip.body.author}/${slip.body.counter}`;
    if (relayed.has(key)) return;
    if (relayed.size > MAX_WAITING_JOBS) relayed.clear();
    relayed.add(key);
    init.relay(slip);
  }

  function sortByHeight(peer: PeerId, message: ConsensusMessage): void {
    const open = height() + 1;
    if (message.height < open) return correct(peer);
    if (message.height === open) return take(peer, message);
    early.keep(message.height, peer, message);
    sync.heard(peer, message.height - 1);
    if (message.height > open + 1) sync.pull();
  }

  function correct(peer: PeerId): void {
    const nowMs = clock.nowMs();
    if (nowMs - (correctedMs.get(peer) ?? 0) < CORRECTION_MS) return;
    correctedMs.set(peer, nowMs);
    sendStatus([peer]);
  }

  function take(peer: PeerId, message: ConsensusMessage): void {
    // Verification starts now and runs beside others; the step waits for its turn.
    const ledger = init.participant().ledger;
    const verified = init.verification.consensus(ledger, message);
    queue.push(async () => {
      if (message.height !== height() + 1) return message.height > height() + 1 ? early.keep(message.height, peer, message) : undefined;
      const outcome = init.participant().ledger === ledger ? await verified : await init.verification.consensus(init.participant().ledger, message);
      if (isRejection(outcome)) return refused(peer, outcome);
      if (message.kind === 'proposal') noteProposal(message.value, message.height, message.signer);
      await init.step({ kind: 'consensus', ...outcome });
    });
  }

  function noteProposal(value: Uint8Array, at: number, proposer: PartyId): void {
    const block = decodeBlock(value);
    if (!isRejection(block)) init.proposed(block.slips, at, proposer);
  }

  async function askDirectory(): Promise<void> {
    const [first] = init.network.links().filter((link) => book.partyOf(link.peer) !== null);
    if (first === undefined) return;
    const body = await init.bulk.ask(first.peer, 'directory', encode(wholeChannel, { channel: init.channel }));
    const answer = decode(directory, body, MAX_DIRECTORY_BYTES);
    if (isRejection(answer)) return refused(first.peer, answer);
    for (const entry of answer.pledges) await book.learn(entry);
    link();
  }

  function serveDirectory(): void {
    init.bulk.handle('directory', async (_from, body) => {
      const asked = decode(wholeChannel, body, 200);
      return isRejection(asked) ? asked : encode(directory, { pledges: book.pledges() });
    });
  }

  function link(): void {
    for (const peer of chooseLinks(init.participant().ledger, init.self, book)) if (peer !== network.self) network.connect(peer);
  }

  return {
    start: async (known) => {
      network.onFrame(receive);
      serveDirectory();
      unsubscribe = network.onEvent((event) => {
        if (event.kind === 'link-up') greet(event.peer, true);
        if (event.kind === 'link-down') sync.forget(event.peer);
        if (event.kind === 'link-up' || event.kind === 'link-down') init.peersChanged();
      });
      for (const peer of linked()) greet(peer, true);
      for (const pledged of known) await book.learn(pledged);
      link();
    },
    stop: () => unsubscribe(),
    setPledge: (signature) => {
      pledge = signature;
    },
    greetAll: () => {
      for (const peer of linked()) greet(peer, true);
    },
    takeHeard: () => {
      const parties = [...heard];
      heard.clear();
      return parties;
    },
    grew: () => {
      const deciders = new Set(init.participant().ledger.decidedBy.members.filter((member) => member.voting).map((member) => member.party));
      // Those who decided it know by their own count; all others are told and fetch.
      sendStatus(linked().filter((peer) => !deciders.has(book.partyOf(peer) ?? init.self)));
      for (const { from, message } of early.take(height() + 1)) take(from, message);
      sync.pull();
      link();
    },
    tick: () => {
      const nowMs = clock.nowMs();
      sync.pull();
      if (nowMs - heartbeatMs >= HEARTBEAT_MS) {
        heartbeatMs = nowMs;
        sendStatus(linked());
      }
      if (nowMs - directoryMs >= DIRECTORY_MS) {
        directoryMs = nowMs;
        askDirectory().catch(() => init.log.debug('directory-failed'));
      }
    },
  };
}
