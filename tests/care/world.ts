// A small world for the care workflow: profiles with their disks, blobs and links in one process, one real ledger that makes
// each slip final as it comes, and a clock that runs ahead of ours. Seals and signs for real; nothing crosses a network.
import { CID } from 'multiformats/cid';
import * as raw from 'multiformats/codecs/raw';
import { sha256 } from 'multiformats/hashes/sha2';
import { createSeedSigners, createVerifier } from '../../src/node/adapters/index.ts';
import {
  type MemoryDisk,
  createMemoryDisk,
  createMemoryLog,
  createMemoryStores,
  createMemoryTime,
} from '../../src/node/adapters/memory.ts';
import { createSecretSharing } from '../../src/node/adapters/keys/index.ts';
import { createBundleValidator } from '../../src/node/adapters/node.ts';
import { AppError, type PartyId, isRejection, present } from '../../src/node/base/index.ts';
import { textToBytes } from '../../src/node/codec/index.ts';
import {
  type Bulk,
  type Care,
  type CareEnvironment,
  type CareOptions,
  type ChannelAccess,
  type Correspondent,
  type Finality,
  type KnownPeer,
  type PersonKeys,
  type SlipStage,
  createCare,
} from '../../src/node/care/index.ts';
import { type Action, type Certificate, type Slip, type SlipBody, slipBytes, slipIdOf } from '../../src/node/contracts/index.ts';
import { sha256 as hash, wrapPublicKey } from '../../src/node/crypto/index.ts';
import { Consortium, Person } from '../../src/node/ledger/consortium.ts';
import { lastCounter, partyOf, slipChecks } from '../../src/node/ledger/index.ts';
import type { BlobStore, PeerId } from '../../src/node/ports/index.ts';
import { careTools } from './tools.ts';

/** How far the world's clock goes in one of our milliseconds: patience is tried without waiting for it. */
const SPEED = 20;

/** A person whose keys for sealed things are at hand, too. */
export class Keyed extends Person {
  get wrapSecret(): Uint8Array {
    return Uint8Array.from({ length: 32 }, (_, index) => (this.name.charCodeAt(index % this.name.length) * (index + 7)) & 0xff);
  }

  get searchSecret(): Uint8Array {
    return hash(textToBytes(`search ${this.name}`));
  }

  get readingSecret(): Uint8Array {
    return hash(textToBytes(`reading ${this.name}`));
  }

  override certificate(change: Partial<Certificate> = {}): Certificate {
    return super.certificate({ wrapKey: wrapPublicKey(this.wrapSecret), ...change });
  }
}

export interface Profile {
  readonly person: Keyed;
  readonly peer: PeerId;
  readonly disk: MemoryDisk;
  readonly blobs: WorldBlobs;
  readonly log: ReturnType<typeof createMemoryLog>;
  locked: boolean;
  online: boolean;
  care: Care;
}

type Handler = Parameters<Bulk['handle']>[1];

// Loads its definitions once for all worlds.
const validator = createBundleValidator();

export class World {
  readonly time = createMemoryTime();
  readonly consortium: Consortium;
  readonly profiles: Profile[] = [];
  /** Every request so far, by whom and of which kind. */
  readonly requests: { readonly from: PartyId; readonly kind: string }[] = [];
  /** Changes what these profiles answer, as a member that lies would. */
  readonly liars = new Map<Profile, (kind: string, answer: Uint8Array) => Uint8Array>();
  /** Told of every request's body, as somebody at the asker's page would be. */
  overhear: (kind: string, body: Uint8Array) => void = () => undefined;
  /** While set, slips wait. */
  held = false;
  private readonly handlers = new Map<PeerId, Map<string, Handler>>();
  private readonly cut = new Set<string>();
  private readonly finalListeners = new Map<PeerId, Set<() => void>>();
  private readonly peerListeners = new Map<PeerId, Set<() => void>>();
  private readonly stageListeners = new Map<PeerId, Set<(slip: Slip, stage: SlipStage) => void>>();
  private readonly waiting: (() => void)[] = [];
  private readonly drafted = new Map<PartyId, number>();
  private readonly ticker: ReturnType<typeof setInterval>;
  private readonly verifier = createVerifier();
  private readonly signers = createSeedSigners();

