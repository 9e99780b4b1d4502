// Properties of the re-encryption, and everything it must refuse; rows 44, 45 and 48 of docs/faults.md.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { damaged } from '../../../../tests/vectors/damage.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { isRejection, present } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { lagrangeAtZero } from '../curves/index.ts';
import { decodeCapsule, encapsulate, encodeCapsule, openOriginal } from './capsule.ts';
import { CAPSULE_FRAGMENT_BYTES, decodeCapsuleFragment, encodeCapsuleFragment, reencrypt, verifyCapsuleFragment } from './capsule-frag.ts';
import {
  KEY_FRAGMENT_BYTES,
  decodeKeyFragment,
  encodeKeyFragment,
  generateKeyFragments,
  sharePoint,
  sharedSecret,
  verifyKeyFragment,
} from './key-frag.ts';
import { readingKeyPair, umbralKeyPair } from './keys.ts';
import { openReencrypted } from './opening.ts';
import { UMBRAL_PRE } from './parameters.ts';
import { SCALARS } from './points.ts';
import { MAX_SEALED_BYTES, umbralOpen, umbralSeal } from './sealing.ts';

const CONTEXT = textToBytes('patient, record, class, version');
const SECRET = new Uint8Array(32).fill(7);

function delegationOf(label: string, threshold = 2, shares = 3) {
  const random = testRandomness(label);
  const [owner, signer, reader] = [umbralKeyPair(random), umbralKeyPair(random), umbralKeyPair(random)];
  const sealed = umbralSeal(owner.publicKey, SECRET, CONTEXT, random);
  const order = { delegating: owner, signer, receivingKey: reader.publicKey, threshold, shares };
  const keyFragments = generateKeyFragments(order, random);
  const fragments = keyFragments.map((fragment) => reencrypt(sealed.capsule, fragment, random));
  const delegation = { delegatingKey: owner.publicKey, receivingKey: reader.publicKey, verifyingKey: signer.publicKey };
  return { random, owner, signer, reader, sealed, order, keyFragments, fragments, delegation };
}
type Scene = ReturnType<typeof delegationOf>;
const scene = delegationOf('scene');
const other = delegationOf('another scene');
const openBy = ({ reader, owner, sealed }: Scene, fragments = scene.fragments) =>
  openReencrypted(reader, owner.publicKey, sealed.capsule, fragments);

describe('Umbral: what it promises', () => {
  test('the owner opens her own capsule', () => {
    expect(umbralOpen(openOriginal(scene.owner, scene.sealed.capsule), scene.sealed, CONTEXT)).toEqual(SECRET);
  });

  test('any threshold of the fragments opens, in any order', () => {
    const sizes = fc
      .integer({ min: 1, max: 4 })
      .chain((shares) => fc.record({ shares: fc.constant(shares), threshold: fc.integer({ min: 1, max: shares }) }));
    fc.assert(
      fc.property(sizes, fc.nat(), ({ shares, threshold }, rotation) => {
        const made = delegationOf(`${shares}/${threshold}`, threshold, shares);
        const turned = made.fragments.map((_, index) => present(made.fragments[(index + rotation) % shares], 'a fragment'));
        const keySeed = accepted(openBy(made, turned.slice(0, threshold)));
        expect(umbralOpen(keySeed, made.sealed, CONTEXT)).toEqual(SECRET);
      }),
      { numRuns: 12 },
    );
  });

  test('every fragment passes through its encoding and its check', () => {
    for (const fragment of scene.keyFragments) {
      const bytes = encodeKeyFragment(fragment);
      expect(bytes.byteLength).toBe(KEY_FRAGMENT_BYTES);
      accepted(verifyKeyFragment(accepted(decodeKeyFragment(bytes)), scene.delegation));
    }
    for (const fragment of scene.fragments) {
      const bytes = encodeCapsuleFragment(fragment);
      expect(bytes.byteLength).toBe(CAPSULE_FRAGMENT_BYTES);
      accepted(verifyCapsuleFragment(accepted(decodeCapsuleFragment(bytes)), scene.sealed.capsule, scene.delegation));
    }
  });

  test('a source of randomness that repeats does not give a proof nonce twice', () => {
    const [fragment] = scene.keyFragments;
    const frozen = { bytes: (sizeBytes: number) => new Uint8Array(sizeBytes).fill(9) };
    const first = reencrypt(scene.sealed.capsule, fragment!, frozen);
    const second = reencrypt(other.sealed.capsule, fragment!, frozen);
    expect(first.u2.equals(second.u2)).toBe(false);
  });
});

