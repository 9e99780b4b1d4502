// A browser without keys that waits for them: it links to the members that an invitation names, looks into the box of its request,
// opens what guardians or another device answered, and puts the root secret together. It has no ledger: an answer's author is
// proved by the hash of its key, and what is put together must be the keys of the party that the answers are about.
import { AppError, type PartyId, MAX_BULK_FRAME_BYTES, isRejection, toHex } from '../base/index.ts';
import type { Invitation, KeyWishView } from '../api.ts';
import { decode, encode } from '../codec/index.ts';
import {
  type Bulk,
  type KeyRequest,
  type LetterId,
  type LetterTools,
  type OpenedLetter,
  REQUEST_KINDS,
  collect,
  collected,
  discard,
  keyRequestLink,
  openLetter,
} from '../care/index.ts';
import { secretsOf } from '../crypto/index.ts';
import type { PeerId } from '../ports/index.ts';
import { createBulk } from './bulk.ts';
import { type Estate, joinEstate, readEstate } from './estate.ts';
import type { NetworkAndBlobs, Platform } from './platform.ts';

/** Between two looks into the box. */
const LOOK_MS = 2_000;
/** Sets of shares that are tried where one guardian's share is wrong. */
const MAX_TRIES = 2_000;
/** Answers that are looked at: more guardians than anybody has, and some that lie. */
const MAX_ANSWERS = 64;

type Share = Extract<OpenedLetter['content'], { kind: 'recovery-share' }>;

export interface WaitingInit {
  readonly platform: Platform;
  readonly slot: string;
  readonly invitation: Invitation;
  readonly request: KeyRequest;
  /** The words of the request. */
  readonly words: string;
  /** X25519, of the request's key; overwritten when the wait ends. */
  readonly secret: Uint8Array;
}

/** The wait itself. `estate` is what was found. */
export class KeyWaiting {
  private readonly init: WaitingInit;
  private readonly tools: LetterTools;
  private readonly transport: NetworkAndBlobs;
  private readonly bulk: Bulk;
  private readonly seen = new Set<LetterId>();
  private readonly names = new Map<PartyId, string>();
  private readonly shares = new Map<string, Map<PartyId, Share>>();
  private readonly listeners = new Set<(view: KeyWishView) => void>();
  private trouble: string | null = null;
  private stopped = false;
  private cancel: () => void = () => undefined;
  private unfollow: () => void = () => undefined;
  private looking: Promise<void> | null = null;
  estate: Estate | null = null;

  private constructor(init: WaitingInit, transport: NetworkAndBlobs) {
    this.init = init;
    this.transport = transport;
    this.tools = { ...init.platform, channel: init.request.channel };
    this.bulk = createBulk(transport.network, init.platform.log).of(init.invitation.channel, { partyOf: () => null, closed: false });
  }

  static async begin(init: WaitingInit): Promise<KeyWaiting> {
    const { platform, slot, invitation } = init;
    const peerKey = await platform.newPeerKey();
    const transport = await platform.createNetwork({ slot, peerKey, relays: invitation.relays });
    const waiting = new KeyWaiting(init, transport);
    await transport.network.start();
    for (const peer of invitation.peers) transport.network.connect(peer);
    waiting.unfollow = transport.network.onEvent((event) => {
      if (event.kind === 'link-up') waiting.lookSoon(0);
      waiting.changed();
    });
    waiting.lookSoon(0);
    return waiting;
  }

  get view(): KeyWishView {
    const { request, words } = this.init;
    const thresholds = [...this.shares.values()].flatMap((group) => [...group.values()].map(({ threshold }) => threshold));
    const { estate } = this;
    return {
      purpose: request.purpose,
      words,
      link: keyRequestLink(request),
      links: this.stopped ? 0 : this.transport.network.links().length,
      answers: [...this.names].map(([party, name]) => ({ party, name })),
      needed: request.purpose === 'device' ? 1 : thresholds.length === 0 ? null : Math.max(...thresholds),
      found: estate && { party: secretsOf(estate.root).party, role: estate.role, name: estate.name },
      trouble: this.trouble,
    };
  }

