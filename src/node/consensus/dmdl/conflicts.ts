// Conflicts at commit (P1-09): a request was run where it was endorsed, and read some keys at some versions. When its turn in the final
// order comes, it takes effect only if every one of them is still at that version; else it is stale, has no effect and leaves a
// receipt (R4). A pure function over (versions, reads, writes), in the order of the block.
import { type Rejection, reject } from '../../base/index.ts';

/** Where a key was written last: the block, and the place in it. */
export interface Version {
  readonly height: number;
  readonly index: number;
}

export interface Read {
  readonly key: string;
  /** Null: the key was not there. */
  readonly version: Version | null;
}

export interface Change {
  readonly key: string;
  /** Null: the key is removed. */
  readonly value: Uint8Array | null;
}

/** What running a request read and would write: each key once, in order. */
export interface Transaction {
  readonly reads: readonly Read[];
  readonly writes: readonly Change[];
}

/** The version of a key in the state before the block; null where it is not there. */
export type Versions = (key: string) => Version | null;

export type Applied =
  | { readonly kind: 'applied'; readonly version: Version }
  /** `key` was read at another version than it has now. */
  | { readonly kind: 'stale'; readonly key: string; readonly read: Version | null; readonly now: Version | null };

/** Keys in one set (R18). */
export const MAX_KEYS = 256;
export const MAX_KEY_CHARS = 256;

/** What becomes of each transaction of the block at `height`. The writes of one are read at their new version by those behind it. */
export function commitInOrder(versions: Versions, transactions: readonly Transaction[], height: number): readonly Applied[] {
  const written = new Map<string, Version | null>();
  const now = (key: string): Version | null => {
    const own = written.get(key);
    return own === undefined ? versions(key) : own;
  };
  return transactions.map(({ reads, writes }, index): Applied => {
    const stale = reads.find(({ key, version }) => !sameVersion(version, now(key)));
    if (stale !== undefined) return { kind: 'stale', key: stale.key, read: stale.version, now: now(stale.key) };
    const version = { height, index };
    for (const { key, value } of writes) written.set(key, value === null ? null : version);
    return { kind: 'applied', version };
  });
}

/** Why these sets are none that an endorser signs or a block holds, or null: static, so that it is judged before the vote (R4). */
export function effectsRefusal({ reads, writes }: Transaction): Rejection | null {
  for (const set of [reads, writes]) {
    if (set.length > MAX_KEYS) return reject('too-many-keys', `${set.length} keys, at most ${MAX_KEYS} are allowed`);
    if (set.some(({ key }) => key.length === 0 || key.length > MAX_KEY_CHARS))
      return reject('bad-key', `a key has 1 to ${MAX_KEY_CHARS} characters`);
    if (set.some(({ key }, i) => i > 0 && (set[i - 1]?.key ?? '') >= key)) return reject('unordered', 'keys are distinct and in order');
  }
  return null;
}

function sameVersion(a: Version | null, b: Version | null): boolean {
  return a === null || b === null ? a === b : a.height === b.height && a.index === b.index;
}
