// What the care workflow needs of the node around it; runtime/ provides it. Care never touches the network, a store or a
// key directly, so that its tests run on memory twins.
import type { PartyId, Rejection } from '../base/index.ts';
import type { Action, Role, Slip, SlipBody } from '../contracts/index.ts';
import type { SchemeCalls } from '../crypto/index.ts';
import type { Ledger, Projection } from '../ledger/index.ts';
import type {
  Aead,
  BlobStore,
  BundleValidator,
  ChunkCipher,
  Clock,
  KeyWrap,
  Log,
  NoteStore,
  PeerId,
  Randomness,
  SchemeWorker,
  SearchIndex,
  SecretSharing,
  Signer,
  Timers,
  Verifier,
} from '../ports/index.ts';

/** Who asks on the bulk stream: the peer is proved by the transport, the party by its pledge; null for a stranger. */
export interface Correspondent {
  readonly peer: PeerId;
  readonly party: PartyId | null;
}

/** Requests by kind. A kind's owner declares the codecs of its bodies. */
export interface Bulk {
  handle(kind: string, handler: (from: Correspondent, body: Uint8Array) => Promise<Uint8Array | Rejection>): void;
  /** Throws AppError: `unreachable`, `timeout`, or the reason that the other end refused with. */
  ask(peer: PeerId, kind: string, body: Uint8Array, options?: { readonly timeoutMs?: number }): Promise<Uint8Array>;
}

/** A linked peer whose pledge was checked against the ledger. */
export interface KnownPeer {
  readonly peer: PeerId;
  readonly party: PartyId;
  readonly role: Role;
}

/** How a slip ended. */
export interface Finality {
  readonly slip: Slip;
  readonly height: number;
  /** `done`, or the contract's reason why it had no effect. */
  readonly outcome: string;
}

export type SlipStage =
  /** This node has handed it to voters. */
  | { readonly stage: 'submitted' }
  /** It is in a block that is being voted on. */
  | { readonly stage: 'proposed'; readonly height: number; readonly proposer: PartyId }
  | { readonly stage: 'final'; readonly height: number; readonly signers: number; readonly voters: number; readonly outcome: string };

/** The ledger as this node knows it, and the way onto it. */
export interface ChannelAccess {
  ledger(): Ledger;
  projection(): Projection;
  /** After every final block, with the new ledger already in place. */
  onFinal(listener: () => void): () => void;
  /** A body with the next counter and the time, not yet signed. */
  draft(author: PartyId, action: Action): SlipBody;
  /** Bytes that author and patient sign. */
  bytesToSign(body: SlipBody): Uint8Array;
  /** Keeps the slip until it is final, hands it to voters again and again, and resolves then. Throws AppError `slip-refused`
   *  where it is statically invalid; a slip without effect resolves with its outcome. Survives a reload. */
  submit(slip: Slip, onStage?: (stage: SlipStage) => void): Promise<Finality>;
  /** Optional: the stages of every slip that this node sees, its own or not, until the slip is final; so a clinic's page shows how
   *  its record moves on after the patient's tab has handed it in. Returns how to stop listening. */
  onStage?(listener: (slip: Slip, stage: SlipStage) => void): () => void;
  /** Linked and certified, archive members first. */
  peers(): readonly KnownPeer[];
  onPeers(listener: () => void): () => void;
}

/** The person's keys while unlocked. */
export interface PersonKeys {
  readonly party: PartyId;
  readonly signer: Signer;
  readonly wrapPublicKey: Uint8Array;
  readonly wrapPrivateKey: Uint8Array;
  /** Seals private notes: patient list, drafts, contacts. 32 bytes. */
  readonly notesKey: Uint8Array;
  /** What the search key follows from (T20). 32 bytes. */
  readonly searchSecret: Uint8Array;
  /** What reading keys of every class and epoch follow from (T22). 32 bytes. */
  readonly readingSecret: Uint8Array;
}

export interface CareEnvironment {
  /** This profile's party and role; certified or not. */
  readonly party: PartyId;
  readonly role: Role;
  /** The person's own name, empty while locked: a patient's contact link shows it. */
  label?(): string;
  /** The supervision centre's party where this profile also is one, with its signer while unlocked (the demonstration's never locks). */
  authority(): { readonly party: PartyId; readonly signer: Signer; readonly wrapPrivateKey: Uint8Array } | null;
  /** Null while locked. */
  person(): PersonKeys | null;
  readonly channel: ChannelAccess;
  readonly bulk: Bulk;
  readonly blobs: BlobStore;
  readonly notes: NoteStore;
  readonly aead: Aead;
  /** For chunks of large files, off the page's own thread; takes over the bytes that it is given. */
  readonly chunkCipher: ChunkCipher;
  /** The schemes of crypto/, off the page's own thread. */
  readonly schemes: SchemeWorker<SchemeCalls>;
  /** A new, empty index of search tags. */
  searchIndex(): SearchIndex;
  readonly keyWrap: KeyWrap;
  readonly secretSharing: SecretSharing;
  readonly verifier: Verifier;
  /** Checks every bundle before it is sealed. */
  readonly validator: BundleValidator;
  readonly randomness: Randomness;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Whether this node keeps sealed blocks, manifests and letters for others (archive members; where there are fewer than the
   *  channel's `copies` archive members, every member). Read anew each time. */
  isKeeper(): boolean;
  /** Calls for a new view; cheap, merged by the caller. */
  changed(): void;
}
