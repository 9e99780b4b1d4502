// Text to bytes and back, for the pure layers, whose type library has no TextEncoder. Malformed UTF-8 is refused, not
// replaced: two different byte strings never read as the same text.
import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';
import { type Rejection, reject } from '../base/index.ts';
import { equalBytes } from './codec.ts';

/** UTF-8 bytes. A lone surrogate becomes U+FFFD, as in every encoder of the platform. */
export function textToBytes(text: string): Uint8Array {
  return utf8ToBytes(text);
}

export function bytesToText(bytes: Uint8Array): string | Rejection {
  const text = bytesToUtf8(bytes);
  return equalBytes(utf8ToBytes(text), bytes) ? text : reject('bad-utf8', 'the bytes are not UTF-8 text');
}
