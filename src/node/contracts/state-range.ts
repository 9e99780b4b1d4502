// The state in pieces that each prove themselves (R11): a range is one subtree, its place named by the bits that lead there, its
// values and keys, and the hashes beside the way. Its own hash follows from the content alone, so whoever holds a certified header
// checks every piece as it comes, from whomever, and joins them to the whole. Ranges come in the order of the keys' hashes.
import { type Digest, type Rejection, MAX_BLOCK_BYTES, isRejection, reject, toHex } from '../base/index.ts';
import { type Decoded, boundedBytes, decode, encode, fixedBytes, list, struct, text, uint } from '../codec/index.ts';
import { type State, type StateLeaf, type StateNode, bitAt, branchHash, keyPath, nodeHash } from './state.ts';

const HASH_BYTES = 32;
const MAX_DEPTH = 8 * HASH_BYTES;
/** Values of one range, at most (R18). */
const MAX_RANGE_ENTRIES = 8192;
const MAX_KEY_CHARS = 200;
/** A range with more than one value is not larger than this. */
export const RANGE_BYTES = 256 * 1024;
/** One value may be as large as a block. */
export const MAX_RANGE_BYTES = MAX_BLOCK_BYTES + RANGE_BYTES;
/** What an entry costs beside key and value, about. */
const ENTRY_BYTES = 8;

const stateRange = struct({
  /** The first `depth` bits are the way to the subtree, the others are zero. */
  path: fixedBytes(HASH_BYTES),
  depth: uint(MAX_DEPTH),
  /** Hashes beside the way, from the root downwards. */
  siblings: list(fixedBytes(HASH_BYTES), MAX_DEPTH),
  /** In the order of the hashes of the keys. */
  entries: list(struct({ key: text(MAX_KEY_CHARS), value: boundedBytes(MAX_BLOCK_BYTES) }), MAX_RANGE_ENTRIES),
});
export type StateRange = Decoded<typeof stateRange>;

/** Where the first range begins. */
export const FIRST_RANGE: Uint8Array = new Uint8Array(HASH_BYTES);

export function encodeStateRange(range: StateRange): Uint8Array {
  return encode(stateRange, range);
}

export function decodeStateRange(bytes: Uint8Array): StateRange | Rejection {
  return decode(stateRange, bytes, MAX_RANGE_BYTES);
}

/** The largest range of at most `maxBytes` that begins at `from`, which is where another one ended; a single value may be larger. */
export function rangeAt(state: State, from: Uint8Array, maxBytes: number = RANGE_BYTES): StateRange | Rejection {
  const siblings: Uint8Array[] = [];
  let node = state.top;
  let depth = 0;
  for (; ; depth += 1) {
    const aligned = isZeroFrom(from, depth);
    if (node?.kind !== 'branch') {
      if (!aligned) return reject('no-such-range', 'no range begins there');
      break;
    }
    if (aligned && fits(node, { bytes: maxBytes, entries: MAX_RANGE_ENTRIES })) break;
    const right = bitAt(from, depth);
    siblings.push(nodeHash(right ? node.left : node.right));
    node = right ? node.right : node.left;
  }
  return { path: from, depth, siblings, entries: leavesOf(node).map(({ key, value }) => ({ key, value })) };
}

/** A range whose content and place are proved. */
export interface ProvedRange {
  readonly path: Uint8Array;
  readonly depth: number;
  readonly node: StateNode;
}

