// What a serial number is made of (P2-05): a name and an identity number, written in one way whatever a clerk typed, so that two clinics
// get the same serial. Names: Unicode NFKC and case folding to a fixed point, invisible characters out, every run of spaces,
// punctuation and symbols one space. Numbers: the same, and separators out; only Latin letters and digits are left. Accents stay.
// Source: Unicode Standard Annex 15 (NFKC); docs/cryptography.md, serial numbers.
import { MAX_NAME_CHARS, type Rejection, isRejection, reject } from '../../base/index.ts';
import { encode, oneOf, struct, text } from '../../codec/index.ts';

/** Longer than any identity number in use, before and after separators go. */
const MAX_TYPED_NUMBER_CHARS = 64;
const NUMBER = /^[0-9a-z]{4,32}$/u;
const INVISIBLE = /[\p{Cf}\u{FE00}-\u{FE0F}]/gu;
const SEPARATORS = /[\p{Z}\p{P}\p{S}\p{Cc}]+/gu;
/** Folding and composing disturb each other in a few characters; two rounds are enough for all that Unicode 16 has. */
const MAX_ROUNDS = 4;

const serialInputCodec = struct({
  domain: oneOf('clinicord/serial/1'),
  name: text(2 * MAX_NAME_CHARS),
  number: text(MAX_TYPED_NUMBER_CHARS),
});

/** NFKC, then upper case and lower case, which together fold what lower case alone leaves apart; until nothing changes. */
function folded(typed: string): string {
  let current = typed.normalize('NFKC').replace(INVISIBLE, '');
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const next = current.toUpperCase().toLowerCase().normalize('NFKC');
    if (next === current) break;
    current = next;
  }
  return current;
}

export function normalisedName(typed: string): string | Rejection {
  if (!typed.isWellFormed()) return reject('bad-text', 'the name is not Unicode text');
  if (typed.length > MAX_NAME_CHARS) return reject('name-length', `a name has at most ${MAX_NAME_CHARS} characters`);
  const name = folded(typed).replace(SEPARATORS, ' ').trim();
  if (name === '') return reject('empty-name', 'the name has no letter');
  return name.length <= 2 * MAX_NAME_CHARS ? name : reject('name-length', 'the name is too long once its ligatures are taken apart');
}

export function normalisedNumber(typed: string): string | Rejection {
  if (typed.length > MAX_TYPED_NUMBER_CHARS)
    return reject('number-length', `an identity number has at most ${MAX_TYPED_NUMBER_CHARS} characters`);
  const number = folded(typed).replace(SEPARATORS, '');
  return NUMBER.test(number) ? number : reject('bad-number', 'an identity number has 4 to 32 Latin letters and digits');
}

/** The canonical bytes that the function is evaluated on. Never stored, never sent. */
export function serialInput(name: string, identityNumber: string): Uint8Array | Rejection {
  const normalName = normalisedName(name);
  const normalNumber = normalisedNumber(identityNumber);
  if (isRejection(normalName)) return normalName;
  if (isRejection(normalNumber)) return normalNumber;
  return encode(serialInputCodec, { domain: 'clinicord/serial/1', name: normalName, number: normalNumber });
}