describe('Umbral: too few, too many, the wrong ones', () => {
  test('no fragment, and fewer than the threshold, open nothing', () => {
    expect(openBy(scene, [])).toMatchObject({ reason: 'no-fragments' });
    expect(openBy(scene, scene.fragments.slice(0, 1))).toMatchObject({ reason: 'not-enough-fragments' });
  });

  test('a fragment does not count twice', () => {
    const [first] = scene.fragments;
    expect(openBy(scene, [first!, first!])).toMatchObject({ reason: 'repeated-share' });
  });

  test('fragments of two delegations do not mix', () => {
    expect(openBy(scene, [scene.fragments[0]!, other.fragments[1]!])).toMatchObject({ reason: 'mixed-fragments' });
  });

  test('another reader, another owner, another capsule open nothing', () => {
    const { sealed, owner, reader, fragments } = scene;
    for (const opened of [
      openReencrypted(other.reader, owner.publicKey, sealed.capsule, fragments),
      openReencrypted(reader, other.owner.publicKey, sealed.capsule, fragments),
      openReencrypted(reader, owner.publicKey, other.sealed.capsule, fragments),
    ]) {
      expect(opened).toMatchObject({ reason: 'not-enough-fragments' });
    }
    expect(umbralOpen(openOriginal(other.owner, sealed.capsule), sealed, CONTEXT)).toMatchObject({ reason: 'cannot-open' });
  });

  test('a sealed key moved to another record, or changed, is refused (row 48)', () => {
    const keySeed = accepted(openBy(scene));
    expect(umbralOpen(keySeed, scene.sealed, textToBytes('patient, other record'))).toMatchObject({ reason: 'cannot-open' });
    expect(umbralOpen(keySeed, { ...scene.sealed, capsule: other.sealed.capsule }, CONTEXT)).toMatchObject({ reason: 'cannot-open' });
    expect(umbralOpen(keySeed, { ...scene.sealed, ciphertext: new Uint8Array(39) }, CONTEXT)).toMatchObject({ reason: 'truncated' });
    const long = new Uint8Array(MAX_SEALED_BYTES + 1);
    expect(umbralOpen(keySeed, { ...scene.sealed, ciphertext: long }, CONTEXT)).toMatchObject({ reason: 'oversized' });
    fc.assert(
      fc.property(damaged(scene.sealed.ciphertext), (ciphertext) =>
        isRejection(umbralOpen(keySeed, { ...scene.sealed, ciphertext }, CONTEXT)),
      ),
      { numRuns: 60 },
    );
  });
});

describe('Umbral: proxies are checked', () => {
  test('a key fragment is refused for another owner, reader or signer', () => {
    const [fragment] = scene.keyFragments;
    for (const wrong of ['delegatingKey', 'receivingKey', 'verifyingKey'] as const) {
      const delegation = { ...scene.delegation, [wrong]: other.delegation[wrong] };
      expect(verifyKeyFragment(fragment!, delegation)).toMatchObject({ reason: 'fragment-signature' });
    }
  });

  test('a key fragment with another key, or another reader signature, is refused', () => {
    const [fragment, second] = scene.keyFragments;
    expect(verifyKeyFragment({ ...fragment!, key: second!.key }, scene.delegation)).toMatchObject({ reason: 'fragment-commitment' });
    const { signatureForReader } = second!;
    expect(verifyKeyFragment({ ...fragment!, signatureForReader }, scene.delegation)).toMatchObject({ reason: 'fragment-signature' });
  });

  test('work with another key, on another capsule or for another reader is refused', () => {
    const [fragment, second] = scene.fragments;
    const refused = (changed: object, capsule = scene.sealed.capsule, delegation = scene.delegation) =>
      expect(verifyCapsuleFragment({ ...fragment!, ...changed }, capsule, delegation)).toMatchObject({ rejected: true });
    for (const field of ['e1', 'v1', 'e2', 'v2', 'u2', 'z', 'commitment', 'id', 'signature'] as const) {
      refused({ [field]: second![field] });
    }
    refused({ precursor: other.fragments[0]!.precursor });
    refused({}, other.sealed.capsule);
    for (const wrong of ['delegatingKey', 'receivingKey', 'verifyingKey'] as const) {
      refused({}, scene.sealed.capsule, { ...scene.delegation, [wrong]: other.delegation[wrong] });
    }
  });

  test('one bit changed, bytes cut or added: refused in every encoding', () => {
    const { capsule } = scene.sealed;
    const keyFragment = encodeKeyFragment(scene.keyFragments[0]!);
    const fragment = encodeCapsuleFragment(scene.fragments[0]!);
    const readKeyFragment = (bytes: Uint8Array) => {
      const read = decodeKeyFragment(bytes);
      return isRejection(read) ? read : verifyKeyFragment(read, scene.delegation);
    };
    const readFragment = (bytes: Uint8Array) => {
      const read = decodeCapsuleFragment(bytes);
      return isRejection(read) ? read : verifyCapsuleFragment(read, capsule, scene.delegation);
    };
    const runs = { numRuns: 60 };
    fc.assert(
      fc.property(damaged(encodeCapsule(capsule)), (bytes) => isRejection(decodeCapsule(bytes))),
      runs,
    );
    fc.assert(
      fc.property(damaged(keyFragment), (bytes) => isRejection(readKeyFragment(bytes))),
      runs,
    );
    fc.assert(
      fc.property(damaged(fragment), (bytes) => isRejection(readFragment(bytes))),
      runs,
    );
  });
});

