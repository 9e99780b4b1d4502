// What every network must do (src/node/ports/network.ts), as one suite for the in-memory twin and for libp2p.
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AppError, MAX_BULK_FRAME_BYTES, MAX_VOTE_FRAME_BYTES } from '../../../src/node/base/index.ts';
import type { Network, NetworkEvent } from '../../../src/node/ports/index.ts';

/** The nodes of one test and the relay between them. */
export interface NetworkWorld {
  /** A node with a key of its own, not started. */
  create(): Promise<Network>;
  setRelay(up: boolean): Promise<void>;
  /** Stops everything. */
  close(): Promise<void>;
}

interface Watched {
  readonly network: Network;
  readonly events: NetworkEvent[];
  readonly frames: string[];
}

const TIMES = { timeout: 20_000, interval: 10 };
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);
const linked = (a: Network, b: Network): boolean => a.links().some(({ peer }) => peer === b.self);

export function describeNetwork(name: string, open: () => Promise<NetworkWorld>): void {
  let world: NetworkWorld | null = null;

  afterEach(async () => {
    await world?.close();
    world = null;
  });

  async function start(): Promise<Watched> {
    world ??= await open();
    const network = await world.create();
    const watched: Watched = { network, events: [], frames: [] };
    network.onEvent((event) => watched.events.push(event));
    network.onFrame((_, frame) => watched.frames.push(text(frame)));
    await network.start();
    return watched;
  }

  async function linkUp(a: Network, b: Network): Promise<void> {
    await vi.waitFor(() => {
      expect([linked(a, b), linked(b, a)]).toEqual([true, true]);
    }, TIMES);
  }

  async function pair(): Promise<readonly [Watched, Watched]> {
    const [a, b] = [await start(), await start()];
    a.network.connect(b.network.self);
    await linkUp(a.network, b.network);
    return [a, b];
  }

  describe(name, () => {
    test('tells both ends that a link is up, and both list it as direct', async () => {
      const [a, b] = await pair();
      expect(a.events).toContainEqual({ kind: 'link-up', peer: b.network.self });
      expect(b.events).toContainEqual({ kind: 'link-up', peer: a.network.self });
      expect(a.network.links()).toMatchObject([{ peer: b.network.self, path: 'direct' }]);
    });

    test('delivers frames in order and unchanged, both ways', async () => {
      const [a, b] = await pair();
      const sent = Array.from({ length: 2_000 }, (_, at) => `frame ${at}`);
      for (const frame of sent) {
        a.network.send(b.network.self, bytes(frame));
        b.network.send(a.network.self, bytes(frame));
      }
      await vi.waitFor(() => {
        expect([a.frames.length, b.frames.length]).toEqual([sent.length, sent.length]);
      }, TIMES);
      expect(a.frames).toEqual(sent);
      expect(b.frames).toEqual(sent);
    });

    test('delivers what was sent, not what the sender made of it afterwards', async () => {
      const [a, b] = await pair();
      const frame = bytes('before');
      a.network.send(b.network.self, frame);
      frame.fill(0);
      await vi.waitFor(() => {
        expect(b.frames).toEqual(['before']);
      }, TIMES);
    });

    test('delivers an empty frame and one of the largest size', async () => {
      const [a, b] = await pair();
      const sizes: number[] = [];
      b.network.onFrame((_, frame) => sizes.push(frame.length));
      a.network.send(b.network.self, new Uint8Array());
      a.network.send(b.network.self, new Uint8Array(MAX_VOTE_FRAME_BYTES).fill(7));
      await vi.waitFor(() => {
        expect(sizes).toEqual([0, MAX_VOTE_FRAME_BYTES]);
      }, TIMES);
    });

    test('ends the link instead of sending a frame over the limit, and links again because it is wished', async () => {
      const [a, b] = await pair();
      a.network.send(b.network.self, new Uint8Array(MAX_VOTE_FRAME_BYTES + 1));
      await vi.waitFor(() => {
        expect(a.events).toContainEqual({ kind: 'link-down', peer: b.network.self });
        expect(a.events.filter(({ kind }) => kind === 'link-up')).toHaveLength(2);
      }, TIMES);
      await linkUp(a.network, b.network);
    });

    test('drops a frame silently where there is no link', async () => {
      const [a, b] = [await start(), await start()];
      a.network.send(b.network.self, bytes('lost'));
      a.network.connect(b.network.self);
      await linkUp(a.network, b.network);
      a.network.send(b.network.self, bytes('kept'));
      await vi.waitFor(() => {
        expect(b.frames).toEqual(['kept']);
      }, TIMES);
    });

    test('makes one link where both ends dial at once', async () => {
      const [a, b] = [await start(), await start()];
      a.network.connect(b.network.self);
      b.network.connect(a.network.self);
      await linkUp(a.network, b.network);
      expect([a.network.links().length, b.network.links().length]).toEqual([1, 1]);
      a.network.send(b.network.self, bytes('there'));
      b.network.send(a.network.self, bytes('and back'));
      await vi.waitFor(() => {
        expect([a.frames, b.frames]).toEqual([['and back'], ['there']]);
      }, TIMES);
      expect(a.events.filter(({ kind }) => kind === 'link-up')).toHaveLength(1);
    });

    test('links four nodes with each other', async () => {
      const nodes = [await start(), await start(), await start(), await start()].map(({ network }) => network);
      for (const one of nodes) for (const other of nodes) if (one !== other) one.connect(other.self);
      await vi.waitFor(() => {
        expect(nodes.map((node) => node.links().length)).toEqual([3, 3, 3, 3]);
      }, TIMES);
    });

    test('gives every request its own answer, both ways at once', async () => {
      const [a, b] = await pair();
      for (const { network } of [a, b]) network.onRequest(async (_, request) => bytes(`${text(request)}!`));
      const ask = (from: Network, to: Network): Promise<readonly Uint8Array[]> =>
        Promise.all(Array.from({ length: 200 }, (_, at) => from.request(to.self, bytes(`${at}`))));
      const [there, back] = await Promise.all([ask(a.network, b.network), ask(b.network, a.network)]);
      const expected = Array.from({ length: 200 }, (_, at) => `${at}!`);
      expect(there.map(text)).toEqual(expected);
      expect(back.map(text)).toEqual(expected);
    });

    test('carries requests and answers of the largest size, and refuses larger ones', async () => {
      const [a, b] = await pair();
      b.network.onRequest(async (_, request) => (request.length === 1 ? new Uint8Array(MAX_BULK_FRAME_BYTES + 1) : request));
      const largest = new Uint8Array(MAX_BULK_FRAME_BYTES).fill(3);
      expect((await a.network.request(b.network.self, largest)).length).toBe(MAX_BULK_FRAME_BYTES);
      await expect(a.network.request(b.network.self, new Uint8Array(MAX_BULK_FRAME_BYTES + 1))).rejects.toMatchObject({ code: 'refused' });
      await expect(a.network.request(b.network.self, new Uint8Array(1))).rejects.toMatchObject({ code: 'refused' });
    });

    test('tells the asker who asked, and code and message of what the handler threw', async () => {
      const [a, b] = await pair();
      b.network.onRequest(async (peer) => {
        throw new AppError({ code: 'not-yet', message: `not yet, ${peer}`, remedy: 'wait' });
      });
      const expected = { code: 'not-yet', message: `not yet, ${a.network.self}` };
      await expect(a.network.request(b.network.self, bytes('?'))).rejects.toMatchObject(expected);
    });

    test('tells nothing of an own bug in the handler', async () => {
      const [a, b] = await pair();
      b.network.onRequest(async () => {
        throw new Error('a secret of this machine');
      });
      const failure: unknown = await a.network.request(b.network.self, bytes('?')).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'refused' });
      expect(String(failure)).not.toContain('secret');
    });

    test('gives up a request that is not answered in time', async () => {
      const [a, b] = await pair();
      b.network.onRequest(() => new Promise(() => undefined));
      await expect(a.network.request(b.network.self, bytes('?'), { timeoutMs: 50 })).rejects.toMatchObject({ code: 'timeout' });
    });

    test('says unreachable where there is no link, and where it is lost before the answer', async () => {
      const [a, b] = await pair();
      const stranger = await start();
      await expect(a.network.request(stranger.network.self, bytes('?'))).rejects.toMatchObject({ code: 'unreachable' });
      b.network.onRequest(() => new Promise(() => undefined));
      const asked = a.network.request(b.network.self, bytes('?'));
      const outcome = expect(asked).rejects.toMatchObject({ code: 'unreachable' });
      await b.network.stop();
      await outcome;
    });

    test('refuses a peer that was disconnected until it is asked for again', async () => {
      const [a, b] = await pair();
      b.network.disconnect(a.network.self);
      await vi.waitFor(() => {
        expect(a.events).toContainEqual({ kind: 'link-down', peer: b.network.self });
        expect(b.events).toContainEqual({ kind: 'link-down', peer: a.network.self });
      }, TIMES);
      // A third node proves that there was time enough: it links although it began later.
      const c = await start();
      c.network.connect(b.network.self);
      c.network.connect(a.network.self);
      await linkUp(c.network, b.network);
      await linkUp(c.network, a.network);
      expect(linked(a.network, b.network)).toBe(false);
      b.network.connect(a.network.self);
      await linkUp(a.network, b.network);
    });

    test('tells the other end when a node stops, and links again when it is back', async () => {
      const [a, b] = await pair();
      await b.network.stop();
      await vi.waitFor(() => {
        expect(a.events).toContainEqual({ kind: 'link-down', peer: b.network.self });
      }, TIMES);
      expect(a.network.links()).toEqual([]);
      await b.network.start();
      await linkUp(a.network, b.network);
      b.network.send(a.network.self, bytes('back'));
      await vi.waitFor(() => {
        expect(a.frames).toEqual(['back']);
      }, TIMES);
    });

    test('keeps its links when the relay stops, and makes new ones when it is back', async () => {
      const [a, b] = await pair();
      await world?.setRelay(false);
      await vi.waitFor(() => {
        expect(a.events.some(({ kind }) => kind === 'relay-down')).toBe(true);
        expect(a.network.relay().connected).toBe(false);
      }, TIMES);
      const c = await start();
      c.network.connect(a.network.self);
      a.network.send(b.network.self, bytes('without a relay'));
      await vi.waitFor(() => {
        expect(b.frames).toEqual(['without a relay']);
      }, TIMES);
      expect(a.events.some(({ kind }) => kind === 'link-down')).toBe(false);
      await world?.setRelay(true);
      await linkUp(a.network, c.network);
      expect(a.events.at(-1)?.kind === 'link-up' || a.network.relay().connected).toBe(true);
    });

    test('counts bytes each way and measures the round trip', async () => {
      const [a, b] = await pair();
      a.network.send(b.network.self, new Uint8Array(10_000));
      await vi.waitFor(() => {
        const [link] = b.network.links();
        expect(link?.bytesReceived).toBeGreaterThanOrEqual(10_000);
        expect(link?.roundTripMs).not.toBeNull();
      }, TIMES);
      expect(a.network.links()[0]?.bytesSent).toBeGreaterThanOrEqual(10_000);
    });

    test('does not link with itself, nor with what is no peer', async () => {
      const a = await start();
      a.network.connect(a.network.self);
      a.network.connect('nobody');
      const b = await start();
      a.network.connect(b.network.self);
      await linkUp(a.network, b.network);
      expect(a.network.links()).toHaveLength(1);
    });
  });
}
