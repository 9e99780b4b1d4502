// AES-256-GCM for chunks of large files, by WebCrypto: the nonce is given and kept beside the chunk, so that ciphertext comes as the engine made
// it and is not copied once more. One key is imported for all chunks of a file. Source: NIST SP 800-38D.
import { assert, toHex } from '../../base/index.ts';
import type { ChunkCipher } from '../../ports/index.ts';
import { cannotOpen } from './aead.ts';
import { owned } from './bytes.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** A few files are sealed or opened at a time. */
const MAX_KEPT_KEYS = 4;

export function createChunkAead(): ChunkCipher {
  const kept = new Map<string, Promise<CryptoKey>>();

  function imported(key: Uint8Array): Promise<CryptoKey> {
    assert(key.byteLength === KEY_BYTES, `an AES-256 key has ${KEY_BYTES} bytes`);
    const name = toHex(key);
    const known = kept.get(name);
    if (known !== undefined) return known;
    const made = crypto.subtle.importKey('raw', owned(key), 'AES-GCM', false, ['encrypt', 'decrypt']);
    const oldest = kept.keys().next();
    if (kept.size >= MAX_KEPT_KEYS && oldest.done === false) kept.delete(oldest.value);
    kept.set(name, made);
    return made;
  }

  const cipherOf = (nonce: Uint8Array, context: Uint8Array): AesGcmParams => {
    assert(nonce.byteLength === NONCE_BYTES, `a nonce has ${NONCE_BYTES} bytes`);
    return { name: 'AES-GCM', iv: owned(nonce), additionalData: owned(context) };
  };

  return {
    async seal(key, nonce, plaintext, context) {
      return new Uint8Array(await crypto.subtle.encrypt(cipherOf(nonce, context), await imported(key), uncopied(plaintext)));
    },
    async open(key, nonce, sealed, context) {
      const cryptoKey = await imported(key);
      try {
        return new Uint8Array(await crypto.subtle.decrypt(cipherOf(nonce, context), cryptoKey, uncopied(sealed)));
      } catch (cause) {
        throw cannotOpen(cause);
      }
    },
  };
}

/** WebCrypto reads views as they are; only memory that threads share is copied. */
function uncopied(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}
