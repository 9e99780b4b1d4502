// Keys without an engine: the synchronous rule of crypto/ behind the asynchronous ports, randomness from a seed, and a
// passphrase hash that costs nothing. For tests and the simulator; sealing uses the real adapters, which are quick enough.
import { sha256, signSync, signingPublicKey, verifySync } from '../../crypto/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { PassphraseHash, Randomness, SeedSigners, Verifier } from '../../ports/index.ts';

export function createMemoryVerifier(): Verifier {
  return { verify: async (publicKey, bytes, signature) => verifySync(publicKey, bytes, signature) };
}

export function createMemorySeedSigners(): SeedSigners {
  return {
    signerOf: async (seed) => {
      const kept = seed.slice();
      return { publicKey: signingPublicKey(kept), sign: async (bytes) => signSync(kept, bytes) };
    },
  };
}

/** The same seed gives the same bytes. */
export function createSeededRandomness(seed: string): Randomness {
  let count = 0;
  return {
    bytes(sizeBytes) {
      const bytes = new Uint8Array(sizeBytes);
      for (let at = 0; at < sizeBytes; at += 32) {
        count += 1;
        bytes.set(sha256(textToBytes(`${seed}/${count}`)).subarray(0, sizeBytes - at), at);
      }
      return bytes;
    },
  };
}

/** One SHA-256: as good as Argon2id for telling a right passphrase from a wrong one, and useless against guessing. */
export function createMemoryPassphraseHash(): PassphraseHash {
  return { derive: async (passphrase, salt) => sha256(salt, textToBytes(passphrase.normalize('NFKC'))) };
}
