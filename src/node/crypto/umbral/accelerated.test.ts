// The same scheme with a fast multiplication (libsecp256k1 in WebAssembly; development only until a host loads it): the same values.
import { instantiateSecp256k1 } from '@bitauth/libauth';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { textToBytes } from '../../codec/index.ts';
import { openOriginal } from './capsule.ts';
import { encodeCapsuleFragment, reencrypt, verifyCapsuleFragment } from './capsule-frag.ts';
import { generateKeyFragments, verifyKeyFragment } from './key-frag.ts';
import { umbralKeyPair } from './keys.ts';
import { openReencrypted } from './opening.ts';
import { UMBRAL_PRE, acceleratedUmbral } from './parameters.ts';
import { GENERATOR, PURE_ARITHMETIC, SCALARS, acceleratedArithmetic } from './points.ts';
import { umbralOpen, umbralSeal } from './sealing.ts';

const library = await instantiateSecp256k1();
const fast = acceleratedUmbral(library);

test('products and sums are those of the pure arithmetic', () => {
  const quick = acceleratedArithmetic(library);
  const scalar = fc.bigInt({ min: 0n, max: SCALARS.ORDER - 1n });
  fc.assert(
    fc.property(scalar, scalar, fc.bigInt({ min: 1n, max: SCALARS.ORDER - 1n }), (a, b, c) => {
      const point = GENERATOR.multiply(c);
      expect(quick.multiplySecret(c, point).equals(PURE_ARITHMETIC.multiplySecret(c, point))).toBe(true);
      expect(quick.sum([GENERATOR, point], [a, b]).equals(PURE_ARITHMETIC.sum([GENERATOR, point], [a, b]))).toBe(true);
      expect(
        quick.sum([GENERATOR, point, GENERATOR], [a, b, c]).equals(PURE_ARITHMETIC.sum([GENERATOR, point, GENERATOR], [a, b, c])),
      ).toBe(true);
    }),
    { numRuns: 15 },
  );
});

test('what the one makes the other opens, byte for byte the same', () => {
  const random = testRandomness('accelerated');
  const [owner, reader, signer] = [umbralKeyPair(random), umbralKeyPair(random), umbralKeyPair(random)];
  const [secret, context] = [new Uint8Array(32).fill(5), textToBytes('context')];
  const sealed = umbralSeal(owner.publicKey, secret, context, random, fast);
  expect(umbralOpen(openOriginal(owner, sealed.capsule, UMBRAL_PRE), sealed, context)).toEqual(secret);
  expect(umbralOpen(openOriginal(owner, sealed.capsule, fast), sealed, context)).toEqual(secret);
  const order = { delegating: owner, signer, receivingKey: reader.publicKey, threshold: 2, shares: 3 };
  const delegation = { delegatingKey: owner.publicKey, receivingKey: reader.publicKey, verifyingKey: signer.publicKey };
  const fragments = generateKeyFragments(order, random, fast).map((fragment) => {
    accepted(verifyKeyFragment(fragment, delegation, UMBRAL_PRE));
    const quick = reencrypt(sealed.capsule, fragment, testRandomness('proxy'), fast);
    const pure = reencrypt(sealed.capsule, fragment, testRandomness('proxy'), UMBRAL_PRE);
    expect(encodeCapsuleFragment(quick)).toEqual(encodeCapsuleFragment(pure));
    return accepted(verifyCapsuleFragment(quick, sealed.capsule, delegation, fast));
  });
  const opened = openReencrypted(reader, owner.publicKey, sealed.capsule, fragments.slice(1), fast);
  expect(opened).toEqual(openReencrypted(reader, owner.publicKey, sealed.capsule, fragments.slice(1), UMBRAL_PRE));
  expect(umbralOpen(accepted(opened), sealed, context)).toEqual(secret);
  expect(openReencrypted(reader, owner.publicKey, sealed.capsule, fragments.slice(2), fast)).toMatchObject({
    reason: 'not-enough-fragments',
  });
});
