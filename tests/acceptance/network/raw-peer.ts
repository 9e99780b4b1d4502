// A libp2p node without WebRTC and without our network in front of it: it can only be reached through the relay, and it says whatever
// a test wants said.
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { generateKeyPair } from '@libp2p/crypto/keys';
import { identify } from '@libp2p/identify';
import type { Connection, Libp2p, Stream } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { peerIdFromPrivateKey } from '@libp2p/peer-id';
import { ping } from '@libp2p/ping';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { multiaddr } from '@multiformats/multiaddr';
import { createLibp2p } from 'libp2p';
import { BULK_PROTOCOL, HELLO, newSession, READY, VOTE_PROTOCOL, WELCOME } from '../../../src/node/adapters/network/libp2p/greeting.ts';
import { frameOf } from '../../../src/node/adapters/network/wire/frame-reader.ts';
import type { PeerId } from '../../../src/node/ports/index.ts';

/** A started node with a place at the relay, whose peer id stands before or behind another's. */
export async function createRawPeer(relay: string, order: 'before' | 'behind', other: PeerId): Promise<Libp2p> {
  let privateKey = await generateKeyPair('Ed25519');
  const id = (): string => peerIdFromPrivateKey(privateKey).toString();
  while (id() < other !== (order === 'before')) privateKey = await generateKeyPair('Ed25519');
  return createLibp2p({
    privateKey,
    addresses: { listen: [`${relay}/p2p-circuit`] },
    transports: [webSockets(), circuitRelayTransport()],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    services: { identify: identify(), ping: ping() },
    connectionMonitor: { enabled: false },
  });
}

export async function dialThrough(node: Libp2p, relay: string, peer: PeerId): Promise<Connection> {
  return node.dial(multiaddr(`${relay}/p2p-circuit/p2p/${peer}`));
}

export interface RawStreams {
  readonly vote: Stream;
  readonly bulk: Stream;
  /** Bytes that came on the vote stream. */
  readonly received: Uint8Array[];
}

/** Opens both streams and greets by hand as the opener does, up to the last word or without it. */
export async function greetByHand(connection: Connection, ready = true): Promise<RawStreams> {
  const options = { runOnLimitedConnection: true };
  const vote = await connection.newStream(VOTE_PROTOCOL, options);
  const bulk = await connection.newStream(BULK_PROTOCOL, options);
  const received: Uint8Array[] = [];
  const welcomed = new Promise<void>((resolve) => {
    vote.addEventListener('message', ({ data }) => {
      const bytes = data.subarray();
      received.push(bytes);
      if (bytes.includes(WELCOME)) resolve();
    });
  });
  const session = newSession();
  vote.send(frameOf(HELLO, session));
  bulk.send(frameOf(HELLO, session));
  await welcomed;
  if (ready) vote.send(frameOf(READY, session));
  return { vote, bulk, received };
}