  constructor(init: {
    readonly archives?: readonly Keyed[];
    readonly clinics?: readonly Keyed[];
    readonly others?: readonly Keyed[];
    readonly copies?: number;
  }) {
    const { copies = 2, ...parties } = init;
    this.consortium = new Consortium({ ...parties, settings: { copies, archiveQuorum: (init.archives?.length ?? 0) > 0 } });
    this.time.advance(this.consortium.nowMs);
    this.ticker = setInterval(() => {
      this.time.advance(SPEED);
    }, 1);
  }

  get nowMs(): number {
    return this.time.clock.nowMs();
  }

  /** Opens a profile on its disk, online and unlocked. */
  async open(person: Keyed, options: CareOptions & { readonly authority?: Keyed; readonly locked?: boolean } = {}): Promise<Profile> {
    const before = this.profiles.find((profile) => profile.person === person);
    const profile: Profile = before ?? {
      person,
      peer: `peer-of-${person.party.slice(0, 8)}`,
      disk: createMemoryDisk(),
      blobs: new WorldBlobs(this, person.party),
      log: createMemoryLog(),
      locked: false,
      online: true,
      care: undefined as unknown as Care,
    };
    if (before === undefined) this.profiles.push(profile);
    profile.locked = options.locked === true;
    profile.online = true;
    this.handlers.set(profile.peer, new Map());
    profile.care = createCare(await this.environment(profile, options.authority ?? null), options);
    await profile.care.start();
    this.peersChanged();
    return profile;
  }

  /** Closes the tab; what it kept stays on its disk. */
  async close(profile: Profile): Promise<void> {
    profile.online = false;
    this.peersChanged();
    await profile.care.stop();
    for (const listeners of [this.finalListeners, this.peerListeners, this.stageListeners]) listeners.delete(profile.peer);
  }

  /** No requests and no blobs between these two, until `mend`. */
  part(a: Profile, b: Profile): void {
    this.cut.add(pairOf(a, b));
    this.peersChanged();
  }

  mend(a: Profile, b: Profile): void {
    this.cut.delete(pairOf(a, b));
    this.peersChanged();
  }

  linked(a: Profile, b: Profile): boolean {
    return a !== b && a.online && b.online && !this.cut.has(pairOf(a, b));
  }

  async setLocked(profile: Profile, locked: boolean): Promise<void> {
    profile.locked = locked;
    await profile.care.personChanged();
  }

  /** An action of somebody without a page. */
  do(author: Person, action: Action): string {
    this.keepTime();
    const counter = Math.max(lastCounter(this.consortium.ledger, author.party), this.drafted.get(author.party) ?? -1) + 1;
    this.drafted.set(author.party, counter);
    const outcome = this.consortium.do(author, action, { counter });
    this.announceFinal();
    return outcome;
  }

  /** Lets go of slips that were held. */
  release(): void {
    this.held = false;
    for (const go of this.waiting.splice(0)) go();
  }

  /** One bulk request, as anybody with a link could make it. */
  async ask(from: Profile, to: Profile, kind: string, body: Uint8Array): Promise<Uint8Array> {
    return this.bulkOf(from).ask(to.peer, kind, body);
  }

  async end(): Promise<void> {
    this.release();
    await Promise.all(this.profiles.filter(({ online }) => online).map((profile) => this.close(profile)));
    clearInterval(this.ticker);
  }

