// Proofs against a state root: that a key has a value, or that it has none. A light client checks one with a certified
// header alone (R11). A proof is the hashes beside the key's way, and what ends the way where that is not the key itself.
import { type Digest, toHex } from '../base/index.ts';
import { type Decoded, equalBytes, fixedBytes, list, nullable, struct } from '../codec/index.ts';
import { sha256 } from '../crypto/index.ts';
import { EMPTY_HASH, type State, type StateNode, bitAt, branchHash, keyPath, leafHash, nodeHash } from './state.ts';

const HASH_BYTES = 32;
const MAX_DEPTH = 8 * HASH_BYTES;

export const stateProof = struct({
  /** From the root downwards. */
  siblings: list(fixedBytes(HASH_BYTES), MAX_DEPTH),
  /** Absence only: the other leaf in whose place the key would be; null where nothing is. */
  other: nullable(struct({ path: fixedBytes(HASH_BYTES), valueHash: fixedBytes(HASH_BYTES) })),
});
export type StateProof = Decoded<typeof stateProof>;

/** Proves the value under `key`, or that there is none. */
export function proveKey(state: State, key: string): StateProof {
  const path = keyPath(key);
  const siblings: Uint8Array[] = [];
  let node: StateNode = state.top;
  for (let depth = 0; node?.kind === 'branch'; depth += 1) {
    const right = bitAt(path, depth);
    siblings.push(nodeHash(right ? node.left : node.right));
    node = right ? node.right : node.left;
  }
  const other = node === null || equalBytes(node.path, path) ? null : { path: node.path, valueHash: sha256(node.value) };
  return { siblings, other };
}

/** Whether `proof` shows that under `root` the key has `value`, or none where `value` is null. */
export function verifyStateProof(root: Digest, key: string, value: Uint8Array | null, proof: StateProof): boolean {
  const path = keyPath(key);
  const end = endOfWay(path, value, proof);
  if (end === null || proof.siblings.length > MAX_DEPTH) return false;
  let hash = end;
  for (let depth = proof.siblings.length - 1; depth >= 0; depth -= 1) {
    const sibling = proof.siblings[depth] ?? EMPTY_HASH;
    hash = bitAt(path, depth) ? branchHash(sibling, hash) : branchHash(hash, sibling);
  }
  return toHex(hash) === root;
}

/** The hash at the end of the key's way, or null where the proof does not fit the claim. */
function endOfWay(path: Uint8Array, value: Uint8Array | null, { siblings, other }: StateProof): Uint8Array | null {
  if (value !== null) return other === null ? leafHash(path, sha256(value)) : null;
  if (other === null) return EMPTY_HASH;
  if (equalBytes(other.path, path)) return null;
  // A leaf from elsewhere in the tree says nothing about this key.
  for (let depth = 0; depth < siblings.length; depth += 1) if (bitAt(other.path, depth) !== bitAt(path, depth)) return null;
  return leafHash(other.path, other.valueHash);
}
