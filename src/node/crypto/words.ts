// The root secret as 24 words that a person can write down, and back. A slip of the pen is found by the list or by the
// checksum and said where it is. Source: BIP-39, https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import { type Rejection, assert, reject } from '../base/index.ts';
import { ROOT_SECRET_BYTES } from './secrets.ts';

export const RECOVERY_WORDS = 24;
/** Longer input is no list of words; the longest word has 8 letters. */
const MAX_WORDS_CHARS = 1_000;
const KNOWN = new Set(wordlist);

/** 24 words separated by single spaces. `root` has 32 bytes. */
export function wordsOf(root: Uint8Array): string {
  assert(root.byteLength === ROOT_SECRET_BYTES, 'a root secret has 32 bytes');
  return entropyToMnemonic(root, wordlist);
}

/** The root secret, or why the words do not spell one. Case and spacing are forgiven, nothing else. */
export function rootFromWords(typed: string): Uint8Array | Rejection {
  if (typed.length > MAX_WORDS_CHARS) return reject('word-count', `expected ${RECOVERY_WORDS} words`);
  const words = typed
    .normalize('NFKD')
    .toLowerCase()
    .split(/[\s,;]+/u)
    .filter((word) => word !== '');
  if (words.length !== RECOVERY_WORDS) return reject('word-count', `expected ${RECOVERY_WORDS} words, found ${words.length}`);
  const unknown = words.findIndex((word) => !KNOWN.has(word));
  if (unknown >= 0) return reject('unknown-word', `word ${unknown + 1} is not in the list`);
  try {
    return mnemonicToEntropy(words.join(' '), wordlist);
  } catch {
    return reject('bad-checksum', 'the words are in the list, but one is wrong or two have changed places');
  }
}

/** Words that two people compare by voice; 11 bits each. */
export const SPOKEN_WORDS = 4;
const BITS_PER_WORD = 11;

/** The first 44 bits as words. `bytes` come from a slow hash, or four words would be too few. */
export function spokenWordsOf(bytes: Uint8Array): string {
  assert(8 * bytes.byteLength >= SPOKEN_WORDS * BITS_PER_WORD, 'four words take six bytes');
  const bits = Array.from(bytes.subarray(0, 6), (byte) => byte.toString(2).padStart(8, '0')).join('');
  const at = (index: number): number => Number.parseInt(bits.slice(index * BITS_PER_WORD, (index + 1) * BITS_PER_WORD), 2);
  return Array.from({ length: SPOKEN_WORDS }, (_, index) => wordlist[at(index)] ?? '').join(' ');
}
