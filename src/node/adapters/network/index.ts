// The network and the blob store of a node over one libp2p node; runs in a tab and on Node.js.
export type { BlockShelf, IceServer, Libp2pNode, Libp2pNodeInit } from './init.ts';
