// Multiaddrs of relays and of peers behind them. Only forms that need no look-up at a third party are taken: a name is resolved by
// the machine itself, never over a public resolver (/dnsaddr).
import { multiaddr, type Multiaddr } from '@multiformats/multiaddr';
import { peerIdFromString } from '@libp2p/peer-id';
import { AppError } from '../../../base/index.ts';
import type { PeerId } from '../../../ports/index.ts';

const HOSTS = new Set(['ip4', 'ip6', 'dns', 'dns4', 'dns6']);
const WEB_SOCKET = /^tcp(?:\/tls)?(?:\/sni)?\/wss?$/u;

/** The address of a relay that listens for WebSockets. Throws AppError `bad-relay-address`. */
export function parseRelay(text: string): Multiaddr {
  try {
    const address = multiaddr(text);
    const [host, ...rest] = address.getComponents().map(({ name }) => name);
    if (rest.at(-1) === 'p2p') rest.pop();
    if (host !== undefined && HOSTS.has(host) && WEB_SOCKET.test(rest.join('/'))) return address;
    throw new Error('not a WebSocket address');
  } catch (cause) {
    throw new AppError({
      code: 'bad-relay-address',
      message: `"${text.slice(0, 200)}" is not the address of a relay.`,
      remedy: 'Give an address such as /dns4/relay.example/tcp/443/wss or /ip4/127.0.0.1/tcp/9090/ws.',
      cause,
    });
  }
}

/** Whether a text is a peer id. */
export function isPeerId(text: string): boolean {
  try {
    return peerIdFromString(text).toString() === text;
  } catch {
    return false;
  }
}

/** How to reach a peer by WebRTC through a relay (its address with its peer id). */
export function behindRelay(relay: Multiaddr, peer: PeerId): Multiaddr {
  return relay.encapsulate(`/p2p-circuit/webrtc/p2p/${peer}`);
}
