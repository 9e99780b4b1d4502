// Heavy work off the calling thread: in a pool of workers where the host has them, inline in the memory twin. What is asked crosses
// as plain data (bytes, text, numbers), because that is all that a worker can be sent. The pool is bounded (R18): so many at once, so many
// that wait, and every piece of work can be given up.
import type { GrantId, RecordId, Rejection } from '../base/index.ts';

/** Work that was handed over. `done` rejects with AppError `aborted`, `too-busy` or `worker-failed`. */
export interface Job<Answer> {
  readonly done: Promise<Answer>;
  /** Gives it up: what waits is forgotten, what runs is ended with its worker. */
  abort(): void;
}

/** How far a piece of work has come: of several things, how many are done. */
export type WorkProgress = (done: number, of: number) => void;

/** Functions by name, each from one plain value to another; `progress` is for those that do many things. */
export type WorkCalls = Readonly<Record<string, (input: never, progress: WorkProgress) => unknown>>;

/** The schemes of crypto/ (`SchemeCalls` there is `Calls`): nobody computes with them on the page's own thread. */
export interface SchemeWorker<Calls extends WorkCalls> {
  call<Name extends keyof Calls & string>(
    name: Name,
    input: Parameters<Calls[Name]>[0],
    onProgress?: WorkProgress,
  ): Job<Awaited<ReturnType<Calls[Name]>>>;
  /** Ends what runs and what waits. */
  close(): void;
}

/**
 * AES-256-GCM for chunks of large files. What is given to it is handed over and may be gone afterwards. Keys of 32 bytes, nonces of 12, random
 * and never used twice with a key; sealed chunks are 16 bytes longer. `open` throws AppError `cannot-open`.
 */
export interface ChunkCipher {
  seal(key: Uint8Array, nonce: Uint8Array, plaintext: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
  open(key: Uint8Array, nonce: Uint8Array, sealed: Uint8Array, context: Uint8Array): Promise<Uint8Array>;
}

/** All search tags of one part of a record (crypto/, `TagSet`). */
export interface IndexedTags {
  readonly record: RecordId;
  readonly tags: readonly Uint8Array[];
}

/** That a record has every keyword of a query, and what shows it (crypto/, `FoundRecord`). */
export interface IndexedFinding {
  readonly evidence: readonly { readonly points: readonly Uint8Array[]; readonly proof: Uint8Array }[];
  readonly places: readonly { readonly scope: number; readonly ordinal: number }[];
}

/**
 * An index of search tags that lives where the work is done, so that looking up holds up nobody. It is rebuilt from the stored sets at a
 * start, and after AppError `worker-failed`, with which everything in it is gone.
 */
export interface SearchIndex {
  add(sets: readonly IndexedTags[]): Promise<void>;
  remove(sets: readonly IndexedTags[]): Promise<void>;
  /** A keeper's answer to an encoded query; `keeperParts` are its parts for the query's scopes, in their order (32 bytes each). */
  answer(query: Uint8Array, keeperParts: readonly Uint8Array[]): Promise<readonly RecordId[] | Rejection>;
  /** The same about one record, with evidence for who asks; null where it lacks a keyword. `seed` is 32 secret bytes, used once. */
  about(
    query: Uint8Array,
    keeperParts: readonly Uint8Array[],
    record: RecordId,
    seed: Uint8Array,
  ): Promise<IndexedFinding | Rejection | null>;
  /** Grant and scopes of an encoded query, so that the keeper can look for its parts. */
  scopesOf(query: Uint8Array): Promise<{ readonly grant: GrantId; readonly scopeIds: readonly string[] } | Rejection>;
  /** The records that have every keyword, for who holds the scopes' keys: writer and patient. */
  find(scopeKeys: readonly Uint8Array[], keywords: readonly Uint8Array[]): Promise<readonly RecordId[] | Rejection>;
  /** The tags of a new part: for each keyword its next free number. `seed` is 32 secret bytes, used once. */
  tagsFor(scopeKey: Uint8Array, record: RecordId, keywords: readonly Uint8Array[], seed: Uint8Array): Promise<IndexedTags | Rejection>;
  close(): void;
}
