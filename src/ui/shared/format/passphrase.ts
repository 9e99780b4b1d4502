// What can be said about a passphrase without sending it anywhere. The floor is the length; the rest is advice.

export const MIN_PASSPHRASE_CHARS = 10;

export interface PassphraseAdvice {
  readonly strength: 'none' | 'too-short' | 'weak' | 'fair' | 'good';
  readonly text: string;
}

/** Distinct characters tell a sentence from "aaaaaaaaaa". */
export function passphraseAdvice(passphrase: string): PassphraseAdvice {
  const length = Array.from(passphrase).length;
  const distinct = new Set(passphrase).size;
  if (length === 0)
    return { strength: 'none', text: `At least ${MIN_PASSPHRASE_CHARS} characters. Four or more unrelated words are good.` };
  if (length < MIN_PASSPHRASE_CHARS) return { strength: 'too-short', text: `Too short: ${MIN_PASSPHRASE_CHARS - length} more characters.` };
  if (distinct < 6) return { strength: 'weak', text: 'Weak: it repeats a few characters.' };
  if (length < 16) return { strength: 'fair', text: 'Fair. A few more words make it good.' };
  return { strength: 'good', text: 'Good.' };
}
