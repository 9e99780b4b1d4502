// What a node needs of the machine it runs on: a browser tab and a server process each make one from their adapters.
import type {
  Aead,
  BlobStore,
  Clock,
  InstanceLock,
  Journal,
  KeyWrap,
  LedgerStore,
  Log,
  MemberKeyStore,
  Network,
  NoteStore,
  PassphraseHash,
  Randomness,
  Signer,
  Timers,
  Verifier,
} from '../ports/index.ts';

/** Everything one profile keeps, opened together. */
export interface ProfileStores {
  readonly journal: Journal;
  readonly ledger: LedgerStore;
  readonly notes: NoteStore;
  readonly memberKeys: MemberKeyStore;
  readonly lock: InstanceLock;
  close(): Promise<void>;
  /** Destroys all of it. */
  erase(): Promise<void>;
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
  /** A new private key for a peer, as bytes to keep. */
  newPeerKey(): Promise<Uint8Array>;
  /** The peer id of such a key. */
  peerIdOf(peerKey: Uint8Array): Promise<string>;
  /** `relays` are multiaddrs. Not started. */
  createNetwork(init: { readonly slot: string; readonly peerKey: Uint8Array; readonly relays: readonly string[] }): Promise<NetworkAndBlobs>;
  /** An Ed25519 signer of a 32-byte seed. */
  signerOf(seed: Uint8Array): Promise<Signer>;
  storage(): Promise<StorageEstimate>;
  readonly verifier: Verifier;
  readonly aead: Aead;
  readonly keyWrap: KeyWrap;
  readonly passphraseHash: PassphraseHash;
  readonly randomness: Randomness;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}
