// What this node answers to others: as a keeper of sealed parts, manifests and letters, and to keepers that have a letter for
// it. Who asks is proved by the link and the pledge; what they may have is decided here and in keeping.ts, by the ledger.
import { AppError, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { encode } from '../codec/index.ts';
import type { PeerId } from '../ports/index.ts';
import { manifestBytes } from '../records/index.ts';
import type { Correspondent } from './access.ts';
import { SELF } from './desk.ts';
import { Keeping } from './keeping.ts';
import type { Box } from './letter.ts';
import { COLLECT_PROOF_LIFETIME_MS, MAX_WATCHED_BOXES, MAX_WATCHERS_PER_BOX } from './limits.ts';
import { Mailbox } from './mailbox.ts';
import * as requests from './requests.ts';
import type { Workplace } from './workplace.ts';

const { REQUEST_KINDS } = requests;

export class Serving {
  readonly keeping: Keeping;
  readonly mailbox: Mailbox;
  private readonly work: Workplace;
  private readonly onHint: (box: Box, keeper: PartyId) => void;
  /** Peers that asked for a box and are told when something comes. */
  private readonly watchers = new Map<Box, Set<PeerId>>();

  constructor(work: Workplace, onHint: (box: Box, keeper: PartyId) => void) {
    const { environment, facts } = work;
    this.work = work;
    this.onHint = onHint;
    this.keeping = new Keeping({ ...environment, facts, isKeeper: () => environment.isKeeper() });
    this.mailbox = new Mailbox({
      ...environment,
      certificateOf: (party) => facts.certificateOf(party),
      onLetter: (box) => this.announce(box),
    });
  }

  async load(): Promise<void> {
    await this.keeping.load();
    await this.mailbox.load();
  }

  /** Forgets what nobody fetched or signed in time. */
  async expire(): Promise<void> {
    await this.mailbox.expire();
    await this.keeping.expire();
  }

  start(): void {
    this.answerKeeping();
    this.answerLetters();
  }

  private answerKeeping(): void {
    const { desk, facts, keepers } = this.work;
    desk.answer(REQUEST_KINDS.keep, requests.keep, requests.kept, async (from, asked) => {
      return this.keeping.keep(from, asked.manifest);
    });
    desk.answer(REQUEST_KINDS.manifest, requests.manifestWish, requests.manifestAnswer, async (from, asked) => {
      const manifest = await this.keeping.manifestFor(from, asked);
      return isRejection(manifest) ? manifest : { manifest: manifestBytes(manifest) };
    });
    desk.answer(REQUEST_KINDS.replicate, requests.manifestWish, requests.manifestAnswer, async (from, asked) => {
      if (from.party === null || !keepers.isKeeper(from.party)) return reject('not-a-keeper', 'only keepers get whole manifests');
      const version = facts.version(asked.record, asked.version);
      if (version === null) return reject('not-final', 'that version is not final here');
      const manifest = await this.keeping.wholeManifest(version);
      return isRejection(manifest) ? manifest : { manifest: manifestBytes(manifest) };
    });
    desk.answer(
      REQUEST_KINDS.addWraps,
      requests.addWraps,
      requests.done,
      async (from, asked) => (await this.keeping.addWraps(from, asked)) ?? { ok: true },
    );
  }

  private answerLetters(): void {
    const { desk, environment, keepers } = this.work;
    desk.answer(REQUEST_KINDS.post, requests.post, requests.done, async (from, asked) => {
      if (!environment.isKeeper()) return reject('not-a-keeper', 'this node keeps no letters');
      return (await this.mailbox.post(from, asked)) ?? { ok: true };
    });
    desk.answer(REQUEST_KINDS.collect, requests.collect, requests.collected, async (from, asked) => {
      const refused = await this.refusesBox(from, asked.box, asked.proof);
      if (refused !== null) return refused;
      this.watch(from.peer, asked.box);
      return this.mailbox.collect(asked.box, asked.have);
    });
    desk.answer(REQUEST_KINDS.discard, requests.discard, requests.done, async (from, asked) => {
      const refused = await this.refusesBox(from, asked.box, asked.proof);
      if (refused !== null) return refused;
      await this.mailbox.discard(asked.box, asked.ids);
      return { ok: true };
    });
    desk.answer(REQUEST_KINDS.mailWaits, requests.mailWaits, requests.done, async (from, asked) => {
      if (from.party !== null && keepers.isKeeper(from.party)) this.onHint(asked.box, from.party);
      return { ok: true };
    });
  }

  /** A box is its party's, or whoever's holds its party's key; an application's box is for whoever knows its id. */
  private async refusesBox(from: Correspondent, box: Box, proof: requests.BoxProof | null): Promise<Rejection | null> {
    const owner = box as string as PartyId;
    const entry = this.work.facts.party(owner);
    if (entry === null) return null;
    if (entry.revoked !== null) return reject('revoked', 'the certificate was revoked');
    if (from.party === owner) return null;
    if (proof === null) return reject('not-your-box', 'these letters are for somebody else');
    const { environment, facts } = this.work;
    if (Math.abs(environment.clock.nowMs() - proof.atMs) > COLLECT_PROOF_LIFETIME_MS)
      return reject('stale-proof', 'the proof is too old, or a clock is wrong');
    const bytes = boxProofBytes(facts.channelId, box, environment.party, proof.atMs);
    const good = await environment.verifier.verify(entry.certificate.signingKey, bytes, proof.signature);
    return good ? null : reject('bad-signature', 'the proof is not signed by the owner of the box');
  }

  private watch(peer: PeerId, box: Box): void {
    if (peer === SELF) return;
    const peers = this.watchers.get(box) ?? new Set<PeerId>();
    peers.delete(peer);
    peers.add(peer);
    for (const oldest of peers) if (peers.size > MAX_WATCHERS_PER_BOX) peers.delete(oldest);
    this.watchers.delete(box);
    this.watchers.set(box, peers);
    for (const oldest of this.watchers.keys()) if (this.watchers.size > MAX_WATCHED_BOXES) this.watchers.delete(oldest);
  }

  /** Tells those who look into this box; a hint that is lost costs a few seconds. */
  private announce(box: Box): void {
    const { environment, desk } = this.work;
    this.onHint(box, environment.party);
    const owners = environment.channel.peers().filter(({ party }) => party === (box as string as PartyId));
    const peers = new Set([...owners.map(({ peer }) => peer), ...(this.watchers.get(box) ?? [])]);
    for (const peer of peers) {
      desk
        .ask({ party: environment.party, peer }, REQUEST_KINDS.mailWaits, requests.mailWaits, requests.done, { box })
        .catch((error: unknown) => {
          if (!(error instanceof AppError)) throw error;
        });
    }
  }
}

/** What the key of a box signs for one keeper. */
export function boxProofBytes(channel: Workplace['facts']['channelId'], box: Box, keeper: PartyId, atMs: number): Uint8Array {
  return encode(requests.boxProof, { domain: 'clinicord/box/1', channel, box, keeper, atMs });
}
