// Sealing a short secret under a capsule's key: HKDF-SHA256 to a key, then XChaCha20-Poly1305, with the capsule and the caller's context
// authenticated. With an empty context the bytes are those of the reference implementation. Only keys go through here; data is sealed
// with AES-256-GCM (T18). Sources: RFC 5869; draft-irtf-cfrg-xchacha.
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { type Capsule, type KeySeed, encodeCapsule, encapsulate } from './capsule.ts';
import { UMBRAL_PRE, type UmbralParameters } from './parameters.ts';
import type { UmbralPoint } from './points.ts';

const NONCE_BYTES = 24;
const TAG_BYTES = 16;
const KEY_BYTES = 32;
/** Keys and small secrets only (R18). */
export const MAX_SEALED_BYTES = 4096;

/** A symmetric key from a capsule's seed: 32 bytes. */
export function keyOfSeed(keySeed: Uint8Array): Uint8Array {
  return hkdf(nobleSha256, keySeed, undefined, undefined, KEY_BYTES);
}

export interface UmbralSealed {
  readonly capsule: Capsule;
  /** nonce || ciphertext || tag: 40 bytes longer than the secret. */
  readonly ciphertext: Uint8Array;
}

/** Seals a secret for the owner of a public key. `context` says what it is and where it belongs; it is needed to open. */
export function umbralSeal(
  delegatingKey: UmbralPoint,
  secret: Uint8Array,
  context: Uint8Array,
  random: Randomness,
  parameters: UmbralParameters = UMBRAL_PRE,
): UmbralSealed {
  const { capsule, keySeed } = encapsulate(delegatingKey, random, parameters);
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = xchacha20poly1305(keyOfSeed(keySeed), nonce, concatBytes(encodeCapsule(capsule), context));
  return { capsule, ciphertext: concatBytes(nonce, cipher.encrypt(secret)) };
}

/** Opens with the seed that the owner or a reader got from the capsule. */
export function umbralOpen(keySeed: KeySeed, sealed: UmbralSealed, context: Uint8Array): Uint8Array | Rejection {
  const { capsule, ciphertext } = sealed;
  if (ciphertext.byteLength < NONCE_BYTES + TAG_BYTES) return reject('truncated', 'the sealed secret is too short');
  if (ciphertext.byteLength > MAX_SEALED_BYTES) return reject('oversized', `a sealed secret has at most ${MAX_SEALED_BYTES} bytes`);
  const nonce = ciphertext.slice(0, NONCE_BYTES);
  const cipher = xchacha20poly1305(keyOfSeed(keySeed), nonce, concatBytes(encodeCapsule(capsule), context));
  try {
    return cipher.decrypt(ciphertext.slice(NONCE_BYTES));
  } catch {
    return reject('cannot-open', 'the secret was sealed with another key or context, or was changed');
  }
}
