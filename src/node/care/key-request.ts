// A request for keys, made by a browser that has none: a fresh public key, and the box in which answers wait for whoever knows its
// name. It travels as a link or a code by whatever way people have, so what arrives may be another's: both ends show four words
// made of the whole request by a slow hash, and people compare them. Holds no secret.
import { base64url } from 'multiformats/bases/base64';
import { type ChannelId, DIGEST_BYTES, type Rejection, isRejection, reject } from '../base/index.ts';
import { type Decoded, decode, encode, fixedBytes, hex, oneOf, struct, textToBytes } from '../codec/index.ts';
import { sha256, spokenWordsOf } from '../crypto/index.ts';
import type { PassphraseHash } from '../ports/index.ts';
import { box } from './letter.ts';

/** Where the page's router finds a request. */
export const REQUEST_ROUTE = '#/keys/answer/';
const MAX_REQUEST_BYTES = 512;
const SALT_BYTES = 16;
const WORDS_DOMAIN = textToBytes('clinicord/key-request-words/1');

export const keyRequest = struct({
  purpose: oneOf('guardians', 'device'),
  channel: hex<ChannelId>(DIGEST_BYTES),
  /** X25519; answers are sealed to it. */
  key: fixedBytes(32),
  box,
});
export type KeyRequest = Decoded<typeof keyRequest>;

/** The fragment of a link; whoever shows it puts the page's address before. */
export function keyRequestLink(request: KeyRequest): string {
  return `${REQUEST_ROUTE}${tokenOf(request)}`;
}

/** From a whole link, or its last part. */
export function readKeyRequest(link: string): KeyRequest | Rejection {
  const trimmed = link.trim();
  if (trimmed.length > 4 * MAX_REQUEST_BYTES) return reject('oversized', 'this is too long for a request for keys');
  const token = trimmed.slice(trimmed.lastIndexOf('/') + 1);
  try {
    const read = decode(keyRequest, base64url.baseDecode(token), MAX_REQUEST_BYTES);
    return isRejection(read) ? reject('malformed', 'this is no request for keys, or it was cut off') : read;
  } catch {
    return reject('malformed', 'this is no request for keys, or it was cut off');
  }
}

/**
 * The four words of a request. 44 bits are enough because each guess costs whoever wants to slip in another key one slow hash
 * (Argon2id), and none of that work serves for a second request.
 */
export async function wordsOfRequest(hash: PassphraseHash, request: KeyRequest): Promise<string> {
  const salt = sha256(WORDS_DOMAIN, encode(keyRequest, request)).subarray(0, SALT_BYTES);
  return spokenWordsOf(await hash.derive(tokenOf(request), salt));
}

function tokenOf(request: KeyRequest): string {
  return base64url.baseEncode(encode(keyRequest, request));
}
