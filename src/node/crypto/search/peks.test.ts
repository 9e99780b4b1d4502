// Plain keyword encryption: it finds what it should, and it gives way to guessing (row 42, T20). The product does not use it.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { BAD_G1, BAD_G2 } from '../../../../tests/vectors/bls-points.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { isRejection } from '../../base/index.ts';
import { keywordOf } from './keyword.ts';
import {
  PEKS_CIPHERTEXT_BYTES,
  PEKS_TRAPDOOR_BYTES,
  decodePeksCiphertext,
  decodePeksTrapdoor,
  encodePeksCiphertext,
  guessKeyword,
  peksEncrypt,
  peksKeyPair,
  peksTest,
  peksTrapdoor,
} from './peks.ts';

const random = testRandomness('peks');
const keys = peksKeyPair(random);
const word = (code: string) => accepted(keywordOf('http://snomed.info/sct', code));
const ciphertext = peksEncrypt(keys.publicKey, word('22298006'), random);

describe('keyword encryption of the paper (P3-11)', () => {
  test('a trapdoor finds its word and no other', () => {
    expect(peksTest(peksTrapdoor(keys, word('22298006')), ciphertext)).toBe(true);
    expect(peksTest(peksTrapdoor(keys, word('22298007')), ciphertext)).toBe(false);
    expect(peksTest(peksTrapdoor(peksKeyPair(random), word('22298006')), ciphertext)).toBe(false);
  });

  test('two encryptions of a word differ', () => {
    expect(encodePeksCiphertext(peksEncrypt(keys.publicKey, word('22298006'), random))).not.toEqual(encodePeksCiphertext(ciphertext));
  });

  test('whoever sees a trapdoor finds its word by trying (row 42)', () => {
    const dictionary = ['73211009', '38341003', '86406008', '195967001', '22298006', '44054006'].map(word);
    const trapdoor = peksTrapdoor(keys, word('86406008'));
    expect(guessKeyword(keys.publicKey, trapdoor, dictionary)).toEqual(word('86406008'));
    expect(guessKeyword(keys.publicKey, peksTrapdoor(keys, word('1')), dictionary)).toBeNull();
  });

  test('encodings are read back, and damaged ones find nothing', () => {
    const bytes = encodePeksCiphertext(ciphertext);
    expect(bytes.byteLength).toBe(PEKS_CIPHERTEXT_BYTES);
    const trapdoor = peksTrapdoor(keys, word('22298006'));
    expect(trapdoor.toBytes().byteLength).toBe(PEKS_TRAPDOOR_BYTES);
    expect(peksTest(accepted(decodePeksTrapdoor(trapdoor.toBytes())), accepted(decodePeksCiphertext(bytes)))).toBe(true);
    fc.assert(
      fc.property(damaged(bytes), (broken) => {
        const read = decodePeksCiphertext(broken);
        return isRejection(read) || !peksTest(trapdoor, read);
      }),
      { numRuns: 30 },
    );
  });

  test.each(BAD_G1)('a trapdoor that is %s is refused', (_, bytes, reason) => expect(decodePeksTrapdoor(bytes)).toMatchObject({ reason }));
  test.each(BAD_G2.slice(0, 3))('a ciphertext with %s is refused', (_, bytes, reason) =>
    expect(decodePeksCiphertext(Uint8Array.from([...bytes, ...ciphertext.b]))).toMatchObject({ reason }),
  );
});