  private async environment(profile: Profile, authority: Keyed | null): Promise<CareEnvironment> {
    const { person } = profile;
    const keys: PersonKeys = {
      party: person.party,
      signer: await this.signers.signerOf(person.seed),
      wrapPublicKey: wrapPublicKey(person.wrapSecret),
      wrapPrivateKey: person.wrapSecret,
      notesKey: new Uint8Array(32).fill(person.name.length),
      searchSecret: person.searchSecret,
      readingSecret: person.readingSecret,
    };
    const centre = authority && {
      party: authority.party,
      signer: await this.signers.signerOf(authority.seed),
      wrapPrivateKey: authority.wrapSecret,
    };
    return {
      party: person.party,
      role: person.role,
      label: () => person.name,
      authority: () => (profile.locked ? null : centre),
      person: () => (profile.locked ? null : keys),
      channel: this.channelOf(profile),
      bulk: this.bulkOf(profile),
      secretSharing: createSecretSharing(),
      blobs: profile.blobs,
      notes: createMemoryStores(profile.disk).notes,
      ...careTools(),
      verifier: this.verifier,
      validator,
      clock: this.time.clock,
      timers: this.time.timers,
      log: profile.log,
      isKeeper: () => this.keepers().includes(person.party),
      changed: () => undefined,
    };
  }

  private keepers(): readonly PartyId[] {
    const { configuration, settings } = this.consortium.ledger;
    const archives = configuration.members.filter(({ kind }) => kind === 'archive');
    return (archives.length < settings.copies ? configuration.members : archives).map(({ party }) => party);
  }

  private bulkOf(profile: Profile): Bulk {
    return {
      handle: (kind, handler) => {
        this.handlers.get(profile.peer)?.set(kind, handler);
      },
      ask: async (peer, kind, body) => {
        const other = this.profiles.find((candidate) => candidate.peer === peer);
        this.requests.push({ from: profile.person.party, kind });
        this.overhear(kind, body);
        await Promise.resolve();
        const handler = other !== undefined && this.linked(profile, other) ? this.handlers.get(peer)?.get(kind) : undefined;
        if (handler === undefined) throw new AppError({ code: 'unreachable', message: 'Nobody there.', remedy: 'Wait.' });
        const from: Correspondent = { peer: profile.peer, party: this.certified(profile.person.party) ? profile.person.party : null };
        const answer = await handler(from, body.slice());
        const liar = other === undefined ? undefined : this.liars.get(other);
        if (!isRejection(answer)) return liar === undefined ? answer : liar(kind, answer);
        throw new AppError({ code: answer.reason, message: answer.detail, remedy: 'None.' });
      },
    };
  }

  private channelOf(profile: Profile): ChannelAccess {
    const listen = <T>(all: Map<PeerId, Set<T>>, listener: T): (() => void) => {
      const listeners = all.get(profile.peer) ?? new Set<T>();
      all.set(profile.peer, listeners.add(listener));
      return () => listeners.delete(listener);
    };
    return {
      ledger: () => this.consortium.ledger,
      projection: () => this.consortium.projection,
      onFinal: (listener) => listen(this.finalListeners, listener),
      onPeers: (listener) => listen(this.peerListeners, listener),
      onStage: (listener) => listen(this.stageListeners, listener),
      draft: (author, action) => this.draft(author, action),
      bytesToSign: slipBytes,
      submit: (slip, onStage) => this.submit(slip, onStage),
      peers: () => this.peersOf(profile),
    };
  }

  private peersOf(profile: Profile): readonly KnownPeer[] {
    const known = this.profiles.flatMap((other): KnownPeer[] => {
      const { party, role } = other.person;
      return this.linked(profile, other) && this.certified(party) ? [{ peer: other.peer, party, role }] : [];
    });
    return known.sort((a, b) => Number(b.role === 'archive') - Number(a.role === 'archive'));
  }

  private certified(party: PartyId): boolean {
    return partyOf(this.consortium.ledger, party)?.revoked === null;
  }

