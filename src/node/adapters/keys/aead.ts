// AES-256-GCM by WebCrypto (P2-06). The nonce is random and travels in front; every key is used for one part, or for few
// notes, so that 96 random bits never meet twice. Source: NIST SP 800-38D.
import { AppError, assert } from '../../base/index.ts';
import type { Aead } from '../../ports/index.ts';
import { owned } from './bytes.ts';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function createAead(): Aead {
  return {
    async seal(key, plaintext, context) {
      const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
      const cipher = { name: 'AES-GCM', iv: nonce, additionalData: owned(context) };
      const sealed = await crypto.subtle.encrypt(cipher, await importKey(key, 'encrypt'), owned(plaintext));
      const result = new Uint8Array(NONCE_BYTES + sealed.byteLength);
      result.set(nonce);
      result.set(new Uint8Array(sealed), NONCE_BYTES);
      return result;
    },
    async open(key, sealed, context) {
      if (sealed.byteLength < NONCE_BYTES + TAG_BYTES) throw cannotOpen();
      const cipher = { name: 'AES-GCM', iv: owned(sealed.subarray(0, NONCE_BYTES)), additionalData: owned(context) };
      const cryptoKey = await importKey(key, 'decrypt');
      try {
        return new Uint8Array(await crypto.subtle.decrypt(cipher, cryptoKey, owned(sealed.subarray(NONCE_BYTES))));
      } catch (cause) {
        throw cannotOpen(cause);
      }
    },
  };
}

async function importKey(key: Uint8Array, usage: 'encrypt' | 'decrypt'): Promise<CryptoKey> {
  assert(key.byteLength === KEY_BYTES, `an AES-256 key has ${KEY_BYTES} bytes`);
  return crypto.subtle.importKey('raw', owned(key), 'AES-GCM', false, [usage]);
}

/** One message for every cause: a wrong key, a changed byte and another context look the same. */
export function cannotOpen(cause?: unknown): AppError {
  return new AppError({
    code: 'cannot-open',
    message: 'These sealed bytes do not open with this key.',
    remedy: 'They were made for someone else, moved, or changed. Ask the sender to send them again.',
    cause,
  });
}
