// The network port on libp2p: nodes of this process, WebRTC on loopback, through a relay of this process; and what only it can show.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startRelay } from '../../../relay/index.ts';
import { MAX_BULK_FRAME_BYTES } from '../../../src/node/base/index.ts';
import type { Network } from '../../../src/node/ports/index.ts';
import { type LocalSwarm, openLocalSwarm } from './local-swarm.ts';
import { describeNetwork } from './suite.ts';

const TIMES = { timeout: 20_000, interval: 10 };

describeNetwork('libp2p network', async () => {
  const swarm = await openLocalSwarm();
  return {
    create: async () => (await swarm.create()).network,
    setRelay: (up) => swarm.setRelay(up),
    close: () => swarm.close(),
  };
});

describe('libp2p network: relays and streams', () => {
  let swarm: LocalSwarm;

  beforeEach(async () => {
    swarm = await openLocalSwarm();
  });

  afterEach(async () => {
    await swarm.close();
  });

  async function start(relays?: readonly string[]): Promise<Network> {
    const { network } = await swarm.create(relays === undefined ? {} : { relays });
    await network.start();
    return network;
  }

  async function linkUp(a: Network, b: Network): Promise<void> {
    a.connect(b.self);
    await vi.waitFor(() => {
      expect(a.links().map(({ peer }) => peer)).toContain(b.self);
      expect(b.links().map(({ peer }) => peer)).toContain(a.self);
    }, TIMES);
  }

  test('a long answer does not hold up a short one', async () => {
    const [a, b] = [await start(), await start()];
    await linkUp(a, b);
    b.onRequest(async (_, request) => (request.length === 1 ? new Uint8Array(MAX_BULK_FRAME_BYTES) : request));
    const order: string[] = [];
    const long = a.request(b.self, new Uint8Array(1)).then(() => order.push('long'));
    const short = a.request(b.self, new Uint8Array(2)).then(() => order.push('short'));
    await Promise.all([long, short]);
    expect(order).toEqual(['short', 'long']);
  });

  test('with two relays the loss of one is no outage, and nodes meet at the other', async () => {
    const dataDirectory = path.join(swarm.folder, 'second');
    const second = await startRelay({ port: 0, metricsPort: 0, dataDirectory, logLevel: 'silent' });
    const relays = [swarm.relayAddress, second.address];
    const [a, b] = [await start(relays), await start(relays)];
    const kinds: string[] = [];
    a.onEvent(({ kind }) => kinds.push(kind));
    await vi.waitFor(async () => {
      const metrics = await (await fetch(second.metricsUrl ?? '')).text();
      expect(metrics).toContain('clinicord_relay_reservations 2');
      expect(a.relay()).toEqual({ address: swarm.relayAddress, connected: true });
    }, TIMES);
    await swarm.setRelay(false);
    await vi.waitFor(() => {
      expect(a.relay()).toEqual({ address: second.address, connected: true });
    }, TIMES);
    await linkUp(a, b);
    expect(kinds).not.toContain('relay-down');
    await second.stop();
    await vi.waitFor(() => {
      expect(kinds).toContain('relay-down');
    }, TIMES);
  });

  test('finds the relay again under another identity: it is known by its address', async () => {
    const [a, b] = [await start(), await start()];
    await vi.waitFor(() => {
      expect(a.relay().connected && b.relay().connected).toBe(true);
    }, TIMES);
    await swarm.setRelay(false);
    await rm(path.join(swarm.folder, 'relay'), { recursive: true });
    await swarm.setRelay(true);
    await linkUp(a, b);
  });

  test('says that the relay is down from the first try on, once for each outage', async () => {
    await swarm.setRelay(false);
    const { network } = await swarm.create();
    const kinds: string[] = [];
    network.onEvent(({ kind }) => kinds.push(kind));
    await network.start();
    await vi.waitFor(() => {
      expect(kinds).toEqual(['relay-down']);
    }, TIMES);
    await swarm.setRelay(true);
    await vi.waitFor(() => {
      expect(kinds).toEqual(['relay-down', 'relay-up']);
    }, TIMES);
  });

  test('refuses a relay address that is none', async () => {
    await expect(swarm.create({ relays: ['http://relay.example'] })).rejects.toMatchObject({ code: 'bad-relay-address' });
  });
});