/** The range as a part of the state under `root`, or why it is none. */
export function proveRange(root: Digest, { path, depth, siblings, entries }: StateRange): ProvedRange | Rejection {
  if (siblings.length !== depth || !isZeroFrom(path, depth)) return reject('misplaced-range', 'the range does not say where it stands');
  const leaves = entries.map(({ key, value }): StateLeaf => ({ kind: 'leaf', key, path: keyPath(key), value, hash: null }));
  for (const [index, leaf] of leaves.entries()) {
    if (!beginsWith(leaf.path, path, depth)) return reject('misplaced-range', 'a value of the range stands elsewhere');
    const before = leaves[index - 1];
    if (before !== undefined && compare(before.path, leaf.path) >= 0)
      return reject('unordered-range', 'the values of a range come in the order of their keys’ hashes, each once');
  }
  const node = subtree(leaves, depth);
  let hash = nodeHash(node);
  for (let level = depth - 1; level >= 0; level -= 1) {
    const sibling = siblings[level] ?? hash;
    hash = bitAt(path, level) ? branchHash(sibling, hash) : branchHash(hash, sibling);
  }
  return toHex(hash) === root ? { path, depth, node } : reject('wrong-range', 'the range is not part of the state that was certified');
}

/** Where the next range begins; null after the last one. */
export function afterRange({ path, depth }: Pick<StateRange, 'path' | 'depth'>): Uint8Array | null {
  const next = path.slice();
  for (let bit = depth - 1; bit >= 0; bit -= 1) {
    const mask = 1 << (7 - (bit & 7));
    const byte = next[bit >> 3] ?? 0;
    next[bit >> 3] = byte ^ mask;
    if ((byte & mask) === 0) return next;
  }
  return null;
}

/** The whole state from proved ranges in their order, or what is missing. */
export function joinRanges(ranges: readonly ProvedRange[]): State | Rejection {
  const top = joined(ranges, 0);
  return isRejection(top) ? top : { top };
}

function joined(ranges: readonly ProvedRange[], depth: number): StateNode | Rejection {
  const [first] = ranges;
  if (first === undefined) return reject('incomplete-state', 'a range of the state is missing');
  if (first.depth === depth) return ranges.length === 1 ? first.node : reject('incomplete-state', 'two ranges stand at one place');
  const left = joined(
    ranges.filter(({ path }) => !bitAt(path, depth)),
    depth + 1,
  );
  if (isRejection(left)) return left;
  const right = joined(
    ranges.filter(({ path }) => bitAt(path, depth)),
    depth + 1,
  );
  return isRejection(right) ? right : { kind: 'branch', left, right, hash: null };
}

function subtree(leaves: readonly StateLeaf[], depth: number): StateNode {
  const [first] = leaves;
  if (first === undefined) return null;
  if (leaves.length === 1) return first;
  const turn = leaves.findIndex((leaf) => bitAt(leaf.path, depth));
  const middle = turn < 0 ? leaves.length : turn;
  return {
    kind: 'branch',
    left: subtree(leaves.slice(0, middle), depth + 1),
    right: subtree(leaves.slice(middle), depth + 1),
    hash: null,
  };
}

function fits(top: StateNode, room: { readonly bytes: number; readonly entries: number }): boolean {
  let { bytes, entries } = room;
  const open: StateNode[] = [top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node?.kind === 'branch') open.push(node.right, node.left);
    else if (node !== null) {
      bytes -= node.key.length + node.value.byteLength + ENTRY_BYTES;
      entries -= 1;
      if (bytes < 0 || entries < 0) return false;
    }
  }
  return true;
}

function leavesOf(top: StateNode): readonly StateLeaf[] {
  const leaves: StateLeaf[] = [];
  const open: StateNode[] = [top];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node?.kind === 'branch') open.push(node.right, node.left);
    else if (node !== null) leaves.push(node);
  }
  return leaves;
}

function isZeroFrom(path: Uint8Array, depth: number): boolean {
  for (let bit = depth; bit < MAX_DEPTH; bit += 1) if (bitAt(path, bit)) return false;
  return true;
}

function beginsWith(path: Uint8Array, prefix: Uint8Array, depth: number): boolean {
  for (let bit = 0; bit < depth; bit += 1) if (bitAt(path, bit) !== bitAt(prefix, bit)) return false;
  return true;
}

function compare(a: Uint8Array, b: Uint8Array): number {
  for (let index = 0; index < HASH_BYTES; index += 1) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
