// One entry of the state with its proof: what a table holds under an id, or that it holds nothing there. Checked with a state root
// alone. The proof of one key says nothing about another, because the key's own hash is the way that is followed.
import { type Digest, type Rejection, MAX_BLOCK_BYTES, reject } from '../base/index.ts';
import { type Decoded, boundedBytes, nullable, struct } from '../codec/index.ts';
import { proveKey, stateProof, verifyStateProof } from './state-proof.ts';
import { type State, getValue } from './state.ts';
import type { Table } from './table.ts';

export const entryProof = struct({
  /** As the state holds it; null where it holds nothing. */
  value: nullable(boundedBytes(MAX_BLOCK_BYTES)),
  proof: stateProof,
});
export type EntryProof = Decoded<typeof entryProof>;

export function proveEntry(state: State, key: string): EntryProof {
  return { value: getValue(state, key), proof: proveKey(state, key) };
}

/** The entry of `table` under `id`, null where there is none, or why this shows neither. */
export function provedEntry<Id extends string, Entry>(
  table: Table<Id, Entry>,
  id: Id,
  root: Digest,
  { value, proof }: EntryProof,
): Entry | null | Rejection {
  if (!verifyStateProof(root, table.key(id), value, proof))
    return reject('wrong-state-proof', 'the proof does not show what the state holds there');
  return value === null ? null : table.decode(value);
}
