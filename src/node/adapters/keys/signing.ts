// Ed25519 by WebCrypto, for tabs and Node.js 24. Edge encodings are refused before the engine sees them, so that every node
// answers alike. Imported public keys are kept, because a member checks the same few hundred keys all day.
import { assert, toHex } from '../../base/index.ts';
import { refusesEncoding, signingPublicKey } from '../../crypto/index.ts';
import type { SeedSigners, Signer, Verifier } from '../../ports/index.ts';
import { owned } from './bytes.ts';

/** Imported keys that are kept; the oldest goes first. */
const MAX_KEPT_KEYS = 1024;
/** PKCS #8 in front of 32 seed bytes. Source: RFC 8410, section 7. */
const PKCS8_PREFIX = new Uint8Array([0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]);
const SEED_BYTES = 32;
const ED25519 = { name: 'Ed25519' };

export function createVerifier(): Verifier {
  const kept = new Map<string, Promise<CryptoKey>>();

  function imported(publicKey: Uint8Array): Promise<CryptoKey> {
    const name = toHex(publicKey);
    const known = kept.get(name);
    if (known !== undefined) return known;
    const key = crypto.subtle.importKey('raw', owned(publicKey), ED25519, false, ['verify']);
    const oldest = kept.keys().next();
    if (kept.size >= MAX_KEPT_KEYS && oldest.done === false) kept.delete(oldest.value);
    kept.set(name, key);
    return key;
  }

  return {
    async verify(publicKey, bytes, signature) {
      if (refusesEncoding(publicKey, signature) !== null) return false;
      try {
        return await crypto.subtle.verify(ED25519, await imported(publicKey), owned(signature), owned(bytes));
      } catch {
        // The bytes are no point of the curve.
        return false;
      }
    },
  };
}

export function createSeedSigners(): SeedSigners {
  return {
    async signerOf(seed) {
      const key = await importSeed(seed);
      return signerOf(key, signingPublicKey(seed));
    },
  };
}

/** A signer over a private key that it does not show. */
export function signerOf(privateKey: CryptoKey, publicKey: Uint8Array): Signer {
  return {
    publicKey,
    sign: async (bytes) => new Uint8Array(await crypto.subtle.sign(ED25519, privateKey, owned(bytes))),
  };
}

export async function importSeed(seed: Uint8Array): Promise<CryptoKey> {
  assert(seed.byteLength === SEED_BYTES, `a signing seed has ${SEED_BYTES} bytes`);
  const pkcs8 = new Uint8Array(PKCS8_PREFIX.byteLength + SEED_BYTES);
  pkcs8.set(PKCS8_PREFIX);
  pkcs8.set(seed, PKCS8_PREFIX.byteLength);
  try {
    return await crypto.subtle.importKey('pkcs8', pkcs8, ED25519, false, ['sign']);
  } finally {
    pkcs8.fill(0);
  }
}
