// Reading fixed layouts: a message is its fields one after the other, each of a known length, and nothing more.
import { type Rejection, reject } from '../../base/index.ts';

/** Cuts bytes into fields of the given lengths; refuses any other total length. */
export function fieldsOf(bytes: Uint8Array, what: string, ...sizesBytes: readonly number[]): readonly Uint8Array[] | Rejection {
  const total = sizesBytes.reduce((sum, size) => sum + size, 0);
  if (bytes.byteLength !== total) return reject('wrong-length', `${what} has ${bytes.byteLength} bytes, not ${total}`);
  let from = 0;
  return sizesBytes.map((size) => {
    from += size;
    return bytes.slice(from - size, from);
  });
}
