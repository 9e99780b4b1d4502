// The further channels of a node (P1-05): each an instance of its own, with its ledger, votes, slips, links and faults, kept apart from
// all others. Which there are, the consortium's chain says: opened, joined and left by its slips. The care workflow stays at home.
import { AppError, type ChannelId, type PartyId } from '../base/index.ts';
import type { ChannelCommands, ChannelView, ChannelWish } from '../api.ts';
import type { Bulk } from '../care/index.ts';
import { type Action, type ChannelEntry, type Slip, channelIn, channelsOf } from '../contracts/index.ts';
import { pledgeBytes } from '../crypto/index.ts';
import { type ItemRow, chained, partyOf } from '../ledger/index.ts';
import type { PeerId, Signer } from '../ports/index.ts';
import { Bridge } from './bridge.ts';
import type { BulkSwitch } from './bulk.ts';
import { Channel } from './channel.ts';
import type { ChannelInit } from './channel-init.ts';
import type { SharedNetwork } from './channel-network.ts';
import { certifyOf, foundFurther, foundingRefusal, settingsOf } from './channel-founding.ts';
import { mirrorTask } from './channel-mirror.ts';
import { notesOfChannel } from './channel-notes.ts';
import { channelView, homeView } from './channels-view.ts';
import { fetchFounding } from './fetch-founding.ts';
import { askItemSlip, serveItemSlips } from './item-slips.ts';
import { loadLedger, loadRow } from './load.ts';
import type { Person } from './person.ts';

/** What all channels of a node have in common. */
type Common = Omit<
  ChannelInit,
  'channel' | 'ledger' | 'projection' | 'last' | 'checkpoints' | 'row' | 'revision' | 'barred' | 'network' | 'bulk' | 'onTrouble'
>;

export interface ChannelsInit extends Common {
  readonly home: Channel;
  readonly homeId: ChannelId;
  readonly peer: PeerId;
  /** An archive member takes part wherever it is named (P3-06). */
  readonly isArchive: boolean;
  readonly person: Person;
  readonly shared: SharedNetwork;
  readonly bulk: BulkSwitch;
  readonly homeBulk: Bulk;
  readonly onTrouble: (error: unknown) => void;
}

/** A joined channel: its ledger may not be here yet. */
interface Part {
  channel: Channel | null;
  trouble: string;
  stopped: boolean;
  bridge: Bridge | null;
}

/** A node alone in its channel, or one that cannot be missed there, does not wait for longer. */
const GOODBYE_MS = 5_000;

export class Channels implements ChannelCommands {
  private readonly init: ChannelsInit;
  private readonly parts = new Map<ChannelId, Part>();
  private readonly answering = new Set<ChannelId>();
  private readonly mirroring = new Set<ChannelId>();
  private unsubscribe: readonly (() => void)[] = [];

  constructor(init: ChannelsInit) {
    this.init = init;
  }

  start(): void {
    serveItemSlips(this.init.homeBulk, this.init.store, (channel) => this.of(channel) !== null);
    const look = (): void => this.review();
    this.unsubscribe = [this.init.home.onFinal(look), this.init.home.onPeers(look)];
    this.review();
  }

  async stop(): Promise<void> {
    for (const end of this.unsubscribe) end();
    await Promise.all([...this.parts.keys()].map((id) => this.close(id)));
  }

  /** Running here; null of any other. */
  of(channel: ChannelId): Channel | null {
    return this.parts.get(channel)?.channel ?? null;
  }

  view(): readonly ChannelView[] {
    const { home, self } = this.init;
    const further = channelsOf(home.ledger().state, self).flatMap((id): ChannelView[] => {
      const entry = this.entryOf(id);
      return entry === null ? [] : [channelView(id, entry, home.ledger(), self, this.parts.get(id) ?? null)];
    });
    return [homeView(home.ledger()), ...further];
  }

  async open(wish: ChannelWish): Promise<ChannelId> {
    const { home, self, person, memberSigner, store, clock } = this.init;
    const authority = person.authority();
    const keys = person.keys();
    if (authority === null || keys === null)
      throw new AppError({ code: 'locked', message: 'This profile is locked.', remedy: 'Unlock it with your passphrase.' });
    if (memberSigner === null) throw refused('This node has no member key, so it takes part in no channel.');
    const settings = settingsOf(wish, home.ledger().settings);
    const members = [self, ...wish.members.filter((party) => party !== self)];
    const opener = { party: self, memberSigner, authority, nowMs: clock.nowMs() };
    const founding = await foundFurther(opener, settings, members, { channel: home, store });
    await store.append(founding.channel, 0, founding.bytes);
    const body = home.draft(self, { kind: 'open-channel', opened: founding.channel, settings, members });
    const slip = { body, signature: await keys.signer.sign(home.bytesToSign(body)), consent: null };
    const { outcome } = await home.submit(slip);
    if (outcome !== 'done') throw refused(`The consortium did not take it: ${outcome}.`);
    return founding.channel;
  }

