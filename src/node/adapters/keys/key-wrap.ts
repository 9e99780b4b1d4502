// Small secrets to a public key by HPKE in base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. The context
// goes in as info and as associated data, so that a wrap opens for one purpose only (T15, fault 48). Source: RFC 9180.
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core';
import { AppError } from '../../base/index.ts';
import type { KeyWrap } from '../../ports/index.ts';
import { cannotOpen } from './aead.ts';
import { owned } from './bytes.ts';

/** Length of the encapsulated key in front of the ciphertext. */
const ENC_BYTES = 32;

export function createKeyWrap(): KeyWrap {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
  return {
    async wrap(publicKey, secret, context) {
      const info = owned(context);
      const recipientPublicKey = await suite.kem.deserializePublicKey(owned(publicKey)).catch(unusableKey);
      const { enc, ct } = await suite.seal({ recipientPublicKey, info }, owned(secret), info).catch(unusableKey);
      const wrapped = new Uint8Array(enc.byteLength + ct.byteLength);
      wrapped.set(new Uint8Array(enc));
      wrapped.set(new Uint8Array(ct), enc.byteLength);
      return wrapped;
    },
    async unwrap(privateKey, wrapped, context) {
      if (wrapped.byteLength <= ENC_BYTES) throw cannotOpen();
      try {
        const info = owned(context);
        const recipientKey = await suite.kem.deserializePrivateKey(owned(privateKey));
        const enc = owned(wrapped.subarray(0, ENC_BYTES));
        return new Uint8Array(await suite.open({ recipientKey, enc, info }, owned(wrapped.subarray(ENC_BYTES)), info));
      } catch (cause) {
        throw cannotOpen(cause);
      }
    },
  };
}

function unusableKey(cause: unknown): never {
  throw new AppError({
    code: 'unusable-key',
    message: 'The recipient’s public key cannot be used.',
    remedy: 'Ask the recipient to apply for a new certificate.',
    cause,
  });
}
