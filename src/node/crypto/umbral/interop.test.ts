// Against an independent implementation (Rust, compiled to WebAssembly; development only): what one makes the other opens, in both
// directions and at every step. Its encodings wrap the same fields in MessagePack, which is written and read here by hand.
import { createRequire } from 'node:module';
import type * as Theirs from '@nucypher/umbral-pre';
import { concatBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { toHex } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { decodeCapsule, encodeCapsule, openOriginal } from './capsule.ts';
import { type CapsuleFragment, decodeCapsuleFragment, encodeCapsuleFragment, reencrypt, verifyCapsuleFragment } from './capsule-frag.ts';
import { type KeyFragment, decodeKeyFragment, generateKeyFragments, verifyKeyFragment } from './key-frag.ts';
import { decodeUmbralPublicKey, decodeUmbralSecretKey, encodeUmbralPublicKey, encodeUmbralSecretKey, umbralKeyPair } from './keys.ts';
import { openReencrypted } from './opening.ts';
import { UMBRAL_PRE } from './parameters.ts';
import { SCALARS } from './points.ts';
import { scalarToBytes } from '../curves/index.ts';
import { umbralOpen, umbralSeal } from './sealing.ts';

// The package's CommonJS build reads its own WebAssembly from the disk.
const theirs = createRequire(import.meta.url)('@nucypher/umbral-pre') as typeof Theirs;

const NO_CONTEXT = new Uint8Array(0);
const MESSAGE = textToBytes('peace at dawn');

/** MessagePack: an array's head, byte strings up to 255 long, true and false. */
const array = (...items: readonly Uint8Array[]) => concatBytes(Uint8Array.of(0x90 + items.length), ...items);
const bin = (bytes: Uint8Array) => concatBytes(Uint8Array.of(0xc4, bytes.byteLength), bytes);
const flag = (value: boolean) => Uint8Array.of(value ? 0xc3 : 0xc2);

/** The byte strings and flags of their encoding, in order, without the arrays around them. */
function leaves(bytes: Uint8Array): Uint8Array {
  const found: Uint8Array[] = [];
  for (let at = 0; at < bytes.byteLength;) {
    const head = bytes[at]!;
    if (head === 0xc4) {
      const size = bytes[at + 1]!;
      found.push(bytes.slice(at + 2, at + 2 + size));
      at += 2 + size;
    } else {
      if (head === 0xc2 || head === 0xc3) found.push(Uint8Array.of(head - 0xc2));
      else if ((head & 0xf0) !== 0x90) throw new Error(`unexpected head ${head}`);
      at += 1;
    }
  }
  return concatBytes(...found);
}

function keyFragmentToTheirs(fragment: KeyFragment): Uint8Array {
  const proof = array(
    bin(fragment.commitment.toBytes()),
    bin(fragment.signatureForProxy),
    bin(fragment.signatureForReader),
    flag(fragment.delegatingKeySigned),
    flag(fragment.receivingKeySigned),
  );
  const key = bin(scalarToBytes(SCALARS, fragment.key));
  return array(array(bin(UMBRAL_PRE.u.toBytes())), bin(fragment.id), key, bin(fragment.precursor.toBytes()), proof);
}

function capsuleFragmentToTheirs(fragment: CapsuleFragment): Uint8Array {
  const points = [fragment.e2, fragment.v2, fragment.commitment, fragment.u2].map((point) => bin(point.toBytes()));
  const proof = array(...points, bin(scalarToBytes(SCALARS, fragment.z)), bin(fragment.signature));
  return array(bin(fragment.e1.toBytes()), bin(fragment.v1.toBytes()), bin(fragment.id), bin(fragment.precursor.toBytes()), proof);
}

const capsuleToTheirs = (simple: Uint8Array) =>
  theirs.Capsule.fromBytes(array(bin(simple.slice(0, 33)), bin(simple.slice(33, 66)), bin(simple.slice(66))));

/** Owner, reader and signer, the same keys in both implementations. */
function cast(label: string) {
  const random = testRandomness(label);
  const ours = { owner: umbralKeyPair(random), reader: umbralKeyPair(random), signer: umbralKeyPair(random) };
  const secret = (keys: typeof ours.owner) => theirs.SecretKey.fromBEBytes(encodeUmbralSecretKey(keys));
  const delegation = {
    delegatingKey: ours.owner.publicKey,
    receivingKey: ours.reader.publicKey,
    verifyingKey: ours.signer.publicKey,
  };
  return { random, ours, delegation, theirs: { owner: secret(ours.owner), reader: secret(ours.reader), signer: secret(ours.signer) } };
}

describe('Umbral: an independent implementation', () => {
  test('has the same second generator', () => {
    const [x] = new theirs.Parameters().u.coordinates()!;
    expect(toHex(x)).toBe(UMBRAL_PRE.u.x.toString(16).padStart(64, '0'));
  });

  test('keys mean the same', () => {
    const secretKey = theirs.SecretKey.random();
    const ours = accepted(decodeUmbralSecretKey(secretKey.toBEBytes()));
    expect(encodeUmbralPublicKey(ours.publicKey)).toEqual(secretKey.publicKey().toCompressedBytes());
    expect(accepted(decodeUmbralPublicKey(secretKey.publicKey().toCompressedBytes())).equals(ours.publicKey)).toBe(true);
  });

  test('they open what we seal', () => {
    const { ours, theirs: their, random } = cast('we seal');
    const sealed = umbralSeal(ours.owner.publicKey, MESSAGE, NO_CONTEXT, random);
    const capsule = capsuleToTheirs(encodeCapsule(sealed.capsule));
    expect(theirs.decryptOriginal(their.owner, capsule, sealed.ciphertext)).toEqual(MESSAGE);
  });

  test('we open what they seal', () => {
    const { ours, theirs: their } = cast('they seal');
    const [capsule, ciphertext] = theirs.encrypt(their.owner.publicKey(), MESSAGE);
    const sealed = { capsule: accepted(decodeCapsule(capsule.toBytesSimple())), ciphertext };
    expect(umbralOpen(openOriginal(ours.owner, sealed.capsule), sealed, NO_CONTEXT)).toEqual(MESSAGE);
  });

  test('their fragments, our proxies, their reader', () => {
    const { delegation, theirs: their, random } = cast('their fragments');
    const [capsule, ciphertext] = theirs.encrypt(their.owner.publicKey(), MESSAGE);
    const ourCapsule = accepted(decodeCapsule(capsule.toBytesSimple()));
    const signer = new theirs.Signer(their.signer);
    const receivingKey = their.reader.publicKey();
    const proxied = theirs.generateKFrags(their.owner, receivingKey, signer, 2, 3, true, true).map((fragment) => {
      // Their encoding starts with the second generator, which ours does not repeat.
      const ours = accepted(decodeKeyFragment(leaves(fragment.toBytes()).slice(33)));
      const made = reencrypt(ourCapsule, accepted(verifyKeyFragment(ours, delegation)), random);
      const theirFragment = theirs.CapsuleFrag.fromBytes(capsuleFragmentToTheirs(made));
      return theirFragment.verify(capsule, signer.verifyingKey(), their.owner.publicKey(), receivingKey);
    });
    const opened = theirs.decryptReencrypted(their.reader, their.owner.publicKey(), capsule, proxied.slice(1), ciphertext);
    expect(opened).toEqual(MESSAGE);
  });

  test('our fragments, their proxies, our reader', () => {
    const { ours, delegation, theirs: their, random } = cast('our fragments');
    const sealed = umbralSeal(ours.owner.publicKey, MESSAGE, NO_CONTEXT, random);
    const theirCapsule = capsuleToTheirs(encodeCapsule(sealed.capsule));
    const order = { delegating: ours.owner, signer: ours.signer, receivingKey: ours.reader.publicKey, threshold: 2, shares: 3 };
    const proxied = generateKeyFragments(order, random).map((fragment) => {
      const verified = theirs.KeyFrag.fromBytes(keyFragmentToTheirs(fragment)).verify(
        their.signer.publicKey(),
        their.owner.publicKey(),
        their.reader.publicKey(),
      );
      const made = theirs.reencrypt(theirCapsule, verified);
      const bytes = made.toBytesSimple();
      expect(leaves(made.toBytes())).toEqual(bytes);
      const back = accepted(decodeCapsuleFragment(bytes));
      expect(encodeCapsuleFragment(back)).toEqual(bytes);
      return accepted(verifyCapsuleFragment(back, sealed.capsule, delegation));
    });
    const keySeed = accepted(openReencrypted(ours.reader, ours.owner.publicKey, sealed.capsule, proxied.slice(0, 2)));
    expect(umbralOpen(keySeed, sealed, NO_CONTEXT)).toEqual(MESSAGE);
  });
});
