// The libp2p network of a node.
export { Libp2pNetwork } from './libp2p-network.ts';
export type { LinkedStreams } from './libp2p-network.ts';
