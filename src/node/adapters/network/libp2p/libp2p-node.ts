// The libp2p node of a private swarm: WebRTC between nodes, WebSockets to the relay, nothing public (no bootstrap, DHT or STUN of
// others). The library's limits are made for crowds of strangers; they are raised to what a channel needs.
import { circuitRelayTransport } from '@libp2p/circuit-relay-v2';
import { identify, type Identify } from '@libp2p/identify';
import type { Connection, Libp2p, PrivateKey } from '@libp2p/interface';
import { noise } from '@libp2p/noise';
import { ping, type Ping } from '@libp2p/ping';
import { webRTC } from '@libp2p/webrtc';
import { webSockets } from '@libp2p/websockets';
import { yamux } from '@libp2p/yamux';
import { createLibp2p } from 'libp2p';
import type { PeerId } from '../../../ports/index.ts';
import { NO_NAMES } from '../no-names.ts';
import { CHANNEL_BUFFER_BYTES, DIAL_TIMEOUT_MS, MAX_CONNECTIONS, MAX_RELAYS, RESERVATION_TIMEOUT_MS } from '../limits.ts';
import type { Listening } from './relay-post.ts';

/** Who may be connected to. The library dials by itself whom it has addresses of; here only our own dialler decides. */
export interface Gate {
  readonly mayDial: (peer: PeerId) => boolean;
  readonly mayConnect: (peer: PeerId) => boolean;
  readonly isRelay: (peer: PeerId) => boolean;
}

export type Services = { readonly identify: Identify; readonly ping: Ping; readonly listening: Listening };

export interface NodeInit {
  readonly privateKey: PrivateKey;
  readonly rtcConfiguration: () => RTCConfiguration;
  readonly gate: Gate;
  readonly onOpen: (connection: Connection) => void;
  readonly onClose: (connection: Connection) => void;
}

/** A node that is not started. */
export async function createNode(init: NodeInit): Promise<Libp2p<Services>> {
  const { gate } = init;
  const node = await createLibp2p<Services>({
    start: false,
    privateKey: init.privateKey,
    addresses: { listen: ['/webrtc'] },
    transports: [
      webSockets(),
      webRTC({ rtcConfiguration: init.rtcConfiguration, dataChannel: { maxBufferedAmount: CHANNEL_BUFFER_BYTES } }),
      // One reservation at a time would be lost: the library clears what waits when one is made.
      circuitRelayTransport({ reservationCompletionTimeout: RESERVATION_TIMEOUT_MS, reservationConcurrency: MAX_RELAYS }),
    ],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionGater: {
      denyDialMultiaddr: () => false,
      denyDialPeer: (peer) => !gate.mayDial(peer.toString()),
      denyInboundRelayedConnection: (relay, peer) => !gate.isRelay(relay.toString()) || !gate.mayConnect(peer.toString()),
      denyInboundEncryptedConnection: (peer) => !gate.mayConnect(peer.toString()),
      denyInboundUpgradedConnection: (peer) => !gate.mayConnect(peer.toString()),
    },
    connectionManager: {
      maxConnections: MAX_CONNECTIONS,
      maxIncomingPendingConnections: MAX_CONNECTIONS,
      inboundConnectionThreshold: MAX_CONNECTIONS,
      dialTimeout: DIAL_TIMEOUT_MS,
      addressDialTimeout: DIAL_TIMEOUT_MS,
      inboundUpgradeTimeout: DIAL_TIMEOUT_MS,
      inboundStreamProtocolNegotiationTimeout: DIAL_TIMEOUT_MS,
      outboundStreamProtocolNegotiationTimeout: DIAL_TIMEOUT_MS,
      reconnectRetries: 0,
      resolvers: {},
    },
    // It would open a stream, and so a data channel, on every link every ten seconds; links ask for signs of life themselves.
    connectionMonitor: { enabled: false },
    services: {
      identify: identify({ timeout: DIAL_TIMEOUT_MS }),
      ping: ping(),
      listening: ({ transportManager }) => ({
        listen: (addresses) => transportManager.listen(addresses),
        getListeners: () => transportManager.getListeners(),
      }),
    },
    // What others learn of the program: its name.
    dns: NO_NAMES,
    nodeInfo: { name: 'clinicord', version: '1', userAgent: 'clinicord' },
  });
  node.addEventListener('connection:open', ({ detail }) => {
    init.onOpen(detail);
  });
  node.addEventListener('connection:close', ({ detail }) => {
    init.onClose(detail);
  });
  return node;
}