describe('Umbral: collusion (rows 44 and 45)', () => {
  const root = new Uint8Array(32).fill(3);
  const reading = readingKeyPair(root, 'normal', 4);

  test('reading keys differ by class, epoch and person, and come again from the same root', () => {
    const keys = [
      reading,
      readingKeyPair(root, 'normal', 5),
      readingKeyPair(root, 'psychiatry', 4),
      readingKeyPair(new Uint8Array(32).fill(4), 'normal', 4),
    ].map(({ publicKey }) => publicKey.toHex());
    expect(new Set(keys).size).toBe(keys.length);
    expect(readingKeyPair(root, 'normal', 4).publicKey.equals(reading.publicKey)).toBe(true);
  });

  test('proxies below the threshold and the reader open no record', () => {
    const made = delegationOf('below', 3, 4);
    expect(openBy(made, made.fragments.slice(0, 2))).toMatchObject({ reason: 'not-enough-fragments' });
  });

  test('all proxies and the reader find the reading key of that class and epoch, and no other key of the patient', () => {
    const { random, reader, signer } = scene;
    const order = { delegating: reading, signer, receivingKey: reader.publicKey, threshold: 2, shares: 2 };
    const keyFragments = generateKeyFragments(order, random);
    const { precursor } = keyFragments[0]!;
    const dhPoint = precursor.multiply(reader.secretKey);
    const points = keyFragments.map(({ id }) => sharePoint(UMBRAL_PRE, precursor, reader.publicKey, dhPoint, id));
    const weights = accepted(lagrangeAtZero(SCALARS, points));
    const atZero = keyFragments.reduce((sum, { key }, index) => SCALARS.add(sum, SCALARS.mul(key, weights[index]!)), 0n);
    const found = SCALARS.mul(atZero, sharedSecret(UMBRAL_PRE, precursor, reader.publicKey, dhPoint));
    // This is inherent in the scheme and written in docs/cryptography.md: they could read that class and epoch anyway.
    expect(found).toBe(reading.secretKey);
    const later = readingKeyPair(root, 'normal', 5);
    const sealed = umbralSeal(later.publicKey, SECRET, CONTEXT, random);
    const stolen = { secretKey: found, publicKey: reading.publicKey };
    expect(umbralOpen(openOriginal(stolen, sealed.capsule), sealed, CONTEXT)).toMatchObject({ reason: 'cannot-open' });
  });

  test('proxies alone, without the reader, cannot put the key together', () => {
    const { keyFragments, owner } = scene;
    // They know the pieces, not the points: here they guess that the points are 1, 2, 3.
    const weights = accepted(lagrangeAtZero(SCALARS, [1n, 2n, 3n]));
    const guess = keyFragments.reduce((sum, { key }, index) => SCALARS.add(sum, SCALARS.mul(key, weights[index]!)), 0n);
    expect(guess).not.toBe(owner.secretKey);
  });

  test('a capsule without the proof of its maker is not re-encrypted', () => {
    const { capsule } = encapsulate(scene.owner.publicKey, scene.random);
    const shifted = { ...capsule, v: capsule.v.add(capsule.e) };
    expect(decodeCapsule(encodeCapsule(shifted as typeof capsule))).toMatchObject({ reason: 'capsule-proof' });
  });
});
