// Whole nodes in one process on memory twins of network and disk, with real signatures and real time: what tabs do, without
// tabs. A node can be stopped and started again on its disk.
import {
  type MemoryDisk,
  createInlineSchemeWorker,
  createInlineSearchIndex,
  createMemoryDisk,
  createMemoryHub,
  createMemoryLocks,
  createMemoryLog,
  createMemoryPasskeys,
  createMemoryPassphraseHash,
  createMemoryStores,
} from '../../../src/node/adapters/memory.ts';
import { createBundleValidator, createScriptMachine } from '../../../src/node/adapters/node.ts';
import {
  createAead,
  createChunkAead,
  createClock,
  createKeyWrap,
  createRandomness,
  createSecretSharing,
  createSeedSigners,
  createTimers,
  createVerifier,
} from '../../../src/node/adapters/index.ts';
import { type Invitation, type NewNode, type Platform, type Registry, type RunningNode, createRegistry } from '../../../src/node/index.ts';
import { toHex } from '../../../src/node/base/index.ts';
import type { NoteStore } from '../../../src/node/ports/index.ts';

export const PASSPHRASE = 'a passphrase for tests';

export const QUICK = {
  engine: 'pbft',
  copies: 2,
  archiveQuorum: false,
  silenceMs: 3_600_000,
  epochMinMs: 50,
  baseTimeoutMs: 1_000,
} as const;

export interface Cluster {
  readonly hub: ReturnType<typeof createMemoryHub>;
  readonly registry: Registry;
  readonly disks: ReadonlyMap<string, MemoryDisk>;
  readonly log: ReturnType<typeof createMemoryLog>;
  readonly passkeys: ReturnType<typeof createMemoryPasskeys>;
  /** Of the registry: what a thief finds beside the profiles. */
  readonly notes: NoteStore;
  found(name: string, profile?: Partial<NewNode>): Promise<RunningNode>;
  join(name: string, invitation: Invitation, profile?: Partial<NewNode>): Promise<RunningNode>;
  restart(name: string): Promise<RunningNode>;
  stopAll(): Promise<void>;
}

type Hub = ReturnType<typeof createMemoryHub>;

interface MemoryMachine {
  readonly hub: Hub;
  readonly log: Platform['log'];
  readonly diskOf: (slot: string) => MemoryDisk;
  readonly forget: (slot: string) => void;
  readonly passkeys: Platform['passkeys'];
}

function memoryPlatform({ hub, log, diskOf, forget, passkeys }: MemoryMachine): Platform {
  const locks = createMemoryLocks();
  const randomness = createRandomness();
  const peerOf = (peerKey: Uint8Array): string => `peer-${toHex(peerKey).slice(0, 16)}`;
  return {
    openStores: async (slot) => ({ ...createMemoryStores(diskOf(slot)), lock: locks.lock(slot) }),
    eraseStores: async (slot) => forget(slot),
    newPeerKey: async () => randomness.bytes(32),
    peerIdOf: async (peerKey) => peerOf(peerKey),
    createNetwork: async ({ peerKey }) => ({ network: hub.network(peerOf(peerKey)), blobs: hub.blobs(peerOf(peerKey)) }),
    storage: async () => ({ persisted: true, usedBytes: 0, quotaBytes: null }),
    seedSigners: createSeedSigners(),
    verifier: createVerifier(),
    aead: createAead(),
    chunkCipher: createChunkAead(),
    schemes: createInlineSchemeWorker(),
    searchIndex: createInlineSearchIndex,
    validator: createBundleValidator(),
    scripts: createScriptMachine(),
    keyWrap: createKeyWrap(),
    passphraseHash: createMemoryPassphraseHash(),
    passkeys,
    secretSharing: createSecretSharing(),
    randomness,
    clock: createClock(),
    timers: createTimers(),
    log,
  };
}

function profileOf(name: string, profile: Partial<NewNode>): NewNode {
  return { role: 'clinic', name, clinician: `Dr ${name}`, passphrase: PASSPHRASE, settings: QUICK, ...profile };
}

export function createCluster(): Cluster {
  const log = createMemoryLog('info');
  const hub = createMemoryHub({ clock: createClock(), timers: createTimers() });
  const disks = new Map<string, MemoryDisk>();
  const nodes = new Map<string, RunningNode>();
  const diskOf = (slot: string): MemoryDisk => {
    const disk = disks.get(slot) ?? createMemoryDisk();
    disks.set(slot, disk);
    return disk;
  };
  const passkeys = createMemoryPasskeys('cluster');
  const notes = createMemoryStores().notes;
  const registry = createRegistry(memoryPlatform({ hub, log, diskOf, forget: (slot) => disks.delete(slot), passkeys }), notes);

  async function open(slot: string): Promise<RunningNode> {
    const node = await registry.open(slot, { autoApprove: true });
    nodes.set(slot, node);
    return node;
  }

  return {
    hub,
    registry,
    disks,
    log,
    passkeys,
    notes,
    found: async (name, profile = {}) => {
      await registry.create(profileOf(name, profile), { kind: 'found', consortiumName: 'Test consortium', relays: [] }, name);
      return open(name);
    },
    join: async (name, invitation, profile = {}) => {
      await registry.create(profileOf(name, profile), { kind: 'invitation', invitation }, name);
      return open(name);
    },
    restart: async (name) => {
      await nodes.get(name)?.stop();
      return open(name);
    },
    stopAll: async () => {
      await Promise.all([...nodes.values()].map((node) => node.stop()));
    },
  };
}

/** Resolves when the node's view is as wished; rejects with what it was when the test's time is up. */
export function until(node: RunningNode, what: string, holds: (view: RunningNode['view']) => boolean, limitMs = 15_000): Promise<void> {
  return new Promise((resolve, fail) => {
    const limit = setTimeout(() => {
      unsubscribe();
      clearInterval(poll);
      const { identity, network, ledger, alarm } = node.view;
      fail(
        new Error(
          `not within ${limitMs} ms: ${what}; ${JSON.stringify({ identity, ledger: ledger.height, epoch: network.epoch, voters: network.members, stall: network.stall, alarm })}`,
        ),
      );
    }, limitMs);
    const look = (): void => {
      if (!holds(node.view)) return;
      clearTimeout(limit);
      clearInterval(poll);
      unsubscribe();
      resolve();
    };
    const unsubscribe = node.subscribe(look);
    const poll = setInterval(look, 250);
    look();
  });
}

/** Clinics of these names that all vote and are linked to one another; the first has founded. */
export async function clinics(cluster: Cluster, profile: Partial<NewNode>, ...names: readonly string[]): Promise<readonly RunningNode[]> {
  const all: RunningNode[] = [];
  for (const name of names) {
    const [founder] = all;
    const node = founder === undefined ? await cluster.found(name, profile) : await cluster.join(name, founder.invitation());
    await until(node, 'voting', (view) => view.identity.seat.kind === 'voting');
    all.push(node);
  }
  for (const node of all)
    await until(node, 'linked to all', (view) => view.network.members.filter((member) => member.link !== null).length === all.length - 1);
  return all;
}
