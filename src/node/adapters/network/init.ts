// What a node's network and blob store are made from. One libp2p node carries both (votes, bulk and blocks share its links).
// The same modules run in a tab and on Node.js; the only difference, where blocks are kept, comes in as a `BlockShelf`.
import type { HeliaInit } from 'helia';
import type { BlobStore, Clock, Log, Network, Timers } from '../../ports/index.ts';

/** Helia's store of blocks by CID. */
export type Blockstore = NonNullable<HeliaInit['blockstore']>;

/** Where the blocks of sealed blobs are kept: IndexedDB, a directory, or memory. Opened by whoever makes it. */
export interface BlockShelf {
  readonly blockstore: Blockstore;
  close(): Promise<void>;
}

/** A STUN or TURN server of one's own (the shape of RTCIceServer). None by default: public ones would learn who talks to whom. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

export interface Libp2pNodeInit {
  /** 32 bytes from `newPeerKey`, kept by the caller: whoever has them is this peer. */
  readonly peerKey: Uint8Array;
  /** Multiaddrs of relays, with or without their peer id, for example /ip4/127.0.0.1/tcp/9090/ws. */
  readonly relays: readonly string[];
  readonly shelf: BlockShelf;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  readonly iceServers?: readonly IceServer[];
  /** Takes the place of `iceServers` in each new WebRTC connection; what differs between hosts. */
  readonly rtcConfiguration?: () => RTCConfiguration;
}

/** Both use one libp2p node: `network.start` starts it, `network.stop` stops it, `blobs.close` closes the shelf. */
export interface Libp2pNode {
  readonly network: Network;
  readonly blobs: BlobStore;
}
