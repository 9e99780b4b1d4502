// One verification rule: edge encodings are refused, honest signatures hold.
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { edgeVectors, smallOrderPoints } from '../../../tests/vectors/ed25519-edges.ts';
import { fromHex, toHex } from '../base/index.ts';
import { refusesCertifiedKey, refusesEncoding, refusesPublicKey, signSync, signingPublicKey, verifySync } from './ed25519.ts';

const seed = new Uint8Array(32).fill(7);

describe('the encodings of Ed25519', () => {
  test('there are eight points of small order, and every one is refused as a key', () => {
    const points = smallOrderPoints();
    expect(new Set(points.map((point) => point.toHex())).size).toBe(8);
    for (const point of points) expect(refusesPublicKey(point.toBytes())?.reason).toBe('small-order-point');
  });

  test.each(edgeVectors().map((vector) => [vector.name, vector] as const))('%s is refused', (_, vector) => {
    expect(refusesEncoding(vector.publicKey, vector.signature) === null).toBe(vector.refused === 'equation');
    expect(verifySync(vector.publicKey, vector.message, vector.signature)).toBe(false);
  });

  test('the cofactored rule of the library takes mixed orders, which is why it is not used', () => {
    const taken = edgeVectors().filter((vector) => ed25519.verify(vector.signature, vector.message, vector.publicKey, { zip215: true }));
    expect(taken.map(({ name }) => name)).toEqual(expect.arrayContaining(['A of mixed order', 'R of mixed order']));
  });

  test('wrong lengths are refused', () => {
    expect(refusesPublicKey(new Uint8Array(31))?.reason).toBe('key-length');
    expect(refusesEncoding(signingPublicKey(seed), new Uint8Array(63))?.reason).toBe('signature-length');
    expect(verifySync(signingPublicKey(seed), seed, new Uint8Array(0))).toBe(false);
  });

  test('a key for a certificate lies on the curve, in the prime-order group', () => {
    expect(refusesCertifiedKey(signingPublicKey(seed))).toBeNull();
    const reasons = edgeVectors().map((vector) => [vector.name, refusesCertifiedKey(vector.publicKey)?.reason] as const);
    expect(Object.fromEntries(reasons)).toMatchObject({ 'A of mixed order': 'mixed-order-point', 'A beside the curve': 'not-on-curve' });
  });
});

describe('signing and verifying', () => {
  test('match RFC 8032, test 1', () => {
    const secret = fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60');
    expect(toHex(signingPublicKey(secret))).toBe('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    const signature = signSync(secret, new Uint8Array());
    expect(toHex(signature)).toBe(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
    expect(verifySync(signingPublicKey(secret), new Uint8Array(), signature)).toBe(true);
  });

  test('every honest signature holds, and none with one bit flipped (fault 48)', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 100 }),
        fc.nat(511),
        (secret, message, bit) => {
          const key = signingPublicKey(secret);
          const signature = signSync(secret, message);
          expect(verifySync(key, message, signature)).toBe(true);
          const flipped = signature.slice();
          flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(verifySync(key, message, flipped)).toBe(false);
        },
      ),
      { numRuns: 30 },
    );
  });
});