  private draft(author: PartyId, action: Action): SlipBody {
    const { ledger } = this.consortium;
    const counter = Math.max(lastCounter(ledger, author), this.drafted.get(author) ?? -1) + 1;
    this.drafted.set(author, counter);
    return { protocol: 1, channel: ledger.channel, author, counter, timestampMs: this.nowMs, action };
  }

  private async submit(slip: Slip, onStage?: (stage: SlipStage) => void): Promise<Finality> {
    const checks = slipChecks(this.consortium.ledger, slip);
    const results = isRejection(checks)
      ? [false]
      : await Promise.all(checks.map((check) => this.verifier.verify(check.publicKey, check.bytes, check.signature)));
    if (!results.every(Boolean)) throw new AppError({ code: 'slip-refused', message: 'No voter takes this slip.', remedy: 'None.' });
    const tell = (stage: SlipStage): void => {
      onStage?.(stage);
      for (const listeners of this.stageListeners.values()) for (const listener of listeners) listener(slip, stage);
    };
    tell({ stage: 'submitted' });
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
    await Promise.resolve();
    this.keepTime();
    const [proposer] = this.consortium.voters();
    tell({ stage: 'proposed', height: this.consortium.ledger.height + 1, proposer: present(proposer, 'a voter') });
    this.consortium.final([slip], { afterMs: 0 });
    const fate = present(this.consortium.projection.slips.get(slipIdOf(slip)), 'the fate of the slip');
    const voters = this.consortium.voters().length;
    tell({ stage: 'final', height: fate.height, signers: voters, voters, outcome: fate.outcome });
    this.announceFinal();
    return { slip, height: fate.height, outcome: fate.outcome };
  }

  private keepTime(): void {
    this.consortium.nowMs = Math.max(this.nowMs, this.consortium.nowMs + 1);
  }

  private announceFinal(): void {
    for (const listeners of this.finalListeners.values()) for (const listener of [...listeners]) listener();
    this.peersChanged();
  }

  private peersChanged(): void {
    for (const listeners of this.peerListeners.values()) for (const listener of [...listeners]) listener();
  }
}

function pairOf(a: Profile, b: Profile): string {
  return [a.peer, b.peer].sort().join('|');
}

/** Blobs of one profile; what is missing is taken from linked profiles. */
export class WorldBlobs implements BlobStore {
  readonly held = new Map<string, Uint8Array>();
  full = false;
  /** Blobs that still fit. */
  room = Number.POSITIVE_INFINITY;
  private readonly world: World;
  private readonly owner: PartyId;

  constructor(world: World, owner: PartyId) {
    this.world = world;
    this.owner = owner;
  }

  async put(bytes: Uint8Array): Promise<string> {
    this.room -= 1;
    if (this.full || this.room < 0) throw new AppError({ code: 'storage-full', message: 'The disk is full.', remedy: 'Free some space.' });
    const cid = await addressOf(bytes);
    this.held.set(cid, bytes.slice());
    return cid;
  }

  async get(cid: string): Promise<Uint8Array> {
    const self = this.world.profiles.find((profile) => profile.blobs === this);
    for (const other of this.world.profiles) {
      const bytes = other.blobs.held.get(cid);
      const reachable = other.blobs === this || (self !== undefined && this.world.linked(self, other));
      if (bytes === undefined || !reachable || (await addressOf(bytes)) !== cid) continue;
      await this.put(bytes);
      return bytes.slice();
    }
    throw new AppError({ code: 'blob-missing', message: 'Nobody holds it.', remedy: 'Wait.' });
  }

  async has(cid: string): Promise<boolean> {
    return this.held.has(cid);
  }

  async pin(cid: string): Promise<void> {
    await this.get(cid);
  }

  async remove(cid: string): Promise<void> {
    this.held.delete(cid);
  }

  async close(): Promise<void> {
    await Promise.resolve(this.owner);
  }
}

async function addressOf(bytes: Uint8Array): Promise<string> {
  return CID.createV1(raw.code, await sha256.digest(bytes)).toString();
}

export { codeOf, until } from './patience.ts';
