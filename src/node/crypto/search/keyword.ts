// A keyword: a code of a published code system, for example "http://loinc.org|718-7" (P3-12). One spelling for each, so that writer and
// searcher mean the same bytes.
import { type Brand, type Rejection, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';

/** A code system's address and a code. */
export const MAX_KEYWORD_CHARS = 300;

export type Keyword = Brand<Uint8Array, 'Keyword'>;

/** The canonical bytes of a code. Systems and codes are compared as they are published, but for case, width and outer spaces. */
export function keywordOf(system: string, code: string): Keyword | Rejection {
  const parts = [system, code].map((part) => part.normalize('NFKC').trim().toLowerCase());
  const spelt = parts.join('|');
  if (!spelt.isWellFormed()) return reject('bad-text', 'the keyword is not Unicode text');
  if (parts.includes('') || parts[0]?.includes('|') === true)
    return reject('bad-keyword', 'a keyword has a code system, without a bar, and a code');
  if (spelt.length > MAX_KEYWORD_CHARS) return reject('keyword-length', `a keyword has at most ${MAX_KEYWORD_CHARS} characters`);
  return textToBytes(spelt) as Keyword;
}
