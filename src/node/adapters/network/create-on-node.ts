// Makes the network and the blob store of a node on Node.js: as in a tab, with WebRTC's handshake made steady.
import { createLibp2pNode as create } from './create.ts';
import type { Libp2pNode, Libp2pNodeInit } from './init.ts';
import { steadyConfiguration } from './libp2p/node-handshake.ts';

/** Nothing listens or dials before `network.start`. Throws AppError `bad-relay-address`. */
export function createLibp2pNode(init: Libp2pNodeInit): Promise<Libp2pNode> {
  return create({ ...init, rtcConfiguration: () => steadyConfiguration(init.iceServers ?? []) });
}
