// What a node keeps: the vote journal (strict), the ledger, sealed blobs, private notes. Every store refuses what is
// damaged instead of guessing, and says `storage-full` as an AppError where there is no room.
import type { ChannelId } from '../base/index.ts';
import type { MemberKeyStore } from './keys.ts';

/** The vote row (R3): opaque bytes under a revision that only grows. */
export interface JournalRow {
  readonly revision: number;
  readonly bytes: Uint8Array;
}

/**
 * The vote journal. `write` is one strict transaction: it resolves only when row and blocks are durable, and throws
 * AppError `stolen-journal` where the stored revision is not `expectedRevision` (R3, R16). No row is revision 0; the
 * row that is written has the revision after the expected one.
 */
export interface Journal {
  /** The row, `null` where there never was one, or AppError `damaged-journal` (then the key never votes again, R14). */
  read(channel: ChannelId): Promise<JournalRow | null>;
  write(channel: ChannelId, expectedRevision: number, row: JournalRow): Promise<void>;
  close(): Promise<void>;
}

/** The state at one height, in parts, at least one: where a node starts that does not hold, or no longer keeps, what lies below. */
export interface Snapshot {
  readonly height: number;
  readonly parts: readonly Uint8Array[];
}

/**
 * Final blocks in order, and at most one snapshot. `append` throws AppError `gap` unless `height` follows the last one. Below a snapshot
 * that was taken over from others blocks may be missing, in one gap, until they are filled in from its lower end.
 */
export interface LedgerStore {
  /** Height of the last block, or -1. */
  height(channel: ChannelId): Promise<number>;
  append(channel: ChannelId, height: number, block: Uint8Array): Promise<void>;
  /** Blocks from `from`, at most `count`, in order, up to the first that is missing. */
  read(channel: ChannelId, from: number, count: number): Promise<readonly Uint8Array[]>;
  /** Height up to which no block is missing, or -1. */
  filled(channel: ChannelId): Promise<number>;
  /** The next block that is missing. Throws AppError `gap` for any other. */
  fill(channel: ChannelId, height: number, block: Uint8Array): Promise<void>;
  snapshot(channel: ChannelId): Promise<Snapshot | null>;
  /**
   * Replaces the snapshot. Where it lies above the last block, `block` is the one at its height and becomes the last, and what lies
   * between is missing. Throws AppError `gap` where blocks are missing already, or where the snapshot lies below what is missing.
   */
  saveSnapshot(channel: ChannelId, snapshot: Snapshot, block: Uint8Array): Promise<void>;
  /** Puts what is still kept of blocks in place of them, from the lowest on, none by halves. Throws AppError `gap` where one of them is not there. */
  replace(channel: ChannelId, from: number, blocks: readonly Uint8Array[]): Promise<void>;
  channels(): Promise<readonly ChannelId[]>;
  close(): Promise<void>;
}

/** Sealed bytes by CID (a CIDv1 in text form). Bytes that do not match their CID are never returned. */
export interface BlobStore {
  put(bytes: Uint8Array): Promise<string>;
  /** From here, or from linked peers. Throws AppError `blob-missing` after `timeoutMs`. */
  get(cid: string, options?: { readonly timeoutMs?: number }): Promise<Uint8Array>;
  /** Whether every block is here. */
  has(cid: string): Promise<boolean>;
  /** Keeps what is fetched until `remove`; fetches what is missing. Throws AppError `blob-missing`, `storage-full`. */
  pin(cid: string, options?: { readonly timeoutMs?: number }): Promise<void>;
  remove(cid: string): Promise<void>;
  close(): Promise<void>;
}

/** Small values by key in named tables. Values that hold anything private are sealed before they come here. */
export interface NoteStore {
  get(table: string, key: string): Promise<Uint8Array | null>;
  put(table: string, key: string, value: Uint8Array): Promise<void>;
  delete(table: string, key: string): Promise<void>;
  /** All entries of a table whose key starts with `prefix`, ordered by key. */
  entries(table: string, prefix?: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]>;
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** All that one profile keeps, opened together: the member key lives and dies with the journal (R14). */
export interface Stores {
  readonly journal: Journal;
  readonly ledger: LedgerStore;
  readonly notes: NoteStore;
  readonly memberKeys: MemberKeyStore;
  close(): Promise<void>;
}
