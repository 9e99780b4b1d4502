// The channel's state: an authenticated map from text keys to bytes, as a binary Merkle trie over SHA-256 of the key. A
// subtree that holds one value is that leaf, so the shape depends on the content alone, never on the order of changes.
// Every change shares all untouched nodes with what it came from; hashes are computed once, when somebody asks (R11).
// Compare: Diem's Jellyfish Merkle Tree (2021), without its version numbers.
import { type Digest, toHex } from '../base/index.ts';
import { textToBytes } from '../codec/index.ts';
import { sha256 } from '../crypto/index.ts';

/** The root of a subtree without values; no hash is likely to spell it. */
export const EMPTY_HASH: Uint8Array = new Uint8Array(32);
const LEAF_TAG = Uint8Array.of(0);
const BRANCH_TAG = Uint8Array.of(1);

export interface StateLeaf {
  readonly kind: 'leaf';
  readonly key: string;
  /** SHA-256 of the key: its bits, most significant first, are the way from the root. */
  readonly path: Uint8Array;
  readonly value: Uint8Array;
  /** Remembered after the first use; a function of the rest. */
  hash: Uint8Array | null;
}

export interface StateBranch {
  readonly kind: 'branch';
  readonly left: StateNode;
  readonly right: StateNode;
  hash: Uint8Array | null;
}

/** A subtree; null holds nothing. */
export type StateNode = StateLeaf | StateBranch | null;

/** Immutable: every change makes a new one. */
export interface State {
  readonly top: StateNode;
}

export const emptyState: State = { top: null };

/** The way of a key through the tree. */
export function keyPath(key: string): Uint8Array {
  return sha256(textToBytes(key));
}

/** Whether the way turns right at `depth`. */
export function bitAt(path: Uint8Array, depth: number): boolean {
  return (((path[depth >> 3] ?? 0) >> (7 - (depth & 7))) & 1) === 1;
}

function samePath(a: Uint8Array, b: Uint8Array): boolean {
  return a.every((byte, index) => byte === b[index]);
}

/** The value under a key, or null. Callers never write into it. */
export function getValue(state: State, key: string): Uint8Array | null {
  const path = keyPath(key);
  let node = state.top;
  for (let depth = 0; node?.kind === 'branch'; depth += 1) node = bitAt(path, depth) ? node.right : node.left;
  return node !== null && samePath(node.path, path) ? node.value : null;
}

export function putValue(state: State, key: string, value: Uint8Array): State {
  const leaf: StateLeaf = { kind: 'leaf', key, path: keyPath(key), value, hash: null };
  return { top: put(state.top, leaf, 0) };
}

/** The same state where the key is not there. */
export function removeValue(state: State, key: string): State {
  const top = remove(state.top, keyPath(key), 0);
  return top === state.top ? state : { top };
}

/** What the header commits to: the root's hash. */
export function stateRoot(state: State): Digest {
  return toHex(nodeHash(state.top)) as Digest;
}

/** Every key and value, in the order of the keys' hashes. */
export function* stateEntries(state: State): Generator<readonly [key: string, value: Uint8Array]> {
  const open: StateNode[] = [state.top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node?.kind === 'branch') open.push(node.right, node.left);
    else if (node !== null) yield [node.key, node.value];
  }
}

export function nodeHash(node: StateNode): Uint8Array {
  if (node === null) return EMPTY_HASH;
  node.hash ??= node.kind === 'leaf' ? leafHash(node.path, sha256(node.value)) : branchHash(nodeHash(node.left), nodeHash(node.right));
  return node.hash;
}

export function leafHash(path: Uint8Array, valueHash: Uint8Array): Uint8Array {
  return sha256(LEAF_TAG, path, valueHash);
}

export function branchHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(BRANCH_TAG, left, right);
}

function branch(left: StateNode, right: StateNode): StateBranch {
  return { kind: 'branch', left, right, hash: null };
}

function put(node: StateNode, leaf: StateLeaf, depth: number): StateNode {
  if (node === null) return leaf;
  if (node.kind === 'leaf') return samePath(node.path, leaf.path) ? leaf : split(node, leaf, depth);
  return bitAt(leaf.path, depth)
    ? branch(node.left, put(node.right, leaf, depth + 1))
    : branch(put(node.left, leaf, depth + 1), node.right);
}

function split(a: StateLeaf, b: StateLeaf, depth: number): StateBranch {
  const right = bitAt(a.path, depth);
  if (right !== bitAt(b.path, depth)) return right ? branch(b, a) : branch(a, b);
  const below = split(a, b, depth + 1);
  return right ? branch(null, below) : branch(below, null);
}

function remove(node: StateNode, path: Uint8Array, depth: number): StateNode {
  if (node === null) return null;
  if (node.kind === 'leaf') return samePath(node.path, path) ? null : node;
  const right = bitAt(path, depth);
  const before = right ? node.right : node.left;
  const after = remove(before, path, depth + 1);
  if (after === before) return node;
  return right ? joined(node.left, after) : joined(after, node.right);
}

/** A subtree that is left with one leaf is that leaf: the shape never tells what was there before. */
function joined(left: StateNode, right: StateNode): StateNode {
  if (left === null && right?.kind !== 'branch') return right;
  if (right === null && left?.kind !== 'branch') return left;
  return branch(left, right);
}
