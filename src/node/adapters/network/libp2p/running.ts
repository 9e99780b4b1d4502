// A network while it runs: a libp2p node with its dialler, its places at relays and its links, and who tells whom of what. Built anew at
// every start.
import type { Connection, Libp2p } from '@libp2p/interface';
import type { Multiaddr } from '@multiformats/multiaddr';
import type { NetworkEvent, PeerId } from '../../../ports/index.ts';
import { behindRelay } from './addresses.ts';
import { dialPeer } from './dial-peer.ts';
import { Dialler } from './dialler.ts';
import { createNode, type Services } from './libp2p-node.ts';
import type { Libp2pNetworkInit } from './libp2p-network-init.ts';
import { Links } from './links.ts';
import { RelayPost } from './relay-post.ts';

export interface Running {
  readonly node: Libp2p<Services>;
  readonly links: Links;
  readonly dialler: Dialler;
  readonly posts: readonly RelayPost[];
}

/** What the network around it knows and wants to hear. */
export interface Surroundings {
  readonly isWished: (peer: PeerId) => boolean;
  readonly isRefused: (peer: PeerId) => boolean;
  readonly onEvent: (event: NetworkEvent) => void;
  readonly onFrame: (peer: PeerId, frame: Uint8Array) => void;
  readonly onRequest: (peer: PeerId, request: Uint8Array) => Promise<Uint8Array>;
}

/** Everything in place and nothing started. */
export async function buildRunning(init: Libp2pNetworkInit, relays: readonly Multiaddr[], around: Surroundings): Promise<Running> {
  const { self, clock, timers, log, privateKey, rtcConfiguration } = init;
  const posts: RelayPost[] = [];
  const isRelay = (peer: PeerId): boolean => posts.some((post) => post.isPeer(peer));
  const node = await createNode({
    privateKey,
    rtcConfiguration,
    gate: {
      mayDial: (peer) => isRelay(peer) || dialler.isDialling(peer),
      mayConnect: (peer) => !around.isRefused(peer),
      isRelay,
    },
    onOpen: (connection) => {
      if (posts.some((post) => post.owns(connection))) return;
      // The library keeps the connection only after this event.
      queueMicrotask(() => {
        links.noteConnection(connection);
      });
      if (connection.direction === 'inbound') dialler.noteIncoming(connection.remotePeer.toString());
    },
    onClose: (connection) => {
      noteClosed(connection, { node, links, dialler, posts });
    },
  });
  const dialler: Dialler = new Dialler({
    clock,
    timers,
    draw: Math.random,
    dial: async (peer, tries, signal) => {
      const addresses = posts.flatMap(({ reachedAt }) => (reachedAt === null ? [] : [behindRelay(reachedAt, peer)]));
      await dialPeer(node, addresses, tries, { timers, signal }).catch((error: unknown) => {
        log.debug('dial-failed', { reason: error instanceof Error ? error.name : 'unknown', tries });
        throw error;
      });
    },
    canDial: () => posts.some(({ up }) => up),
    pathTo: (peer) => links.get(peer)?.path ?? null,
  });
  const links: Links = new Links({
    ...{ self, node, clock, timers, log },
    isWished: around.isWished,
    isRefused: around.isRefused,
    onUp: (peer) => {
      dialler.noteLinkUp(peer);
      around.onEvent({ kind: 'link-up', peer });
    },
    onDown: (peer) => {
      dialler.noteLinkDown(peer);
      around.onEvent({ kind: 'link-down', peer });
    },
    onFrame: around.onFrame,
    onRequest: around.onRequest,
  });
  for (const address of relays) posts.push(buildPost(address, init, { node, links, dialler, posts }, around.onEvent));
  return { node, links, dialler, posts };
}

function noteClosed(connection: Connection, { links, dialler, posts }: Running): void {
  for (const post of posts) post.noteClosed(connection);
  links.noteClosed(connection);
  const peer = connection.remotePeer.toString();
  if (connection.limits === undefined) dialler.noteConnectionLost(peer);
  else dialler.noteDialLost(peer);
}

/** Relays come and go; what is told is whether there is one. */
function buildPost(address: Multiaddr, init: Libp2pNetworkInit, running: Running, onEvent: (event: NetworkEvent) => void): RelayPost {
  const { node, dialler, posts } = running;
  const post: RelayPost = new RelayPost({
    address,
    node,
    listening: node.services.listening,
    timers: init.timers,
    draw: Math.random,
    othersBusy: () => posts.some((other) => other !== post && other.busy),
    onUp: () => {
      dialler.noteRelayUp();
      if (posts.some((other) => other !== post && other.up)) return;
      init.log.info('relay-up', {});
      onEvent({ kind: 'relay-up' });
    },
    onDown: (detail) => {
      if (posts.some(({ up }) => up)) return;
      init.log.warn('relay-down', { detail });
      onEvent({ kind: 'relay-down', detail });
    },
  });
  return post;
}
