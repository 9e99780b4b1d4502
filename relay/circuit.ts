// The libp2p node of the relay: a circuit relay (v2) over WebSockets. It joins two nodes that cannot reach each other yet; what it
// carries is encrypted between them (Noise), so it reads nothing. It dials nobody.
import { circuitRelayServer, type CircuitRelayService, RELAY_V2_HOP_CODEC } from '@libp2p/circuit-relay-v2';
import { identify, type Identify } from '@libp2p/identify';
import type { Connection, Libp2p, PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping, type Ping } from '@libp2p/ping';
import type { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import {
  HOP_TIMEOUT_MS,
  MAX_CIRCUITS_PER_NODE,
  MAX_CONNECTIONS,
  MAX_CONNECTIONS_PER_HOST_SECOND,
  MAX_PENDING_CONNECTIONS,
  MAX_RESERVATIONS,
  RELAYED_BYTES,
  RELAYED_MS,
  RESERVATION_MS,
} from './limits.ts';

export type CircuitNode = Libp2p<{ identify: Identify; ping: Ping; relay: CircuitRelayService }>;

/** A relay node that is not started. `address` is where it listens. */
export async function createCircuit(
  privateKey: PrivateKey,
  transport: ReturnType<typeof webSockets>,
  address: string,
): Promise<CircuitNode> {
  const node: CircuitNode = await createLibp2p({
    start: false,
    privateKey,
    addresses: { listen: [address] },
    transports: [transport],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: { denyDialPeer: () => true, denyDialMultiaddr: () => true },
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      maxIncomingPendingConnections: MAX_PENDING_CONNECTIONS,
      inboundConnectionThreshold: MAX_CONNECTIONS_PER_HOST_SECOND,
      inboundUpgradeTimeout: HOP_TIMEOUT_MS,
    },
    services: {
      identify: identify(),
      ping: ping(),
      relay: circuitRelayServer({
        hopTimeout: HOP_TIMEOUT_MS,
        maxInboundHopStreams: MAX_CIRCUITS_PER_NODE,
        maxOutboundStopStreams: MAX_CIRCUITS_PER_NODE,
        reservations: {
          maxReservations: MAX_RESERVATIONS,
          reservationTtl: RESERVATION_MS,
          applyDefaultLimit: true,
          defaultDurationLimit: RELAYED_MS,
          defaultDataLimit: RELAYED_BYTES,
        },
      }),
    },
    nodeInfo: { name: 'clinicord-relay', version: '1', userAgent: 'clinicord-relay' },
  });
  node.addEventListener('connection:close', ({ detail }) => {
    freePlace(node, detail);
  });
  return node;
}

/** A visitor who left would keep a place for half an hour, and 200 visitors come and go. */
function freePlace(node: CircuitNode, closed: Connection): void {
  if (node.getConnections(closed.remotePeer).some((other) => other.id !== closed.id)) return;
  const place = node.services.relay.reservations.get(closed.remotePeer);
  // Left alone, its timer would take away a later place of the same node.
  place?.signal.clear();
  node.services.relay.reservations.delete(closed.remotePeer);
}

/** Relayed connections that are open now. */
export function countCircuits(node: CircuitNode): number {
  const streams = node.getConnections().flatMap((connection) => connection.streams);
  return streams.filter((stream) => stream.direction === 'inbound' && stream.protocol === RELAY_V2_HOP_CODEC).length;
}
