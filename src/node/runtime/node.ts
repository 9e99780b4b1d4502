// A running node: one profile with its stores, network, channel, person and care workflow, seen from the page as one view and
// its commands. It starts at once and tells by its view how far it is.
import { AppError } from '../base/index.ts';
import type { BlockCheck, BlockView, Identity, Invitation, KeyCommands, NodeView, Opener } from '../api.ts';
import { type Bulk, type Care, type CareEnvironment, createCare } from '../care/index.ts';
import { equalBytes } from '../codec/index.ts';
import { partyOf } from '../ledger/index.ts';
import { createBulk } from './bulk.ts';
import { SharedNetwork } from './channel-network.ts';
import { Channel } from './channel.ts';
import { Channels } from './channels.ts';
import { ContractDesk } from './contract-desk.ts';
import { type Explorer, createExplorer } from './explorer.ts';
import { groupsView } from './groups-view.ts';
import { createKeyDesk, keysView } from './key-desk.ts';
import { fetchFounding } from './fetch-founding.ts';
import { loadLedger, loadRow } from './load.ts';
import { networkView } from './network-view.ts';
import { type AuthorityKeys, type Person, createPerson } from './person.ts';
import type { NetworkAndBlobs, Platform, ProfileStores, StorageEstimate } from './platform.ts';
import type { Profile } from './profile.ts';
import { emptyView, keeps, partiesView, seatOf } from './standing-view.ts';

export interface NodeInit {
  readonly platform: Platform;
  readonly stores: ProfileStores;
  readonly profile: Profile;
  /** Keeps a changed profile. */
  readonly store: (next: Profile) => Promise<void>;
  /** Opens the person's keys at once: after creation, and for servers. */
  readonly root: Uint8Array | null;
  /** The demonstration's supervision centre. */
  readonly autoApprove?: boolean;
}

/** Changes within this time make one new view. */
const VIEW_MS = 50;
const GOODBYE_MS = 5_000;
const NEWEST_BLOCKS = 50;
/** Peers that an invitation names: enough that some are awake. */
const MAX_INVITED_PEERS = 8;

/** Everything that exists once the ledger is there. */
interface Running {
  readonly channel: Channel;
  readonly channels: Channels;
  readonly contracts: ContractDesk;
  readonly care: Care;
  readonly explorer: Explorer;
}

export class RunningNode {
  private readonly init: NodeInit;
  readonly keys: KeyCommands;
  private readonly person: Person;
  private passkeysOffered: boolean | null;
  private centreSpeaks = false;
  private readonly transport: NetworkAndBlobs | null;
  private running: Running | null = null;
  private stopped = false;
  private readOnly: boolean;
  private storage: StorageEstimate = { persisted: null, usedBytes: null, quotaBytes: null };
  private alarm: NodeView['alarm'] = null;
  private cached: NodeView | null = null;
  private announcing = false;
  private readonly listeners = new Set<(view: NodeView) => void>();

  private constructor(init: NodeInit, transport: NetworkAndBlobs | null) {
    this.init = init;
    this.transport = transport;
    this.readOnly = transport === null;
    this.passkeysOffered = init.platform.passkeys === null ? false : null;
    this.person = createPerson(init.platform, init.profile, init.store);
    this.keys = createKeyDesk({
      platform: init.platform,
      person: this.person,
      unlock: (opener) => this.unlockBy(opener),
      guardians: () => this.ready().care.guardians,
      channel: () => init.profile.invitation.channel,
      changed: () => this.changed(),
    });
  }

  /** Starts; where another tab runs this profile the node is read-only (R16). Resolves before the network is there. */
  static async open(init: NodeInit): Promise<RunningNode> {
    let node: RunningNode | null = null;
    const held = await init.stores.lock.acquire(() => void node?.lost());
    const { slot, peerKey, invitation } = init.profile;
    const transport = held ? await init.platform.createNetwork({ slot, peerKey, relays: invitation.relays }) : null;
    node = new RunningNode(init, transport);
    if (init.root !== null) await node.person.unlockWith(init.root);
    const opened = node;
    void init.platform.passkeys?.offered().then((offered) => {
      opened.passkeysOffered = offered;
      opened.changed();
    });
    if (transport !== null) node.begin(transport);
    return node;
  }

  get view(): NodeView {
    this.cached ??= this.build();
    return this.cached;
  }

