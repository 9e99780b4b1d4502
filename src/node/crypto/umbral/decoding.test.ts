// What no decoder of the re-encryption lets in: identity, points off the curve, other forms of a point, scalars out of range.
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { fromHex } from '../../base/index.ts';
import { encapsulate, decodeCapsule, encodeCapsule } from './capsule.ts';
import { decodeKeyFragment, encodeKeyFragment, generateKeyFragments } from './key-frag.ts';
import { decodeUmbralPublicKey, decodeUmbralSecretKey, encodeUmbralPublicKey, encodeUmbralSecretKey, umbralKeyPair } from './keys.ts';
import { SCALARS } from './points.ts';

const random = testRandomness('decoding');
const keys = umbralKeyPair(random);
const big = (value: bigint) => fromHex(value.toString(16).padStart(64, '0'));
const patched = (bytes: Uint8Array, at: number, patch: Uint8Array) => {
  const copy = bytes.slice();
  copy.set(patch, at);
  return copy;
};

describe('Umbral: decoders', () => {
  test('a public key has one encoding', () => {
    const bytes = encodeUmbralPublicKey(keys.publicKey);
    expect(accepted(decodeUmbralPublicKey(bytes)).equals(keys.publicKey)).toBe(true);
    expect(decodeUmbralPublicKey(keys.publicKey.toBytes(false))).toMatchObject({ reason: 'point-length' });
    expect(decodeUmbralPublicKey(Uint8Array.of(0))).toMatchObject({ reason: 'point-length' });
    expect(decodeUmbralPublicKey(new Uint8Array(33))).toMatchObject({ reason: 'not-on-curve' });
    // x = 5 is the coordinate of no point; x = the field prime is not canonical.
    expect(decodeUmbralPublicKey(patched(new Uint8Array(33), 0, Uint8Array.of(2, ...big(5n))))).toMatchObject({ reason: 'not-on-curve' });
    const prime = Uint8Array.of(2, ...big(2n ** 256n - 2n ** 32n - 977n));
    expect(decodeUmbralPublicKey(prime)).toMatchObject({ reason: 'not-on-curve' });
    expect(decodeUmbralPublicKey(patched(bytes, 0, Uint8Array.of(6)))).toMatchObject({ reason: 'not-on-curve' });
  });

  test('a secret key is from 1 to the order minus 1', () => {
    expect(accepted(decodeUmbralSecretKey(encodeUmbralSecretKey(keys))).secretKey).toBe(keys.secretKey);
    expect(decodeUmbralSecretKey(big(0n))).toMatchObject({ reason: 'zero-scalar' });
    expect(decodeUmbralSecretKey(big(SCALARS.ORDER))).toMatchObject({ reason: 'non-canonical-scalar' });
    expect(decodeUmbralSecretKey(new Uint8Array(31))).toMatchObject({ reason: 'scalar-length' });
  });

  test('a capsule of a wrong length or with a wrong scalar is refused', () => {
    const bytes = encodeCapsule(encapsulate(keys.publicKey, random).capsule);
    expect(decodeCapsule(bytes.slice(1))).toMatchObject({ reason: 'wrong-length' });
    expect(decodeCapsule(patched(bytes, 66, big(SCALARS.ORDER)))).toMatchObject({ reason: 'non-canonical-scalar' });
    expect(decodeCapsule(patched(bytes, 66, big(1n)))).toMatchObject({ reason: 'capsule-proof' });
    expect(decodeCapsule(patched(bytes, 33, new Uint8Array(33)))).toMatchObject({ reason: 'not-on-curve' });
  });

  test('a key fragment with a high s, a zero key or an odd flag is refused', () => {
    const order = { delegating: keys, signer: keys, receivingKey: umbralKeyPair(random).publicKey, threshold: 1, shares: 1 };
    const bytes = encodeKeyFragment(generateKeyFragments(order, random)[0]!);
    expect(decodeKeyFragment(patched(bytes, 32, big(0n)))).toMatchObject({ reason: 'zero-scalar' });
    expect(decodeKeyFragment(patched(bytes, 259, Uint8Array.of(2)))).toMatchObject({ reason: 'bad-flag' });
    expect(decodeKeyFragment(patched(bytes, 130 + 32, big(SCALARS.ORDER - 1n)))).toMatchObject({ reason: 'high-s' });
    expect(decodeKeyFragment(patched(bytes, 130, big(SCALARS.ORDER)))).toMatchObject({ reason: 'non-canonical-scalar' });
  });
});
