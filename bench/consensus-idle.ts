// What a link carries while nothing happens: whole nodes in one process on memory twins of network and disk, after they have settled.
// Counted is every frame and request with its answer, both directions; what the transport adds below them is not in it. In a thread of
// its own, because the simulator's runs beside it let no timer through.
import { setTimeout as pause } from 'node:timers/promises';
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { type Cluster, QUICK, createCluster, until } from '../tests/acceptance/cluster/memory-cluster.ts';
import type { Link } from '../src/node/ports/index.ts';
import type { RunningNode } from '../src/node/index.ts';

const SETTINGS = { ...QUICK, engine: 'grouped', groupCount: 2, epochLengthMs: 0, silenceMs: 900_000 } as const;
const NAMES = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
const VOTING_LIMIT_MS = 120_000;
/** Links that are not needed are given up, and who is where is known to all, before counting begins. */
const SETTLE_MS = 60_000;
const COUNT_MS = 60_000;

/** Bytes a minute on the busiest link of eight members in two groups. */
export function idleBytesPerLinkMinute(): Promise<number> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url));
    worker.once('message', (bytes: number) => {
      resolve(bytes);
      void worker.terminate();
    });
    worker.once('error', reject);
  });
}

async function count(): Promise<number> {
  const cluster = createCluster();
  const nodes = await voters(cluster);
  const networks = nodes.map((node) => cluster.hub.network(node.invitation().peers[0] ?? ''));
  await pause(SETTLE_MS);
  const before = networks.map((network) => new Map(network.links().map((link) => [link.peer, bytesOf(link)])));
  await pause(COUNT_MS);
  const grown = networks.flatMap((network, index) => network.links().map((link) => bytesOf(link) - (before[index]?.get(link.peer) ?? 0)));
  await cluster.stopAll();
  return (Math.max(...grown) * 60_000) / COUNT_MS;
}

async function voters(cluster: Cluster): Promise<readonly RunningNode[]> {
  const nodes: RunningNode[] = [];
  for (const name of NAMES) {
    const [founder] = nodes;
    const node = founder === undefined ? await cluster.found(name, { settings: SETTINGS }) : await cluster.join(name, founder.invitation());
    await until(node, 'voting', (view) => view.identity.seat.kind === 'voting', VOTING_LIMIT_MS);
    nodes.push(node);
  }
  return nodes;
}

const bytesOf = (link: Link): number => link.bytesSent + link.bytesReceived;

if (!isMainThread) parentPort?.postMessage(await count());
