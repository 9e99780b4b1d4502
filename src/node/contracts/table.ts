// Typed tables over the state: a name, a codec, entries by id. What the state holds was written by this code, so an entry
// that does not decode is our own bug.
import { type Rejection, MAX_BLOCK_BYTES, assert, isRejection } from '../base/index.ts';
import { type Codec, decode, encode } from '../codec/index.ts';
import { type State, getValue, putValue, removeValue } from './state.ts';

export interface Table<Id extends string, Entry> {
  /** The key in the state, for proofs. */
  key(id: Id): string;
  get(state: State, id: Id): Entry | null;
  put(state: State, id: Id, entry: Entry): State;
  remove(state: State, id: Id): State;
  /** An entry whose bytes a proof has shown (state-proof.ts). */
  decode(bytes: Uint8Array): Entry | Rejection;
}

/** Entries `<name>/<id>`. */
export function table<Id extends string, Entry>(name: string, codec: Codec<Entry>): Table<Id, Entry> {
  // Bytes in the state never change, so what they decode to is remembered with them.
  const decoded = new WeakMap<Uint8Array, { readonly entry: Entry }>();
  const key = (id: Id): string => `${name}/${id}`;
  return {
    key,
    get: (state, id) => {
      const bytes = getValue(state, key(id));
      if (bytes === null) return null;
      const known = decoded.get(bytes);
      if (known !== undefined) return known.entry;
      const entry = decode(codec, bytes, MAX_BLOCK_BYTES);
      assert(!isRejection(entry), `the state's entry ${key(id)} does not decode`);
      decoded.set(bytes, { entry });
      return entry;
    },
    put: (state, id, entry) => putValue(state, key(id), encode(codec, entry)),
    remove: (state, id) => removeValue(state, key(id)),
    decode: (bytes) => decode(codec, bytes, MAX_BLOCK_BYTES),
  };
}
