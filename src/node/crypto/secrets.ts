// A person's keys, all from one root secret made in the browser (design: Keys; T10: nobody makes anybody else's keys).
// Every use has its own label, so that no derived key can pass for another. Labels are part of the format: a changed
// label is another key. Sources: RFC 5869 (HKDF), RFC 7748 (X25519).
import { x25519 } from '@noble/curves/ed25519.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { type PartyId, assert } from '../base/index.ts';
import { textToBytes } from '../codec/index.ts';
import { signingPublicKey } from './ed25519.ts';
import { partyIdOf } from './hash.ts';

export const ROOT_SECRET_BYTES = 32;
export const SECRET_BYTES = 32;

const SALT = textToBytes('clinicord/root/1');
const PASSKEY_SALT = textToBytes('clinicord/passkey/1');
/** What a key is for; HKDF's info. */
const LABELS = {
  signing: 'signing-key',
  wrapping: 'wrap-key',
  privateStore: 'private-store',
  search: 'search-key',
  reading: 'reading-keys',
} as const;

function derive(root: Uint8Array, label: string): Uint8Array {
  assert(root.byteLength === ROOT_SECRET_BYTES, 'a root secret has 32 bytes');
  return hkdf(sha256, root, SALT, textToBytes(label), SECRET_BYTES);
}

/** What a root secret unfolds to. Held in memory while unlocked, never stored or logged. */
export interface PersonSecrets {
  readonly party: PartyId;
  /** Ed25519 seed and public key: signs slips. */
  readonly signingSeed: Uint8Array;
  readonly signingKey: Uint8Array;
  /** X25519 private and public key: what is sealed for this person. */
  readonly wrapSecret: Uint8Array;
  readonly wrapKey: Uint8Array;
  /** AES-256 key of the private notes in this browser. */
  readonly privateStoreKey: Uint8Array;
  /** 32 bytes from which the search key follows (`searchKeyPairOf`). */
  readonly searchSecret: Uint8Array;
  /** 32 bytes from which the reading keys of every class and epoch follow (`readingKeyPair`). */
  readonly readingSecret: Uint8Array;
}

/** The keys of a person, deterministically. `root` has 32 bytes. */
export function secretsOf(root: Uint8Array): PersonSecrets {
  const signingSeed = derive(root, LABELS.signing);
  const wrapSecret = derive(root, LABELS.wrapping);
  const signingKey = signingPublicKey(signingSeed);
  return {
    party: partyIdOf(signingKey),
    signingSeed,
    signingKey,
    wrapSecret,
    wrapKey: wrapPublicKey(wrapSecret),
    privateStoreKey: derive(root, LABELS.privateStore),
    searchSecret: derive(root, LABELS.search),
    readingSecret: derive(root, LABELS.reading),
  };
}

/** X25519 public key of 32 secret bytes. */
export function wrapPublicKey(wrapSecret: Uint8Array): Uint8Array {
  return x25519.getPublicKey(wrapSecret);
}

/** Overwrites secrets in place when a profile locks. Copies that an engine made stay out of reach. */
export function forgetSecrets(secrets: PersonSecrets): void {
  for (const bytes of [secrets.signingSeed, secrets.wrapSecret, secrets.privateStoreKey, secrets.searchSecret, secrets.readingSecret])
    bytes.fill(0);
}

/** The root of a supervision centre that shares its founder's 24 words: another label, so other keys and another party. */
export function authorityRootOf(root: Uint8Array): Uint8Array {
  return derive(root, 'authority');
}

/** The key under which a passkey keeps the root: of what its authenticator answers, for this use alone. */
export function passkeyKeyOf(answer: Uint8Array): Uint8Array {
  assert(answer.byteLength >= SECRET_BYTES, 'an authenticator answers with 32 bytes');
  return hkdf(sha256, answer, PASSKEY_SALT, textToBytes('root-wrap'), SECRET_BYTES);
}
