// One network for all channels of a node: links are shared, frames go to the channel that they name, and each channel sees the peers
// alone that it admits. So nothing of a channel, not even its height, is said to anybody outside it (P1-05). Holds no data.
import { type ChannelId, DIGEST_BYTES, type Rejection, isRejection, reject, toHex } from '../base/index.ts';
import type { Link, Log, Network, NetworkEvent, PeerId } from '../ports/index.ts';

/** The network as one channel sees it. */
export type ChannelNetwork = Pick<Network, 'self' | 'connect' | 'release' | 'disconnect' | 'send' | 'onFrame' | 'onEvent' | 'links'>;

export interface NetworkOfChannel {
  readonly admits: (peer: PeerId) => boolean;
  /** Whether a peer that it breaks with loses its link for all channels: so it is where certificates are given and taken. */
  readonly isHome: boolean;
}

export class SharedNetwork {
  private readonly network: Network;
  private readonly log: Log;
  private readonly channels = new Map<ChannelId, Door>();

  constructor(network: Network, log: Log) {
    this.network = network;
    this.log = log;
    network.onFrame((peer, bytes) => this.receive(peer, bytes));
    network.onEvent((event) => {
      for (const door of this.channels.values()) door.told(event);
    });
  }

  /** Called once for a channel. */
  of(channel: ChannelId, init: NetworkOfChannel): ChannelNetwork {
    const wishedByOthers = (peer: PeerId): boolean => [...this.channels].some(([id, door]) => id !== channel && door.wishes.has(peer));
    const door = new Door(this.network, init, wishedByOthers);
    this.channels.set(channel, door);
    return door;
  }

  /** The channel is left: its wishes for links end. */
  drop(channel: ChannelId): void {
    const door = this.channels.get(channel);
    for (const peer of door?.wishes ?? []) door?.release(peer);
    this.channels.delete(channel);
  }

  /** Links that a channel needs beside those that it plans itself. */
  wish(channel: ChannelId, peers: readonly PeerId[]): void {
    const door = this.channels.get(channel);
    for (const peer of peers) if (peer !== this.network.self && door?.wishes.has(peer) === false) door.connect(peer);
  }

  /** Whom a channel admits may have changed. */
  review(): void {
    for (const door of this.channels.values()) door.review();
  }

  private receive(peer: PeerId, bytes: Uint8Array): void {
    const refusal = this.deliver(peer, bytes);
    if (refusal !== null) this.log.debug('frame-refused', { reason: refusal.reason });
  }

  private deliver(peer: PeerId, bytes: Uint8Array): Rejection | null {
    const channel = channelOfFrame(bytes);
    if (isRejection(channel)) return channel;
    const door = this.channels.get(channel);
    if (door === undefined) return reject('unknown-channel', 'this node takes no part in that channel');
    if (!door.admits(peer)) return reject('not-a-member', 'the frame comes from outside its channel');
    door.receive(peer, bytes);
    return null;
  }
}

class Door implements ChannelNetwork {
  readonly self: PeerId;
  readonly wishes = new Set<PeerId>();
  private readonly network: Network;
  private readonly init: NetworkOfChannel;
  private readonly wishedByOthers: (peer: PeerId) => boolean;
  private readonly frameListeners: ((peer: PeerId, frame: Uint8Array) => void)[] = [];
  private readonly eventListeners = new Set<(event: NetworkEvent) => void>();
  /** Linked and admitted, as the channel was told. */
  private up: ReadonlySet<PeerId>;

  constructor(network: Network, init: NetworkOfChannel, wishedByOthers: (peer: PeerId) => boolean) {
    this.self = network.self;
    this.network = network;
    this.init = init;
    this.wishedByOthers = wishedByOthers;
    this.up = new Set(this.links().map(({ peer }) => peer));
  }

  admits(peer: PeerId): boolean {
    return this.init.admits(peer);
  }

  receive(peer: PeerId, frame: Uint8Array): void {
    for (const listener of this.frameListeners) listener(peer, frame);
  }

  connect(peer: PeerId): void {
    this.wishes.add(peer);
    this.network.connect(peer);
  }

  release(peer: PeerId): void {
    this.wishes.delete(peer);
    if (!this.wishedByOthers(peer)) this.network.release(peer);
  }

  disconnect(peer: PeerId): void {
    if (!this.init.isHome) return this.release(peer);
    this.wishes.delete(peer);
    this.network.disconnect(peer);
  }

  send(peer: PeerId, frame: Uint8Array): void {
    if (this.admits(peer)) this.network.send(peer, frame);
  }

  onFrame(listener: (peer: PeerId, frame: Uint8Array) => void): void {
    this.frameListeners.push(listener);
  }

  onEvent(listener: (event: NetworkEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  links(): readonly Link[] {
    return this.network.links().filter(({ peer }) => this.admits(peer));
  }

  told(event: NetworkEvent): void {
    if (event.kind === 'relay-up' || event.kind === 'relay-down') return this.tell(event);
    if (event.kind === 'link-down') return this.down(event.peer);
    this.review();
  }

  review(): void {
    const now = new Set(this.links().map(({ peer }) => peer));
    for (const peer of this.up) if (!now.has(peer)) this.down(peer);
    const before = this.up;
    this.up = now;
    for (const peer of now) if (!before.has(peer)) this.tell({ kind: 'link-up', peer });
  }

  private down(peer: PeerId): void {
    if (!this.up.has(peer)) return;
    this.up = new Set([...this.up].filter((other) => other !== peer));
    this.tell({ kind: 'link-down', peer });
  }

  private tell(event: NetworkEvent): void {
    for (const listener of [...this.eventListeners]) listener(event);
  }
}

const KIND_AT = 2;
const SHORT_TEXT = 0x60;
const MAX_SHORT_TEXT_BYTES = 23;
/** A byte string whose length stands in the next byte. */
const BYTES_HEAD = 0x58;

/** Which channel a frame names: its first field, whatever its kind (frames.ts). The rest is read by that channel, or by nobody. */
export function channelOfFrame(bytes: Uint8Array): ChannelId | Rejection {
  const kindBytes = (bytes[1] ?? 0) - SHORT_TEXT;
  const at = KIND_AT + kindBytes + 1;
  const wellFormed = kindBytes > 0 && kindBytes <= MAX_SHORT_TEXT_BYTES && bytes[at] === BYTES_HEAD && bytes[at + 1] === DIGEST_BYTES;
  if (!wellFormed || bytes.byteLength < at + 2 + DIGEST_BYTES) return reject('malformed', 'the frame names no channel');
  return toHex(bytes.subarray(at + 2, at + 2 + DIGEST_BYTES)) as ChannelId;
}
