// HPKE in base mode, one message, written anew from RFC 9180 on other primitives than the product's: it is held against the standard's own
// vector (appendix A.1.1, AES-128-GCM), and then the product's suite (AES-256-GCM, which the appendix does not show with X25519) against it.
import { gcm } from '@noble/ciphers/aes.js';
import { x25519 } from '@noble/curves/ed25519.js';
import { expand, extract } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);
const two = (value: number): Uint8Array => Uint8Array.of(value >> 8, value & 255);
const KEM = concatBytes(ascii('KEM'), two(0x20));

/** Identifiers of section 7: AES-128-GCM is 1 with 16 bytes of key, AES-256-GCM is 2 with 32. */
export interface Suite {
  readonly aead: 1 | 2;
}
const keyBytes = ({ aead }: Suite): number => 16 * aead;
const suiteId = ({ aead }: Suite): Uint8Array => concatBytes(ascii('HPKE'), two(0x20), two(1), two(aead));

function labeledExtract(suite: Uint8Array, salt: Uint8Array, label: string, input: Uint8Array): Uint8Array {
  return extract(sha256, concatBytes(ascii('HPKE-v1'), suite, ascii(label), input), salt);
}

function labeledExpand(suite: Uint8Array, key: Uint8Array, label: string, info: Uint8Array, sizeBytes: number): Uint8Array {
  return expand(sha256, key, concatBytes(two(sizeBytes), ascii('HPKE-v1'), suite, ascii(label), info), sizeBytes);
}

const NONE = new Uint8Array();

function sharedSecret(dh: Uint8Array, enc: Uint8Array, recipientKey: Uint8Array): Uint8Array {
  const prk = labeledExtract(KEM, NONE, 'eae_prk', dh);
  return labeledExpand(KEM, prk, 'shared_secret', concatBytes(enc, recipientKey), 32);
}

/** Section 5.1, mode base. */
export function schedule(suite: Suite, secret: Uint8Array, info: Uint8Array): { readonly key: Uint8Array; readonly nonce: Uint8Array } {
  const id = suiteId(suite);
  const context = concatBytes(
    Uint8Array.of(0),
    labeledExtract(id, NONE, 'psk_id_hash', NONE),
    labeledExtract(id, NONE, 'info_hash', info),
  );
  const prk = labeledExtract(id, secret, 'secret', NONE);
  return { key: labeledExpand(id, prk, 'key', context, keyBytes(suite)), nonce: labeledExpand(id, prk, 'base_nonce', context, 12) };
}

export interface Sealed {
  readonly secret: Uint8Array;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly enc: Uint8Array;
  readonly ciphertext: Uint8Array;
}

/** To a recipient, with a given ephemeral secret key. */
export function hpkeSeal(
  suite: Suite,
  ephemeral: Uint8Array,
  recipientKey: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  plaintext: Uint8Array,
): Sealed {
  const enc = x25519.getPublicKey(ephemeral);
  const secret = sharedSecret(x25519.getSharedSecret(ephemeral, recipientKey), enc, recipientKey);
  const { key, nonce } = schedule(suite, secret, info);
  return { secret, key, nonce, enc, ciphertext: gcm(key, nonce, aad).encrypt(plaintext) };
}

export function hpkeOpen(
  suite: Suite,
  privateKey: Uint8Array,
  enc: Uint8Array,
  info: Uint8Array,
  aad: Uint8Array,
  ciphertext: Uint8Array,
): Uint8Array {
  const secret = sharedSecret(x25519.getSharedSecret(privateKey, enc), enc, x25519.getPublicKey(privateKey));
  const { key, nonce } = schedule(suite, secret, info);
  return gcm(key, nonce, aad).decrypt(ciphertext);
}

/** RFC 9180, appendix A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, first message. Hexadecimal. */
export const RFC9180_A11 = {
  info: '4f6465206f6e2061204772656369616e2055726e',
  skEm: '52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736',
  pkEm: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  skRm: '4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8',
  pkRm: '3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d',
  sharedSecret: 'fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc',
  key: '4531685d41d65f03dc48f6b8302c05b0',
  nonce: '56d890e5accaaf011cff4b7d',
  aad: '436f756e742d30',
  plaintext: '4265617574792069732074727574682c20747275746820626561757479',
  ciphertext: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
} as const;
