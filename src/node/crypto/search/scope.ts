// Who shares the key of search tags, and for what: a writer and a patient, for one class and one epoch. Both work it out by themselves
// from their own secret and the other's public key (Diffie-Hellman), so nobody else can make or try a tag: that is what authenticates
// the keywords (T20). Sources: Huang, Li: PAEKS (2017); RFC 9496 for the group.
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { type Brand, type Rejection, assert } from '../../base/index.ts';
import { type Decoded, encode, fixedBytes, oneOf, struct, text, textToBytes, uint } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  RISTRETTO,
  RISTRETTO_POINT_BYTES,
  RISTRETTO_SCALARS,
  type RistrettoPoint,
  decodeRistretto,
  framed,
  hashToScalar,
  randomScalar,
  scalarToBytes,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { ROOT_SECRET_BYTES } from '../secrets.ts';

export const SEARCH_KEY_BYTES = RISTRETTO_POINT_BYTES;
const MAX_CLASS_CHARS = 40;
const ROOT_SALT = textToBytes('clinicord/search-key/1');
/** What a scalar is drawn from: 16 bytes more than it has. */
const WIDE_BYTES = 48;

export interface SearchKeyPair {
  readonly secretKey: bigint;
  readonly publicKey: RistrettoPoint;
}

export function searchKeyPair(random: Randomness): SearchKeyPair {
  const secretKey = randomScalar(RISTRETTO_SCALARS, random);
  return { secretKey, publicKey: RISTRETTO.generator.multiply(secretKey) };
}

/** The search key of a party, from the 32 bytes of its root secret (design: Keys). */
export function searchKeyPairOf(root: Uint8Array): SearchKeyPair {
  assert(root.byteLength === ROOT_SECRET_BYTES, 'a root secret has 32 bytes');
  const wide = hkdf(nobleSha256, root, ROOT_SALT, textToBytes('search-key'), WIDE_BYTES);
  return searchKeyPair({ bytes: () => wide });
}

export function encodeSearchPublicKey(keys: SearchKeyPair): Uint8Array {
  return keys.publicKey.toBytes();
}

export function decodeSearchPublicKey(bytes: Uint8Array): RistrettoPoint | Rejection {
  return decodeRistretto(bytes, 'a search key');
}

const scopeCodec = struct({
  domain: oneOf('clinicord/search-scope/1'),
  writerKey: fixedBytes(SEARCH_KEY_BYTES),
  patientKey: fixedBytes(SEARCH_KEY_BYTES),
  sensitivityClass: text(MAX_CLASS_CHARS),
  epoch: uint(),
});

/** Whose tags, about whom, of which class and epoch. */
export interface SearchScope {
  readonly writerKey: RistrettoPoint;
  readonly patientKey: RistrettoPoint;
  readonly sensitivityClass: string;
  readonly epoch: number;
}

function scopeBytes(scope: SearchScope): Uint8Array {
  const value: Decoded<typeof scopeCodec> = {
    domain: 'clinicord/search-scope/1',
    writerKey: scope.writerKey.toBytes(),
    patientKey: scope.patientKey.toBytes(),
    sensitivityClass: scope.sensitivityClass,
    epoch: scope.epoch,
  };
  return encode(scopeCodec, value);
}

/** The secret of a scope: k = H(DH, scope). Writer and patient hold it; a reader gets half of it (grant.ts). */
export type ScopeKey = Brand<bigint, 'ScopeKey'>;

/** Either side's way to the scope's key. */
export function scopeKeyOf(own: SearchKeyPair, scope: SearchScope): ScopeKey {
  const writes = own.publicKey.equals(scope.writerKey);
  assert(writes || own.publicKey.equals(scope.patientKey), 'only the writer and the patient have the key of a scope');
  const shared = (writes ? scope.patientKey : scope.writerKey).multiply(own.secretKey);
  const key = hashToScalar(RISTRETTO_SCALARS.ORDER - 1n, 'clinicord/search/scope-key/1', shared.toBytes(), scopeBytes(scope)) + 1n;
  return key as ScopeKey;
}

/** The name by which a keeper knows a scope, 32 bytes: it says neither writer nor patient to anybody who has not the key. */
export function scopeIdOf(scopeKey: ScopeKey): Uint8Array {
  return sha256(framed(textToBytes('clinicord/search/scope-id/1'), scalarToBytes(RISTRETTO_SCALARS, scopeKey)));
}
