// Public-key encryption with keyword search as paper 003 means it (P3-11), on the pairing that its source needs. It is here as the
// reference only: whoever holds a trapdoor and the public key can try every medical word (`guessKeyword`, T20). The product uses tags.
//   key h = xg_2;  Enc(w): A = rg_2, B = H2(e(H1(w), rh));  Trapdoor(w) = xH1(w);  Test: H2(e(T, A)) = B
// Sources: Boneh, Di Crescenzo, Ostrovsky, Persiano: Public key encryption with keyword search (2004); the attack: Byun, Rhee, Park, Lee:
// Off-line keyword guessing attacks (2006).
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection } from '../../base/index.ts';
import { equalBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  BLS_SCALARS,
  G1_BYTES,
  type G1Point,
  G2,
  G2_BYTES,
  type G2Point,
  decodeG1,
  decodeG2,
  fieldsOf,
  hashToG1,
  pairingBytes,
  pairingsCancel,
  prepareG2,
  randomScalar,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import type { Keyword } from './keyword.ts';

const CHECK_BYTES = 32;
export const PEKS_CIPHERTEXT_BYTES = G2_BYTES + CHECK_BYTES;
export const PEKS_TRAPDOOR_BYTES = G1_BYTES;

export interface PeksKeyPair {
  readonly secretKey: bigint;
  readonly publicKey: G2Point;
}

export interface PeksCiphertext {
  readonly a: G2Point;
  /** 32 bytes. */
  readonly b: Uint8Array;
}

function wordPoint(keyword: Keyword): G1Point {
  return hashToG1('clinicord/peks/word/1', keyword);
}

export function peksKeyPair(random: Randomness): PeksKeyPair {
  const secretKey = randomScalar(BLS_SCALARS, random);
  return { secretKey, publicKey: G2.generator.multiply(secretKey) };
}

export function peksEncrypt(publicKey: G2Point, keyword: Keyword, random: Randomness): PeksCiphertext {
  const r = randomScalar(BLS_SCALARS, random);
  return { a: G2.generator.multiply(r), b: sha256(pairingBytes(wordPoint(keyword).multiply(r), publicKey)) };
}

export function peksTrapdoor(keys: PeksKeyPair, keyword: Keyword): G1Point {
  return wordPoint(keyword).multiply(keys.secretKey);
}

/** One pairing for each record: this is what makes it slow. */
export function peksTest(trapdoor: G1Point, ciphertext: PeksCiphertext): boolean {
  return equalBytes(sha256(pairingBytes(trapdoor, ciphertext.a)), ciphertext.b);
}

/** The attack: with a trapdoor and the public key alone, the word among `dictionary` that it is for. e(T, g_2) = e(H1(w), h). */
export function guessKeyword(publicKey: G2Point, trapdoor: G1Point, dictionary: readonly Keyword[]): Keyword | null {
  const generator = prepareG2(G2.generator.negate());
  const key = prepareG2(publicKey);
  return (
    dictionary.find((word) =>
      pairingsCancel([
        [trapdoor, generator],
        [wordPoint(word), key],
      ]),
    ) ?? null
  );
}

export function encodePeksCiphertext(ciphertext: PeksCiphertext): Uint8Array {
  return concatBytes(ciphertext.a.toBytes(), ciphertext.b);
}

export function decodePeksCiphertext(bytes: Uint8Array): PeksCiphertext | Rejection {
  const fields = fieldsOf(bytes, 'a keyword ciphertext', G2_BYTES, CHECK_BYTES);
  if (isRejection(fields)) return fields;
  const [aBytes = bytes, b = bytes] = fields;
  const a = decodeG2(aBytes, 'A');
  return isRejection(a) ? a : { a, b };
}

export function decodePeksTrapdoor(bytes: Uint8Array): G1Point | Rejection {
  return decodeG1(bytes, 'a trapdoor');
}
