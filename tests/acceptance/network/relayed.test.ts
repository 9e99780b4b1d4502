// Two nodes that cannot make a direct connection: what must still work through the relay, and what the relay sees of it. The relay is
// reached through a proxy that keeps every byte (faults 32, the promise that it can read nothing).
import { createServer, connect, type Server, type Socket } from 'node:net';
import type { Libp2p } from '@libp2p/interface';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Links } from '../../../src/node/adapters/network/libp2p/links.ts';
import type { Libp2pNode } from '../../../src/node/adapters/node.ts';
import { fastTime } from './fast-time.ts';
import { type LocalSwarm, openLocalSwarm, QUIET } from './local-swarm.ts';
import { createRawPeer } from './raw-peer.ts';

const TIMES = { timeout: 20_000, interval: 10 };
const MARKER = 'Haemoglobin 13.9 g/dl';
const LOAD = new TextEncoder().encode(MARKER.repeat(5_000));

/** A way to the relay that keeps what the relay sends: it is not masked, and whatever it carries for somebody it sends to them. */
interface Wiretap {
  readonly address: string;
  readonly heard: () => Buffer;
  close(): Promise<void>;
}

async function tap(relayAddress: string): Promise<Wiretap> {
  const port = Number(/\/tcp\/(\d+)/u.exec(relayAddress)?.[1]);
  const parts: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        near.destroy();
        far.destroy();
      });
    }
    far.on('data', (part: Buffer) => parts.push(part));
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const own = server.address();
  const ownPort = typeof own === 'object' && own !== null ? own.port : 0;
  return {
    address: relayAddress.replace(`/tcp/${port}/`, `/tcp/${ownPort}/`),
    heard: () => Buffer.concat(parts),
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}

let swarm: LocalSwarm;
let wiretap: Wiretap;
const stops: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  swarm = await openLocalSwarm();
  wiretap = await tap(swarm.fullRelayAddress);
});

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await swarm.close();
  await wiretap.close();
});

interface RelayedPeer {
  readonly peer: string;
  readonly frames: Uint8Array[];
  readonly links: Links;
}

/** A node that knows our streams and no WebRTC. */
async function relayedPeer(order: 'before' | 'behind', other: string): Promise<RelayedPeer> {
  const node: Libp2p = await createRawPeer(wiretap.address, order, other);
  const frames: Uint8Array[] = [];
  const links = new Links({
    self: node.peerId.toString(),
    node,
    ...fastTime(),
    log: QUIET,
    isWished: () => true,
    isRefused: () => false,
    onUp: () => undefined,
    onDown: () => undefined,
    onFrame: (_, frame) => frames.push(frame),
    onRequest: async (_, request) => request,
  });
  node.addEventListener('connection:open', ({ detail }) => {
    if (detail.limits !== undefined) queueMicrotask(() => links.noteConnection(detail));
  });
  await links.start();
  stops.push(async () => {
    links.stop();
    await node.stop();
  });
  return { peer: node.peerId.toString(), frames, links };
}

async function started(): Promise<Libp2pNode> {
  const node = await swarm.create({ relays: [wiretap.address], time: fastTime() });
  await node.network.start();
  return node;
}

function expectOnlyCiphertext(): void {
  const heard = wiretap.heard();
  // The tap does hear: the names of the protocols that are spoken before the encryption begins.
  expect(heard.includes('/noise')).toBe(true);
  expect(heard.includes(MARKER)).toBe(false);
}

test.each(['before', 'behind'] as const)(
  'links through the relay where there is no direct way, and the relay reads nothing (%s)',
  async (order) => {
    const { network } = await started();
    const other = await relayedPeer(order, network.self);
    const got: Uint8Array[] = [];
    network.onFrame((_, frame) => got.push(frame));
    network.connect(other.peer);
    await vi.waitFor(() => {
      expect(network.links()).toMatchObject([{ peer: other.peer, path: 'relayed' }]);
      expect(other.links.get(network.self)?.path).toBe('relayed');
    }, TIMES);
    network.send(other.peer, LOAD);
    other.links.get(network.self)?.send(LOAD);
    expect(await network.request(other.peer, LOAD)).toEqual(LOAD);
    await vi.waitFor(() => {
      expect([got.length, other.frames.length]).toEqual([1, 1]);
    }, TIMES);
    expect(wiretap.heard().length).toBeGreaterThan(3 * LOAD.length);
    expectOnlyCiphertext();
  },
);

test('the relay that joins two nodes for a direct link reads nothing either', async () => {
  const [a, b] = [await started(), await started()];
  const got: Uint8Array[] = [];
  b.network.onFrame((_, frame) => got.push(frame));
  b.network.onRequest(async (_, request) => request);
  a.network.connect(b.network.self);
  await vi.waitFor(() => {
    expect(a.network.links()).toMatchObject([{ path: 'direct' }]);
    expect(b.network.links()).toMatchObject([{ path: 'direct' }]);
  }, TIMES);
  const heardBytes = wiretap.heard().length;
  a.network.send(b.network.self, LOAD);
  expect(await a.network.request(b.network.self, LOAD)).toEqual(LOAD);
  const cid = await a.blobs.put(LOAD);
  expect(Buffer.from(await b.blobs.get(cid)).equals(LOAD)).toBe(true);
  await vi.waitFor(() => {
    expect(got).toHaveLength(1);
  }, TIMES);
  expectOnlyCiphertext();
  // Nor does it carry what was said over the direct link.
  expect(wiretap.heard().length - heardBytes).toBeLessThan(LOAD.length);
});
