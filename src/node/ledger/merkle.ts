// The Merkle tree of a block's slips (P2-17) and proofs that a slip is in it. Leaves and nodes are hashed under different
// tags, so a node never passes for a slip. Source: RFC 6962, section 2.1.
import { type Digest, MAX_SLIPS_PER_BLOCK, toHex } from '../base/index.ts';
import { type Decoded, fixedBytes, list, struct, uint } from '../codec/index.ts';
import { sha256 } from '../crypto/index.ts';

const LEAF_TAG = Uint8Array.of(0);
const NODE_TAG = Uint8Array.of(1);
const HASH_BYTES = 32;
const MAX_STEPS = Math.ceil(Math.log2(MAX_SLIPS_PER_BLOCK));

export const inclusionProof = struct({
  /** Position of the leaf, from 0. */
  index: uint(MAX_SLIPS_PER_BLOCK),
  /** Leaves of the tree. */
  count: uint(MAX_SLIPS_PER_BLOCK),
  /** Hashes beside the way, from the leaf upwards. */
  siblings: list(fixedBytes(HASH_BYTES), MAX_STEPS),
});
export type InclusionProof = Decoded<typeof inclusionProof>;

/** Root over the leaves' bytes in order; SHA-256 of nothing where there are none. */
export function merkleRoot(leaves: readonly Uint8Array[]): Digest {
  return toHex(rootOfHashes(leaves.map(leafHash))) as Digest;
}

/** The same from the leaves' hashes. */
export function rootOfHashes(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? sha256() : subtree(hashes);
}

/** Proves that the leaf at `index` is in the tree; `index` is below the number of leaves. */
export function proveInclusion(leaves: readonly Uint8Array[], index: number): InclusionProof {
  const siblings: Uint8Array[] = [];
  collect(leaves.map(leafHash), index, siblings);
  return { index, count: leaves.length, siblings };
}

/** Whether `leaf` is the one at `proof.index` of a tree of `proof.count` leaves under `root`. */
export function verifyInclusion(root: Digest, leaf: Uint8Array, proof: InclusionProof): boolean {
  const { index, count, siblings } = proof;
  if (index >= count) return false;
  const rights = turns(index, count);
  if (rights.length !== siblings.length) return false;
  const top = siblings.reduce(
    (hash, sibling, step) => (rights[step] === true ? nodeHash(sibling, hash) : nodeHash(hash, sibling)),
    leafHash(leaf),
  );
  return toHex(top) === root;
}

/** A leaf's hash in the tree. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return sha256(LEAF_TAG, bytes);
}

function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE_TAG, left, right);
}

/** The largest power of two below `count`: how many leaves stand on the left. */
function leftCount(count: number): number {
  let left = 1;
  while (2 * left < count) left *= 2;
  return left;
}

function subtree(hashes: readonly Uint8Array[]): Uint8Array {
  const [first] = hashes;
  if (hashes.length === 1 && first !== undefined) return first;
  const left = leftCount(hashes.length);
  return nodeHash(subtree(hashes.slice(0, left)), subtree(hashes.slice(left)));
}

/** Siblings of the way to `index`, the deepest first. */
function collect(hashes: readonly Uint8Array[], index: number, siblings: Uint8Array[]): void {
  if (hashes.length <= 1) return;
  const left = leftCount(hashes.length);
  const [near, far] = index < left ? [hashes.slice(0, left), hashes.slice(left)] : [hashes.slice(left), hashes.slice(0, left)];
  collect(near, index < left ? index : index - left, siblings);
  siblings.push(subtree(far));
}

/** For every step from the leaf upwards, whether the way comes from the right. */
function turns(index: number, count: number): readonly boolean[] {
  if (count <= 1) return [];
  const left = leftCount(count);
  return index < left ? [...turns(index, left), false] : [...turns(index - left, count - left), true];
}
