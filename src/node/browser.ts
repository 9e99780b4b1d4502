// A browser tab as a platform: IndexedDB, Web Locks, WebCrypto and libp2p, put together for the runtime.
import {
  createAead,
  createBundleValidator,
  createChunkCipher,
  createClock,
  createConsoleLog,
  createKeyWrap,
  createLibp2pNode,
  createPasskeys,
  createPassphraseHash,
  createRandomness,
  createSchemeWorker,
  createScriptMachine,
  createSearchIndex,
  createSecretSharing,
  createSeedSigners,
  createTimers,
  createVerifier,
  createWebLock,
  eraseBrowserStores,
  newPeerKey,
  openBrowserNotes,
  openBrowserShelf,
  openBrowserStores,
  peerIdOf,
  storageEstimate,
  warmWorkers,
} from './adapters/index.ts';
import type { MissingFeatures } from './api.ts';
import { type Platform, type Registry, createRegistry } from './runtime/index.ts';

export function createBrowserPlatform(): Platform {
  const clock = createClock();
  const timers = createTimers();
  const log = createConsoleLog('warn');
  return {
    openStores: async (slot) => ({ ...(await openBrowserStores(databaseOf(slot))), lock: createWebLock(databaseOf(slot)) }),
    eraseStores: async (slot) => {
      await eraseBrowserStores(databaseOf(slot));
      await eraseBrowserStores(blocksOf(slot));
    },
    newPeerKey: async () => newPeerKey(),
    peerIdOf: async (peerKey) => peerIdOf(peerKey),
    createNetwork: async ({ slot, peerKey, relays }) =>
      createLibp2pNode({ peerKey, relays, shelf: await openBrowserShelf(blocksOf(slot)), clock, timers, log }),
    storage: storageEstimate,
    seedSigners: createSeedSigners(),
    verifier: createVerifier(),
    aead: createAead(),
    chunkCipher: createChunkCipher(),
    schemes: createSchemeWorker(),
    searchIndex: createSearchIndex,
    validator: createBundleValidator(),
    scripts: createScriptMachine(),
    keyWrap: createKeyWrap(),
    passphraseHash: createPassphraseHash(),
    passkeys: createPasskeys(),
    secretSharing: createSecretSharing(),
    randomness: createRandomness(),
    clock,
    timers,
    log,
  };
}

/** The profiles of this browser. Beside it, what the page may need without its server is fetched. */
export async function openBrowserRegistry(): Promise<Registry> {
  void warmWorkers();
  return createRegistry(createBrowserPlatform(), await openBrowserNotes('clinicord'));
}

function databaseOf(slot: string): string {
  return `clinicord-${slot}`;
}

/** Sealed blobs have a database of their own: their library lays out the tables. */
function blocksOf(slot: string): string {
  return `${databaseOf(slot)}-blocks`;
}

/** What this browser lacks, judged without starting anything. */
export function missingFeatures(): MissingFeatures {
  const missing: { feature: string; remedy: string }[] = [];
  const lacks = (there: boolean, feature: string, remedy: string): void => {
    if (!there) missing.push({ feature, remedy });
  };
  const otherBrowser = 'Use a current version of Chrome, Edge, Firefox or Safari.';
  // What the type library promises of every browser is looked for by name: some browsers and some addresses lack it.
  const secure = globalThis.isSecureContext;
  lacks(
    secure,
    'a secure page',
    'Browsers allow keys only on https:// addresses and on localhost. Start Clinicord with --cert and --key, or open it on the computer it runs on.',
  );
  lacks(!secure || 'subtle' in crypto, 'cryptography (WebCrypto)', otherBrowser);
  lacks('indexedDB' in globalThis, 'storage (IndexedDB)', `${otherBrowser} Private windows may forbid it.`);
  lacks(
    'RTCPeerConnection' in globalThis,
    'direct connections (WebRTC)',
    `${otherBrowser} An extension or a policy may have switched it off.`,
  );
  lacks(!secure || 'locks' in navigator, 'one instance per profile (Web Locks)', otherBrowser);
  return missing;
}
