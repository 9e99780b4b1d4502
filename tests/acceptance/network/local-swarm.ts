// A relay and libp2p nodes on this machine's loopback, for the acceptance suites of network and blob store.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Relay, startRelay } from '../../../relay/index.ts';
import {
  type BlockShelf,
  createClock,
  createLibp2pNode,
  createTimers,
  type Libp2pNode,
  newPeerKey,
  openFileShelf,
} from '../../../src/node/adapters/node.ts';
import type { Clock, Log, Timers } from '../../../src/node/ports/index.ts';

export const QUIET: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

/** What takes the place of a directory of its own, the local relay, the machine's time, and silence. */
export interface NodeOptions {
  readonly shelf?: BlockShelf;
  readonly relays?: readonly string[];
  readonly time?: { readonly clock: Clock; readonly timers: Timers };
  readonly log?: Log;
}

export interface LocalSwarm {
  /** The relay's address without its peer id, as a person would type it. */
  readonly relayAddress: string;
  readonly folder: string;
  /** The relay's address with its peer id. */
  readonly fullRelayAddress: string;
  create(options?: NodeOptions): Promise<Libp2pNode>;
  setRelay(up: boolean): Promise<void>;
  close(): Promise<void>;
}

export async function openLocalSwarm(): Promise<LocalSwarm> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clinicord-swarm-'));
  const begin = (port: number): Promise<Relay> => startRelay({ port, dataDirectory: path.join(folder, 'relay'), logLevel: 'silent' });
  let relay = await begin(0);
  let running = true;
  const { port } = relay;
  const relayAddress = relay.address.replace(/\/p2p\/.*$/u, '');
  const nodes: Libp2pNode[] = [];
  return {
    relayAddress,
    fullRelayAddress: relay.address,
    folder,
    create: async (options = {}) => {
      const shelf = options.shelf ?? (await openFileShelf(path.join(folder, `blocks-${nodes.length}`)));
      const time = options.time ?? { clock: createClock(), timers: createTimers() };
      const relays = options.relays ?? [relayAddress];
      const node = await createLibp2pNode({ peerKey: newPeerKey(), relays, shelf, log: options.log ?? QUIET, ...time });
      nodes.push(node);
      return node;
    },
    setRelay: async (up) => {
      if (up && !running) relay = await begin(port);
      if (!up && running) await relay.stop();
      running = up;
    },
    close: async () => {
      await Promise.all(nodes.map(({ network }) => network.stop()));
      await Promise.all(nodes.map(({ blobs }) => blobs.close()));
      if (running) await relay.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
