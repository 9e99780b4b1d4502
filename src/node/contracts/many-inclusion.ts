// One proof for several leaves of a block's Merkle tree (RFC 6962, section 2.1): the hashes that the leaves do not give, each once, from
// left to right and from the leaves upwards. For one leaf it is the ordinary proof in another order.
import { type Digest, fromHex, toHex } from '../base/index.ts';
import { sha256 } from '../crypto/index.ts';

const LEAF_TAG = Uint8Array.of(0);
const NODE_TAG = Uint8Array.of(1);

/** A slip in its tree: its place from 0, and the hash of its leaf. */
export interface PlacedLeaf {
  readonly index: number;
  readonly leaf: Digest;
}

export function leafDigest(bytes: Uint8Array): Digest {
  return toHex(sha256(LEAF_TAG, bytes)) as Digest;
}

/** Proves the leaves at `indexes`, ascending and within the tree. */
export function proveMany(leaves: readonly Digest[], indexes: readonly number[]): readonly Digest[] {
  const siblings: Digest[] = [];
  gather(leaves.map(fromHex), 0, new Set(indexes), siblings);
  return siblings;
}

/** Whether these are leaves of the tree of `count` leaves under `root`. `placed` ascends by index. */
export function verifyMany(root: Digest, count: number, placed: readonly PlacedLeaf[], siblings: readonly Digest[]): boolean {
  const ordered = placed.every(({ index }, at) => index < count && index > (placed[at - 1]?.index ?? -1));
  if (!ordered || placed.length === 0) return false;
  const rest = [...siblings];
  const top = rebuilt({ placed: new Map(placed.map(({ index, leaf }) => [index, fromHex(leaf)])), rest }, 0, count);
  return top !== null && rest.length === 0 && toHex(top) === root;
}

function gather(hashes: readonly Uint8Array[], from: number, wanted: ReadonlySet<number>, siblings: Digest[]): Uint8Array {
  const top = topOf(hashes);
  const inside = hashes.some((_, offset) => wanted.has(from + offset));
  if (!inside) siblings.push(toHex(top) as Digest);
  else if (hashes.length > 1) {
    const left = leftCount(hashes.length);
    gather(hashes.slice(0, left), from, wanted, siblings);
    gather(hashes.slice(left), from + left, wanted, siblings);
  }
  return top;
}

interface Rebuilding {
  readonly placed: ReadonlyMap<number, Uint8Array>;
  readonly rest: Digest[];
}

/** The hash over `count` leaves from `from` on; null where the proof ends too early. */
function rebuilt(proof: Rebuilding, from: number, count: number): Uint8Array | null {
  const inside = [...proof.placed.keys()].some((index) => index >= from && index < from + count);
  if (!inside) {
    const next = proof.rest.shift();
    return next === undefined ? null : fromHex(next);
  }
  if (count === 1) return proof.placed.get(from) ?? null;
  const left = leftCount(count);
  const one = rebuilt(proof, from, left);
  const other = one === null ? null : rebuilt(proof, from + left, count - left);
  return one === null || other === null ? null : sha256(NODE_TAG, one, other);
}

function topOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (first !== undefined && hashes.length === 1) return first;
  const left = leftCount(hashes.length);
  return sha256(NODE_TAG, topOf(hashes.slice(0, left)), topOf(hashes.slice(left)));
}

/** The largest power of two below `count`: how many leaves stand on the left. */
function leftCount(count: number): number {
  let left = 1;
  while (2 * left < count) left *= 2;
  return left;
}
