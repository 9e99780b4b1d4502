// The platform's random bytes, in the pieces that getRandomValues gives at once.
import type { Randomness } from '../../ports/index.ts';

/** Limit of one call. Source: Web Cryptography API, getRandomValues. */
const MAX_CALL_BYTES = 65_536;

export function createRandomness(): Randomness {
  return {
    bytes(sizeBytes) {
      const bytes = new Uint8Array(sizeBytes);
      for (let at = 0; at < sizeBytes; at += MAX_CALL_BYTES) crypto.getRandomValues(bytes.subarray(at, at + MAX_CALL_BYTES));
      return bytes;
    },
  };
}
