// What a peer cannot do to the libp2p network: it says the wrong things, in the wrong order, too much, or nothing at all.
import type { Libp2p } from '@libp2p/interface';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Libp2pNode } from '../../../src/node/adapters/node.ts';
import { MAX_VOTE_FRAME_BYTES } from '../../../src/node/base/index.ts';
import { frameOf } from '../../../src/node/adapters/network/wire/frame-reader.ts';
import type { Log, NetworkEvent } from '../../../src/node/ports/index.ts';
import { fastTime } from './fast-time.ts';
import { type LocalSwarm, openLocalSwarm, QUIET } from './local-swarm.ts';
import { createRawPeer, dialThrough, greetByHand, type RawStreams } from './raw-peer.ts';

const TIMES = { timeout: 20_000, interval: 10 };
const WISH = 3;

let swarm: LocalSwarm;
let node: Libp2pNode;
let events: NetworkEvent['kind'][];
/** Why links ended. */
let reasons: unknown[];
const peers: Libp2p[] = [];

beforeEach(async () => {
  swarm = await openLocalSwarm();
  events = [];
  reasons = [];
  const debug: Log['debug'] = (event, fields) => {
    if (event === 'link-down') reasons.push(fields?.['reason']);
  };
  node = await swarm.create({ time: fastTime(), log: { ...QUIET, debug } });
  node.network.onEvent(({ kind }) => events.push(kind));
  await node.network.start();
  await vi.waitFor(() => {
    expect(node.network.relay().connected).toBe(true);
  }, TIMES);
});

afterEach(async () => {
  for (const peer of peers.splice(0)) await peer.stop();
  await swarm.close();
});

async function rawPeer(order: 'before' | 'behind'): Promise<Libp2p> {
  const peer = await createRawPeer(swarm.fullRelayAddress, order, node.network.self);
  peers.push(peer);
  return peer;
}

/** A peer that greets properly and then does as it likes. */
async function linkedPeer(): Promise<RawStreams> {
  const peer = await rawPeer('before');
  const streams = await greetByHand(await dialThrough(peer, swarm.fullRelayAddress, node.network.self));
  await vi.waitFor(() => {
    expect(events).toContain('link-up');
  }, TIMES);
  return streams;
}

async function linkDown(reason: string): Promise<void> {
  await vi.waitFor(() => {
    expect(events).toContain('link-down');
    expect(node.network.links()).toEqual([]);
  }, TIMES);
  expect(reasons).toEqual([expect.stringContaining(reason)]);
}

function lengthOf(sizeBytes: number): Uint8Array {
  const head = new Uint8Array(4);
  new DataView(head.buffer).setUint32(0, sizeBytes);
  return head;
}

test.each<readonly [string, string, (streams: RawStreams) => void]>([
  ['a vote over the limit', 'frame-too-large', ({ vote }) => vote.send(lengthOf(MAX_VOTE_FRAME_BYTES + 2))],
  ['a vote of no bytes', 'malformed-length', ({ vote }) => vote.send(lengthOf(0))],
  ['a vote of unknown kind', 'unknown-kind', ({ vote }) => vote.send(frameOf(200))],
  ['a piece over the limit', 'frame-too-large', ({ bulk }) => bulk.send(lengthOf(1024 * 1024))],
  ['a piece of unknown kind', 'unknown-kind', ({ bulk }) => bulk.send(frameOf(200, new Uint8Array(8)))],
  ['the end of its bulk stream', 'broken', ({ bulk }) => bulk.abort(new Error('enough'))],
])('ends the link at %s (%s)', async (_, reason, misbehave) => {
  const streams = await linkedPeer();
  misbehave(streams);
  await linkDown(reason);
});

test('takes no link for up before the last word of the greeting', async () => {
  const peer = await rawPeer('before');
  const { vote } = await greetByHand(await dialThrough(peer, swarm.fullRelayAddress, node.network.self), false);
  vote.send(frameOf(0, Uint8Array.of(1)));
  await vi.waitFor(() => {
    expect(vote.status).not.toBe('open');
  }, TIMES);
  expect(events).not.toContain('link-up');
});

test('refuses streams from the end that does not open', async () => {
  const peer = await rawPeer('behind');
  const connection = await dialThrough(peer, swarm.fullRelayAddress, node.network.self);
  const stream = await connection.newStream('/clinicord/vote/1', { runOnLimitedConnection: true });
  await vi.waitFor(() => {
    expect(stream.status).not.toBe('open');
  }, TIMES);
  expect(events).not.toContain('link-up');
});

test('a second greeting takes the place of the first: one link, not two', async () => {
  const peer = await rawPeer('before');
  const connection = await dialThrough(peer, swarm.fullRelayAddress, node.network.self);
  const first = await greetByHand(connection);
  await greetByHand(connection);
  await vi.waitFor(() => {
    expect(events.filter((kind) => kind !== 'relay-up')).toEqual(['link-up', 'link-down', 'link-up']);
    expect(first.vote.status).not.toBe('open');
  }, TIMES);
  expect(node.network.links()).toHaveLength(1);
});

test('ends a link that gives no sign of life', async () => {
  await linkedPeer();
  await linkDown('silent');
});

test('ends a link that neither end wishes for', async () => {
  const { vote } = await linkedPeer();
  vote.send(frameOf(WISH, Uint8Array.of(0)));
  const alive = setInterval(() => vote.send(frameOf(WISH, Uint8Array.of(0))), 50);
  await linkDown('unwished');
  clearInterval(alive);
});

test('gives no blocks to a peer without a link', async () => {
  const peer = await rawPeer('before');
  const connection = await dialThrough(peer, swarm.fullRelayAddress, node.network.self);
  const stream = await connection.newStream('/ipfs/bitswap/1.2.0', { runOnLimitedConnection: true });
  await vi.waitFor(() => {
    expect(stream.status).not.toBe('open');
  }, TIMES);
});

test('refuses every connection of a peer that was disconnected', async () => {
  const peer = await rawPeer('before');
  node.network.disconnect(peer.peerId.toString());
  await expect(dialThrough(peer, swarm.fullRelayAddress, node.network.self)).rejects.toThrow();
});