  async join(channel: ChannelId): Promise<void> {
    await this.say({ kind: 'join-channel', opened: channel });
  }

  async leave(channel: ChannelId): Promise<void> {
    const running = this.of(channel);
    if (running !== null) await this.giveBackSeat(running);
    await this.say({ kind: 'leave-channel', opened: channel });
  }

  /** Its vote is needed to end its vote, so it stays until that is final; or for as long as one waits for a goodbye. */
  private async giveBackSeat(running: Channel): Promise<void> {
    const { self, timers, log } = this.init;
    const isVoting = (): boolean => running.ledger().configuration.members.some(({ party, voting }) => party === self && voting);
    if (!isVoting()) return;
    running.standDown();
    running.act({ kind: 'leave' }).catch(() => log.debug('goodbye-not-said'));
    await new Promise<void>((resolve) => {
      const done = (): void => {
        cancel();
        unsubscribe();
        resolve();
      };
      const cancel = timers.after(GOODBYE_MS, done);
      const unsubscribe = running.onFinal(() => {
        if (!isVoting()) done();
      });
    });
  }

  /** By its opener: the channel knows the party by the consortium's certificate, so that records may be about it. */
  async certify(channel: ChannelId, party: PartyId): Promise<void> {
    await this.rule(channel, await certifyOf({ channel: this.init.home, store: this.init.store }, party));
  }

  /** Says something as the authority of a channel that this node has opened. */
  private async rule(channel: ChannelId, action: Action): Promise<void> {
    const running = this.of(channel);
    const authority = this.init.person.authority();
    if (running === null || authority === null) throw refused('The channel is not running here, or this profile is locked.');
    const body = running.draft(authority.party, action);
    const { outcome } = await running.submit({ body, signature: await authority.signer.sign(running.bytesToSign(body)), consent: null });
    if (outcome !== 'done') throw refused(`The channel did not take it: ${outcome}.`);
  }

  /** What the consortium says of the members is said in the channel as well, by its opener, one thing after another. */
  private mirror(id: ChannelId): void {
    const { home, self, person, log } = this.init;
    const [entry, running] = [this.entryOf(id), this.of(id)];
    if (entry?.openedBy !== self || running === null || person.authority() === null || this.mirroring.has(id)) return;
    const task = mirrorTask(id, entry, home.ledger(), running.ledger());
    if (task === null) return;
    this.mirroring.add(id);
    const done =
      task.kind === 'revoke' ? this.rule(id, { kind: 'revoke', party: task.party, reason: task.reason }) : this.certify(id, task.party);
    done.catch((error: unknown) => log.debug('channel-not-mirrored', { reason: String(error) })).finally(() => this.mirroring.delete(id));
  }

  /** Where the consortium's chain says that a patient has records, newest first (P3-28). */
  items(patient: PartyId): readonly ItemRow[] {
    return [...chained(this.init.home.projection().itemsOfPatient.get(patient) ?? null)];
  }

  /** The entry of an item, handed out by a member of its channel. Throws AppError `not-available`. */
  itemSlip(item: ItemRow): Promise<Slip> {
    const { home, homeBulk } = this.init;
    const members = this.entryOf(item.channel)?.members.filter(({ standing }) => standing === 'joined') ?? [];
    const peers = members.flatMap(({ party }) => home.book.peersOf(party));
    return askItemSlip(homeBulk, peers, item);
  }

  private async say(action: Action): Promise<void> {
    const { outcome } = await this.init.home.act(action);
    if (outcome !== 'done') throw refused(`The consortium did not take it: ${outcome}.`);
  }

  private entryOf(channel: ChannelId): ChannelEntry | null {
    return channelIn(this.init.home.ledger().state, channel);
  }

