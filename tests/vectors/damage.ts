// What a hostile peer does to an encoding: one bit changed, cut short, made longer. Decoders and verifiers must refuse each.
import fc from 'fast-check';

/** A copy with one bit the other way round. */
export function withBit(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  const at = Math.floor(bit / 8) % copy.byteLength;
  copy[at] = (copy[at] ?? 0) ^ (1 << (bit % 8));
  return copy;
}

/** Encodings that are not `bytes`: a changed bit, a shorter one, a longer one. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.nat(8 * bytes.byteLength - 1).map((bit) => withBit(bytes, bit)) },
    fc.nat(bytes.byteLength - 1).map((size) => bytes.slice(0, size)),
    fc.uint8Array({ minLength: 1, maxLength: 40 }).map((more) => Uint8Array.from([...bytes, ...more])),
  );
}
