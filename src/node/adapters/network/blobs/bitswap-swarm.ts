// Helia's exchange of blocks (Bitswap) sees the swarm through this: the peers that links are up to, and nobody else. Strangers learn
// neither what is asked for nor what is here, and every stream runs on the connection of a link. Never dials.
import type { Connection, Libp2p, PeerId as Libp2pPeerId, Stream, StreamHandler, StreamHandlerOptions, Topology } from '@libp2p/interface';
import { peerIdFromString } from '@libp2p/peer-id';
import type { LinkedStreams } from '../libp2p/index.ts';
import { BLOCK_TIMEOUT_MS } from '../limits.ts';

/** What Bitswap uses of a libp2p node. */
type BitswapView = Pick<
  Libp2p,
  'handle' | 'unhandle' | 'register' | 'unregister' | 'getConnections' | 'isDialable' | 'dial' | 'dialProtocol'
>;

/** A libp2p node as far as Bitswap looks, over the links of a network. */
export function bitswapSwarm(streams: LinkedStreams): Libp2p {
  const topologies = new Map<string, Topology>();
  streams.onChange((peer, up) => {
    const connection = streams.connection(peer);
    for (const topology of topologies.values()) {
      if (!up) void topology.onDisconnect?.(peerIdFromString(peer));
      else if (connection !== undefined) void topology.onConnect?.(peerIdFromString(peer), connection);
    }
  });

  const view: BitswapView = {
    handle: async (protocols: string | string[], handler: StreamHandler, options: StreamHandlerOptions = {}): Promise<void> => {
      for (const protocol of [protocols].flat()) await streams.handle(protocol, handler, options);
    },
    unhandle: async () => undefined,
    register: async (protocol: string, topology: Topology): Promise<string> => {
      topologies.set(protocol, topology);
      return protocol;
    },
    unregister: (id: string): void => {
      topologies.delete(id);
    },
    getConnections: (): Connection[] =>
      streams.linked().flatMap((peer) => {
        const connection = streams.connection(peer);
        return connection === undefined ? [] : [connection];
      }),
    isDialable: async () => false,
    dial: async (): Promise<Connection> => {
      throw new Error('the exchange of blocks does not dial');
    },
    dialProtocol: async (peer: unknown, protocol: string | string[], options: { signal?: AbortSignal } = {}): Promise<Stream> => {
      const [first = ''] = [protocol].flat();
      const to = (peer as Libp2pPeerId).toString();
      return streams.open(to, first, options.signal ?? AbortSignal.timeout(BLOCK_TIMEOUT_MS));
    },
  };
  return view as Libp2p;
}
