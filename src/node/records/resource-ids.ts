// Ids of new resources: UUIDs drawn from the caller's random bytes, so that the same bytes give the same bundle.
import { assert, toHex } from '../base/index.ts';
import { textToBytes } from '../codec/index.ts';
import { sha256 } from '../crypto/index.ts';

/** Fewer would let two bundles meet. */
export const MIN_RANDOM_BYTES = 16;

/** Each call gives another UUID (version 4 in form). */
export function createResourceIds(random: Uint8Array): () => string {
  assert(random.byteLength >= MIN_RANDOM_BYTES, `ids need ${MIN_RANDOM_BYTES} random bytes`);
  let count = 0;
  return () => {
    count += 1;
    const bytes = sha256(textToBytes(`clinicord/resource-id/${count}/`), random).slice(0, 16);
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
    const hex = toHex(bytes);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  };
}
