// Keys without an engine: the synchronous rule of crypto/ behind the asynchronous ports, randomness from a seed, and a
// passphrase hash that costs nothing. For tests and the simulator; sealing uses the real adapters, which are quick enough.
import { AppError } from '../../base/index.ts';
import { sha256, signSync, signingPublicKey, verifySync } from '../../crypto/index.ts';
import { equalBytes, textToBytes } from '../../codec/index.ts';
import type { PasskeyAnswer, Passkeys, PassphraseHash, Randomness, SeedSigners, Verifier } from '../../ports/index.ts';

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

/** An authenticator in memory that says yes to everything, until `lose` takes its passkeys away. */
export function createMemoryPasskeys(seed: string): Passkeys & { lose(): void } {
  const secrets: { readonly id: Uint8Array; readonly secret: Uint8Array }[] = [];
  let made = 0;

  async function use(known: readonly { readonly id: Uint8Array; readonly input: Uint8Array }[]): Promise<PasskeyAnswer> {
    for (const { id, input } of known) {
      const held = secrets.find((entry) => equalBytes(entry.id, id));
      if (held !== undefined) return { id, key: sha256(held.secret, input) };
    }
    throw new AppError({ code: 'passkey-refused', message: 'No such passkey is here.', remedy: 'Use the passphrase.' });
  }

  return {
    offered: async () => true,
    create: async ({ input }) => {
      made += 1;
      const id = sha256(textToBytes(`${seed}/id/${made}`)).subarray(0, 16);
      secrets.push({ id, secret: sha256(textToBytes(`${seed}/secret/${made}`)) });
      return use([{ id, input }]);
    },
    use,
    lose: () => {
      secrets.length = 0;
    },
  };
}
