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
import type { Log } from '../../../src/node/ports/index.ts';

export const QUIET: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

export interface LocalSwarm {
  /** The relay's address without its peer id, as a person would type it. */
  readonly relayAddress: string;
  readonly folder: string;
  /** `shelf` takes the place of a directory of its own; `relays` the place of the local relay. */
  create(options?: { readonly shelf?: BlockShelf; readonly relays?: readonly string[] }): Promise<Libp2pNode>;
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
    folder,
    create: async (options = {}) => {
      const shelf = options.shelf ?? (await openFileShelf(path.join(folder, `blocks-${nodes.length}`)));
      const common = { clock: createClock(), timers: createTimers(), log: QUIET };
      const node = await createLibp2pNode({ peerKey: newPeerKey(), relays: options.relays ?? [relayAddress], shelf, ...common });
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