  /** After every final block at home, and when somebody comes or goes. */
  private review(): void {
    const { home, homeId, self, isArchive, onTrouble } = this.init;
    const mine = new Set(channelsOf(home.ledger().state, self));
    for (const id of this.parts.keys()) if (!mine.has(id)) void this.close(id).catch(onTrouble);
    for (const id of mine) {
      const standing = this.entryOf(id)?.members.find(({ party }) => party === self)?.standing;
      if (id === homeId || standing === undefined) continue;
      if (standing === 'joined' && !this.parts.has(id)) void this.begin(id).catch(onTrouble);
      if (standing === 'joined') this.link(id);
      this.mirror(id);
      if (standing === 'named' && isArchive) this.answer(id);
    }
    this.init.shared.review();
    this.init.onChange();
  }

  /** An archive member joins what it was named in, once at a time. */
  private answer(id: ChannelId): void {
    if (this.answering.has(id)) return;
    this.answering.add(id);
    this.join(id)
      .catch((error: unknown) => this.init.log.debug('channel-not-joined', { reason: String(error) }))
      .finally(() => this.answering.delete(id));
  }

  private async begin(id: ChannelId): Promise<void> {
    const { init } = this;
    const part: Part = { channel: null, trouble: '', stopped: false, bridge: null };
    this.parts.set(id, part);
    const network = init.shared.of(id, { admits: (peer) => this.partyAdmitted(id, peer) !== null, isHome: false });
    const bulk = init.bulk.of(id, { partyOf: (peer) => this.partyAdmitted(id, peer), closed: true });
    this.link(id);
    const fetch = { ...init, channel: id, bulk, network, stopped: () => part.stopped };
    const loaded = (await loadLedger(init.store, id)) ?? (await fetchFounding(fetch));
    const entry = this.entryOf(id);
    if (loaded === null || entry === null || part.stopped) return;
    const [founding] = loaded.ledger.height === 0 ? [loaded.last] : [];
    const refusal = founding === undefined ? null : foundingRefusal(init.home.ledger(), entry, founding);
    if (refusal !== null) {
      part.trouble = refusal.detail;
      return init.onChange();
    }
    const row = await loadRow(init.journal, id);
    const onTrouble = (error: unknown): void => this.trouble(part, error);
    const channel = new Channel({
      ...init,
      ...loaded,
      ...row,
      channel: id,
      network,
      bulk,
      notes: notesOfChannel(init.notes, id),
      onTrouble,
    });
    channel.setPledge(await this.pledge(id, init.memberSigner));
    part.channel = channel;
    channel.onFinal(() => {
      init.shared.review();
      this.mirror(id);
    });
    if (this.parts.get(id) !== part) return;
    await channel.start();
    part.bridge = new Bridge({ ...init, opened: id, channel });
    if (init.memberSigner !== null) part.bridge.start();
    init.onChange();
  }

  private async pledge(id: ChannelId, signer: Signer | null): Promise<Uint8Array | null> {
    return (await signer?.sign(pledgeBytes(id, this.init.self, this.init.peer))) ?? null;
  }

  /** Members are reached where the consortium knows them to be. */
  private link(id: ChannelId): void {
    const { home, self, shared } = this.init;
    const members = (this.entryOf(id)?.members ?? []).filter(({ party, standing }) => party !== self && standing === 'joined');
    shared.wish(
      id,
      members.flatMap(({ party }) => home.book.peersOf(party)),
    );
  }

  /** Who is behind a peer, where the channel may speak to it: a member that has joined, revoked neither at home nor there. */
  private partyAdmitted(id: ChannelId, peer: PeerId): PartyId | null {
    const party = this.init.home.book.partyOf(peer);
    const member = this.entryOf(id)?.members.find((candidate) => candidate.party === party);
    if (party === null || member?.standing !== 'joined') return null;
    const channel = this.of(id);
    const isRevoked = channel !== null && partyOf(channel.ledger(), party)?.revoked !== null;
    return isRevoked ? null : party;
  }

  private async close(id: ChannelId): Promise<void> {
    const part = this.parts.get(id);
    this.parts.delete(id);
    if (part === undefined) return;
    part.stopped = true;
    part.bridge?.stop();
    this.init.bulk.drop(id);
    this.init.shared.drop(id);
    await part.channel?.stop();
  }

  /** Ends the part in this channel alone, but where nothing can be made durable any more. */
  private trouble(part: Part, error: unknown): void {
    part.trouble = error instanceof AppError ? error.message : 'It has stopped because of an error of its own.';
    this.init.onTrouble(error);
    if (error instanceof AppError && (error.code === 'stolen-journal' || error.code === 'storage-full')) part.channel?.halt(error.message);
  }
}

function refused(message: string): AppError {
  return new AppError({ code: 'refused', message, remedy: 'See who takes part and what this node may do, then try again.' });
}
