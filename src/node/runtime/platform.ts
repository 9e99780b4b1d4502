// What a node needs of the machine it runs on: a browser tab and a server process each make one from their adapters.
import type { SchemeCalls } from '../crypto/index.ts';
import type {
  Aead,
  BundleValidator,
  BlobStore,
  ChunkCipher,
  Clock,
  InstanceLock,
  KeyWrap,
  Log,
  Network,
  Passkeys,
  PassphraseHash,
  Randomness,
  SecretSharing,
  SchemeWorker,
  SearchIndex,
  ScriptMachine,
  SeedSigners,
  Stores,
  Timers,
  Verifier,
} from '../ports/index.ts';

/** Everything one profile keeps, and the lock that keeps it to one instance (R16). */
export interface ProfileStores extends Stores {
  readonly lock: InstanceLock;
}

export interface NetworkAndBlobs {
  readonly network: Network;
  readonly blobs: BlobStore;
}

export interface StorageEstimate {
  readonly persisted: boolean | null;
  readonly usedBytes: number | null;
  readonly quotaBytes: number | null;
}

export interface Platform {
  openStores(slot: string): Promise<ProfileStores>;
  /** Destroys all that a profile keeps; its stores are closed. */
  eraseStores(slot: string): Promise<void>;
  /** A new private key for a peer, as bytes to keep. */
  newPeerKey(): Promise<Uint8Array>;
  /** The peer id of such a key. */
  peerIdOf(peerKey: Uint8Array): Promise<string>;
  /** `relays` are multiaddrs. Not started. */
  createNetwork(init: {
    readonly slot: string;
    readonly peerKey: Uint8Array;
    readonly relays: readonly string[];
  }): Promise<NetworkAndBlobs>;
  storage(): Promise<StorageEstimate>;
  readonly seedSigners: SeedSigners;
  readonly verifier: Verifier;
  readonly aead: Aead;
  /** For chunks of large files; takes over the bytes that it is given. */
  readonly chunkCipher: ChunkCipher;
  readonly schemes: SchemeWorker<SchemeCalls>;
  /** A new, empty index of search tags. */
  searchIndex(): SearchIndex;
  readonly validator: BundleValidator;
  /** Runs contracts that a consortium wrote; loaded with the first call on a ledger. */
  readonly scripts: ScriptMachine;
  readonly keyWrap: KeyWrap;
  readonly passphraseHash: PassphraseHash;
  /** Null where nobody could show herself: on a server. */
  readonly passkeys: Passkeys | null;
  readonly secretSharing: SecretSharing;
  readonly randomness: Randomness;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}
