// The network and the blob store of a node over one libp2p node; runs in a tab and on Node.js.
export { openBrowserShelf } from './blobs/index.ts';
export { createLibp2pNode } from './create.ts';
export type { BlockShelf, IceServer, Libp2pNode, Libp2pNodeInit } from './init.ts';
export { newPeerKey, peerIdOf } from './peer-key.ts';
