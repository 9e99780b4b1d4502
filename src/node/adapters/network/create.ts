// Makes the network and the blob store of a node: one libp2p node, whose links carry votes, requests and blocks.
import { HeliaBlobs } from './blobs/index.ts';
import type { Libp2pNode, Libp2pNodeInit } from './init.ts';
import { Libp2pNetwork } from './libp2p/index.ts';
import { peerIdOf, privateKeyOf } from './peer-key.ts';

/** Nothing listens or dials before `network.start`. Throws AppError `bad-relay-address`. */
export async function createLibp2pNode(init: Libp2pNodeInit): Promise<Libp2pNode> {
  const { relays, clock, timers, log, shelf, iceServers = [] } = init;
  const rtcConfiguration = init.rtcConfiguration ?? ((): RTCConfiguration => ({ iceServers: [...iceServers] }));
  const privateKey = await privateKeyOf(init.peerKey);
  const self = await peerIdOf(init.peerKey);
  const network = new Libp2pNetwork({ self, privateKey, relays, rtcConfiguration, clock, timers, log });
  const blobs = new HeliaBlobs({ streams: network, shelf, timers, log });
  await blobs.start();
  return { network, blobs };
}
