// Randomness as data: a caller passes 32 secret bytes or its own source, and what is drawn here follows from them alone. Nonces are
// hedged: a source that fails or repeats gives the same nonce only for the same secret and the same message. Sources: NIST SP 800-90A
// (hash-based generators), RFC 6979 section 3.6 (additional input).
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { assert } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { framed } from './transcript.ts';

const MIN_SEED_BYTES = 32;
const BLOCK_BYTES = 64;
const DOMAIN = textToBytes('clinicord/randomness/1');

function counterBytes(counter: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(counter));
  return bytes;
}

/** A source that unfolds from a secret seed of at least 32 bytes: SHA-512 over the seed and a counter. One seed, one use. */
export function seededRandomness(seed: Uint8Array): Randomness {
  assert(seed.byteLength >= MIN_SEED_BYTES, `a seed has at least ${MIN_SEED_BYTES} bytes`);
  let counter = 0;
  return {
    bytes: (sizeBytes) => {
      const blocks: Uint8Array[] = [];
      for (let have = 0; have < sizeBytes; have += BLOCK_BYTES) {
        blocks.push(sha512(concatBytes(DOMAIN, counterBytes(counter), seed)));
        counter += 1;
      }
      return concatBytes(...blocks).slice(0, sizeBytes);
    },
  };
}

/** A source for one signature or proof, bound to what is signed and with which secret. `use` names the protocol. */
export function hedgedRandomness(random: Randomness, use: string, ...bound: readonly Uint8Array[]): Randomness {
  return seededRandomness(sha512(framed(textToBytes(use), random.bytes(MIN_SEED_BYTES), ...bound)));
}
