// SHA-256 and the identifiers that come from it. Every digest of the product goes through here, so that there is one
// place that says how long an identifier is. Source: FIPS 180-4.
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js';
import { type Digest, type PartyId, ID_BYTES, toHex } from '../base/index.ts';

/** 32 bytes. Several pieces are hashed as their concatenation: the caller makes sure that it can be read one way only. */
export function sha256(...pieces: readonly Uint8Array[]): Uint8Array {
  const hash = nobleSha256.create();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

/** SHA-256 as an identifier: 64 hexadecimal digits. */
export function digestOf(...pieces: readonly Uint8Array[]): Digest {
  return toHex(sha256(...pieces)) as Digest;
}

/** The first 16 bytes of SHA-256, in hexadecimal: the form of slip ids and party ids. */
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- this is where an identifier gets its brand
export function shortIdOf<Id extends string>(bytes: Uint8Array): Id {
  return toHex(sha256(bytes).subarray(0, ID_BYTES)) as Id;
}

/** The pseudonym of a party (P3-09, P3-13): from its first signing key, 32 bytes. */
export function partyIdOf(signingKey: Uint8Array): PartyId {
  return shortIdOf<PartyId>(signingKey);
}