  subscribe(listener: (view: NodeView) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  unlock(passphrase: string): Promise<void> {
    return this.unlockBy({ kind: 'passphrase', passphrase });
  }

  private async unlockBy(opener: Opener): Promise<void> {
    await this.person.unlock(opener);
    await this.findAuthority();
    await this.running?.care.personChanged();
    this.changed();
  }

  lock(): void {
    this.person.lock();
    void this.running?.care.personChanged();
    this.changed();
  }

  async leave(): Promise<void> {
    const { channel } = this.ready();
    const seated = channel.ledger().configuration.members.some((member) => member.party === this.init.profile.party);
    if (!seated) return;
    channel.standDown();
    const limit = new Promise<void>((resolve) => this.init.platform.timers.after(GOODBYE_MS, resolve));
    await Promise.race([channel.act({ kind: 'leave' }), limit]);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    // Together: care may wait for slips that the channel gives up when it stops.
    await Promise.all([this.running?.care.stop(), this.running?.channels.stop(), this.running?.channel.stop()]);
    await this.transport?.network.stop();
    await this.transport?.blobs.close();
    this.person.lock();
    await this.init.stores.lock.release();
    await this.init.stores.close();
  }

  invitation(): Invitation {
    const { invitation, peer } = this.init.profile;
    const archives = (this.running?.channel.peers() ?? []).filter((known) => known.role === 'archive').map((known) => known.peer);
    return { ...invitation, peers: [...new Set([peer, ...archives, ...invitation.peers])].slice(0, MAX_INVITED_PEERS) };
  }

  /** The care workflow; throws AppError `connecting` until the ledger is there. */
  care(): Care {
    return this.ready().care;
  }

  /** Throws AppError `connecting` until the ledger is there. */
  channels(): Channels {
    return this.ready().channels;
  }

  /** Throws AppError `connecting` until the ledger is there. */
  contracts(): ContractDesk {
    return this.ready().contracts;
  }

  block(height: number): Promise<BlockView> {
    return this.ready().explorer.block(height);
  }

  verifyBlock(height: number): Promise<BlockCheck> {
    return this.ready().explorer.verify(height);
  }

  private ready(): Running {
    if (this.readOnly) {
      throw new AppError({
        code: 'read-only',
        message: 'Another tab runs this node.',
        remedy: 'Use that tab, or close it and reload this one.',
      });
    }
    if (this.running !== null) return this.running;
    throw new AppError({
      code: 'connecting',
      message: 'The ledger is not here yet.',
      remedy: 'Wait until a member of the consortium is reached.',
    });
  }

  private begin(transport: NetworkAndBlobs): void {
    transport.network.onEvent(() => this.changed());
    this.run(transport).catch((error: unknown) => this.trouble(error));
  }

  private async run(transport: NetworkAndBlobs): Promise<void> {
    const { stores, profile, platform } = this.init;
    // Asked before voting; the answer is shown, and nothing waits for it.
    void platform.storage().then((storage) => {
      this.storage = storage;
      this.changed();
    });
    const { channel: id } = profile.invitation;
    const router = createBulk(transport.network, platform.log);
    const bulk = router.of(id, { partyOf: (peer) => this.running?.channel.book.partyOf(peer) ?? null, closed: false });
    const shared = new SharedNetwork(transport.network, platform.log);
    const network = shared.of(id, { admits: () => true, isHome: true });
    await transport.network.start();
    for (const peer of profile.invitation.peers) if (peer !== profile.peer) network.connect(peer);
    const fetch = { ...platform, channel: id, bulk, network, store: stores.ledger, stopped: () => this.stopped };
    const loaded = (await loadLedger(stores.ledger, id)) ?? (await fetchFounding(fetch));
    if (loaded === null) return;
    const signer = await stores.memberKeys.load();
    const loadedRow = await loadRow(stores.journal, id);
    const common = {
      self: profile.party,
      wantsSeat: signer !== null,
      memberSigner: signer,
      journal: stores.journal,
      store: stores.ledger,
      notes: stores.notes,
      verifier: platform.verifier,
      schemes: platform.schemes,
      clock: platform.clock,
      timers: platform.timers,
      log: platform.log,
      onChange: () => this.changed(),
      onTrouble: (error: unknown) => this.trouble(error),
    };
    const channel = new Channel({ ...common, ...loaded, ...loadedRow, channel: id, network, bulk });
    channel.setPledge(profile.pledge);
    const isArchive = profile.role === 'archive';
    const { person } = this;
    const channels = new Channels({
      ...common,
      home: channel,
      homeId: id,
      peer: profile.peer,
      isArchive,
      person,
      shared,
      bulk: router,
      homeBulk: bulk,
    });
    const care = createCare(this.environment(channel, bulk, transport), { autoApprove: this.init.autoApprove === true });
    const explorer = createExplorer(stores.ledger, platform, id, () => ({
      ledger: channel.ledger(),
      projection: channel.projection(),
    }));
    const contracts = new ContractDesk({ channel, self: profile.party, person, clock: platform.clock, randomness: platform.randomness });
    this.running = { channel, channels, contracts, care, explorer };
    await this.findAuthority();
    const look = (): void => void this.findAuthority().catch((error: unknown) => this.trouble(error));
    channel.onFinal(look);
    channel.onPeers(look);
    await channel.start();
    await care.start();
    channels.start();
    if (this.needsCertificate(channel)) await care.applyForCertificate(profile.certificate, profile.possession);
    // The page's server may be gone when the first bundle comes; whoever writes records has the definitions by then.
    if (profile.role === 'clinic')
      platform.validator.prepare().catch((error: unknown) => platform.log.warn('validator-not-ready', { message: String(error) }));
    this.changed();
  }

  /**
   * A founder's 24 words are also those of the supervision centre: where the ledger certifies the centre's key of the same root,
   * this profile is the centre again, whatever it was restored as.
   */
  private async findAuthority(): Promise<void> {
    const { person, running } = this;
    const keys = person.authority();
    if (keys === null || running === null) return;
    if (!person.profile().authority) {
      const entry = partyOf(running.channel.ledger(), keys.party);
      if (entry?.certificate.role !== 'authority' || entry.revoked !== null) return;
      await person.save({ ...person.profile(), authority: true });
      this.changed();
    }
    const speaks = this.centre(running.channel) !== null;
    if (speaks === this.centreSpeaks) return;
    this.centreSpeaks = speaks;
    if (speaks) await running.care.personChanged();
  }

  /**
   * The supervision centre's keys, once it may speak. A centre that was restored has a member key that the ledger does not have
   * yet: it waits until it has what others have, or it would go on from the founding block alone and say things that were said.
   */
  private centre(channel: Channel): AuthorityKeys | null {
    const { authority, party, certificate } = this.person.profile();
    if (!authority) return null;
    const ledger = channel.ledger();
    const seat = ledger.configuration.members.find((member) => member.party === party);
    const isOwnSeat = seat !== undefined && certificate.memberKey !== null && equalBytes(seat.memberKey, certificate.memberKey);
    const hasCaughtUp = channel.peers().length > 0 && channel.sync.target() <= ledger.height;
    return isOwnSeat || hasCaughtUp ? this.person.authority() : null;
  }

  /** Not certified, or certified for a member key that this profile no longer has (R14). */
  private needsCertificate(channel: Channel): boolean {
    const { party, certificate } = this.init.profile;
    const entry = partyOf(channel.ledger(), party);
    if (entry === null) return true;
    if (entry.revoked !== null || certificate.memberKey === null) return false;
    return String(entry.certificate.memberKey) !== String(certificate.memberKey);
  }

  private environment(channel: Channel, bulk: Bulk, { blobs }: NetworkAndBlobs): CareEnvironment {
    const { platform, profile, stores } = this.init;
    return {
      ...platform,
      party: profile.party,
      role: profile.role,
      label: () => (this.person.keys() === null ? '' : this.person.name()),
      authority: () => this.centre(channel),
      person: () => this.person.keys(),
      channel,
      bulk,
      blobs,
      notes: stores.notes,
      isKeeper: () => keeps(channel, profile.party),
      changed: () => this.changed(),
    };
  }

  private build(): NodeView {
    const { running, transport, init } = this;
    const { party, role, certificate } = init.profile;
    const identity: Identity = {
      party,
      role,
      name: this.person.name(),
      clinician: certificate.clinician,
      authority: this.person.profile().authority,
      standing: running?.care.standing() ?? { kind: 'connecting' },
      seat: running === null ? { kind: 'none' } : seatOf(running.channel, party, certificate.memberKey, init.platform.clock.nowMs()),
      locked: this.person.keys() === null,
      readOnly: this.readOnly,
    };
    const keys = keysView(this.person, this.passkeysOffered, running?.care.guardians ?? null);
    const common = { identity, keys, storage: this.storage, alarm: this.alarm };
    if (running === null || transport === null) return { ...emptyView(init.profile, transport), ...common };
    const { channel, channels, care, explorer } = running;
    const ledger = channel.ledger();
    return {
      ...common,
      ...care.view(),
      network: networkView(transport.network, channel, party, init.platform.clock.nowMs()),
      ledger: {
        height: ledger.height,
        channel: ledger.channel,
        name: ledger.settings.name,
        newest: explorer.newest(ledger, channel.projection(), NEWEST_BLOCKS),
      },
      parties: partiesView(channel.projection()),
      groups: groupsView(ledger, party),
      channels: channels.view(),
    };
  }

  private changed(): void {
    this.cached = null;
    if (this.announcing || this.stopped) return;
    this.announcing = true;
    this.init.platform.timers.after(VIEW_MS, () => {
      this.announcing = false;
      for (const listener of this.listeners) listener(this.view);
    });
  }

  /** Another instance took the lock: this one must not sign any more (R16). */
  private async lost(): Promise<void> {
    this.readOnly = true;
    await Promise.all([this.running?.channels.stop(), this.running?.channel.stop()]);
    await this.transport?.network.stop();
    this.changed();
  }

  private trouble(error: unknown): void {
    const known = error instanceof AppError ? error : null;
    this.init.platform.log.warn('trouble', { code: known?.code ?? 'bug', message: error instanceof Error ? error.message : String(error) });
    this.alarm = {
      code: known?.code ?? 'bug',
      message: known?.message ?? 'This node has stopped because of an error of its own.',
      remedy: known?.remedy ?? 'Reload this tab; what was agreed on is not lost.',
    };
    if (known?.code === 'stolen-journal' || known?.code === 'storage-full') this.running?.channel.halt(known.message);
    this.changed();
  }
}