  subscribe(listener: (view: KeyWishView) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Takes the answers away from those who keep them. */
  async discardAnswers(): Promise<void> {
    const { box } = this.init.request;
    const body = encode(discard, { box, proof: null, ids: [...this.seen] });
    const peers = this.transport.network.links().map(({ peer }) => peer);
    await Promise.allSettled(peers.map((peer) => this.bulk.ask(peer, REQUEST_KINDS.discard, body)));
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    this.cancel();
    this.unfollow();
    await this.looking;
    await this.transport.network.stop();
    await this.transport.blobs.close();
    this.init.secret.fill(0);
  }

  private lookSoon(pauseMs: number): void {
    this.cancel();
    if (this.stopped || this.estate !== null) return;
    this.cancel = this.init.platform.timers.after(pauseMs, () => {
      this.looking ??= this.look().finally(() => {
        this.looking = null;
        this.lookSoon(LOOK_MS);
      });
    });
  }

  private async look(): Promise<void> {
    for (const { peer } of this.transport.network.links()) {
      if (this.stopped || this.estate !== null) return;
      try {
        await this.empty(peer);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        this.init.platform.log.debug('answers-not-fetched', { code: error.code });
      }
    }
  }

  private async empty(peer: PeerId): Promise<void> {
    const { box } = this.init.request;
    const body = encode(collect, { box, proof: null, have: [...this.seen] });
    const answer = decode(collected, await this.bulk.ask(peer, REQUEST_KINDS.collect, body), MAX_BULK_FRAME_BYTES);
    if (isRejection(answer)) return;
    for (const { letter } of answer.letters) {
      if (this.seen.size >= MAX_ANSWERS || this.seen.has(letter.id)) continue;
      this.seen.add(letter.id);
      const opened = await openLetter(this.tools, this.init.secret, letter, () => null);
      if (isRejection(opened)) this.init.platform.log.warn('answer-refused', { reason: opened.reason });
      else await this.take(opened);
      this.changed();
    }
  }

  private async take({ from, content }: OpenedLetter): Promise<void> {
    const { purpose } = this.init.request;
    if (content.kind === 'handover' && purpose === 'device') {
      this.names.set(from, content.certificate.name);
      this.accept(from, readEstate(content.estate));
    }
    if (content.kind !== 'recovery-share' || purpose !== 'guardians') return;
    this.names.set(from, content.certificate.name);
    // Only shares of one plan for one party can belong together.
    const name = `${content.ward}/${content.plan}/${content.threshold}/${toHex(content.estate)}`;
    const group = (this.shares.get(name) ?? new Map<PartyId, Share>()).set(from, content);
    this.shares.set(name, group);
    await this.join([...group.values()], content);
  }

  private async join(shares: readonly Share[], newest: Share): Promise<void> {
    if (shares.length < newest.threshold) return;
    const others = shares.filter((share) => share !== newest);
    let tries = 0;
    for (const some of choose(others, newest.threshold - 1)) {
      tries += 1;
      if (tries > MAX_TRIES) return;
      const parts = [newest, ...some].map(({ share }) => share);
      const estate = await joinEstate(this.init.platform, newest.estate, parts).catch((error: unknown) => {
        if (error instanceof AppError) return null;
        throw error;
      });
      if (estate !== null && this.accept(newest.ward, estate)) return;
    }
    this.trouble = 'The answers that came do not belong together. One more guardian can help; ask all of them for whom they answered.';
  }

  /** Whether these are the keys of `party`: its name is the hash of its signing key. */
  private accept(party: PartyId, estate: Estate | { readonly rejected: true }): boolean {
    if ('rejected' in estate || secretsOf(estate.root).party !== party) {
      this.trouble = 'What came are not the keys of the party that they are said to be.';
      return false;
    }
    this.estate = estate;
    this.trouble = null;
    return true;
  }

  private changed(): void {
    for (const listener of this.listeners) listener(this.view);
  }
}

/** Every choice of `count` items, in order. */
function* choose<T>(items: readonly T[], count: number): Generator<readonly T[]> {
  if (count === 0) {
    yield [];
    return;
  }
  for (const [index, item] of items.entries()) {
    for (const rest of choose(items.slice(index + 1), count - 1)) yield [item, ...rest];
  }
}
