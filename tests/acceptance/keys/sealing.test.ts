// Sealing: what was sealed opens with its key and its context, and with nothing else (fault 48).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createAead, createKeyWrap, createPassphraseHash, createRandomness } from '../../../src/node/adapters/node.ts';
import { createMemoryPassphraseHash, createSeededRandomness } from '../../../src/node/adapters/memory.ts';
import { wrapPublicKey } from '../../../src/node/crypto/index.ts';
import { codeOf } from '../storage/places.ts';

const randomness = createRandomness();
const context = new TextEncoder().encode('a record');
const bytes = fc.uint8Array({ maxLength: 500 });

function flipped(source: Uint8Array, bit: number): Uint8Array {
  const copy = source.slice();
  const at = bit % (8 * copy.byteLength);
  copy[at >> 3] = (copy[at >> 3] ?? 0) ^ (1 << (at & 7));
  return copy;
}

describe('AES-256-GCM', () => {
  const aead = createAead();

  test('opens what it sealed, never twice the same', async () => {
    await fc.assert(
      fc.asyncProperty(bytes, bytes, async (plaintext, associated) => {
        const key = randomness.bytes(32);
        const sealed = await aead.seal(key, plaintext, associated);
        expect(sealed.byteLength).toBe(plaintext.byteLength + 28);
        expect(await aead.open(key, sealed, associated)).toEqual(plaintext);
        expect(await aead.seal(key, plaintext, associated)).not.toEqual(sealed);
      }),
      { numRuns: 30 },
    );
  });

  test('does not open with another key, another context, any bit changed, or cut', async () => {
    const key = randomness.bytes(32);
    const sealed = await aead.seal(key, randomness.bytes(40), context);
    expect(await codeOf(aead.open(randomness.bytes(32), sealed, context))).toBe('cannot-open');
    expect(await codeOf(aead.open(key, sealed, new Uint8Array()))).toBe('cannot-open');
    for (let bit = 0; bit < 8 * sealed.byteLength; bit += 5)
      expect(await codeOf(aead.open(key, flipped(sealed, bit), context))).toBe('cannot-open');
    for (const length of [0, 11, 27, sealed.byteLength - 1])
      expect(await codeOf(aead.open(key, sealed.subarray(0, length), context))).toBe('cannot-open');
  });

  test('takes bytes that are a view of a larger buffer', async () => {
    const key = randomness.bytes(64).subarray(16, 48);
    const sealed = await aead.seal(key, randomness.bytes(100).subarray(50, 60), context.subarray(1));
    expect((await aead.open(key.slice(), sealed, context.slice(1))).byteLength).toBe(10);
  });
});

describe('HPKE', () => {
  const keyWrap = createKeyWrap();
  const secret = randomness.bytes(32);
  const privateKey = randomness.bytes(32);

  test('opens what it wrapped, in 80 bytes for a key, never twice the same', async () => {
    const wrapped = await keyWrap.wrap(wrapPublicKey(privateKey), secret, context);
    expect(wrapped.byteLength).toBe(80);
    expect(await keyWrap.unwrap(privateKey, wrapped, context)).toEqual(secret);
    expect(await keyWrap.wrap(wrapPublicKey(privateKey), secret, context)).not.toEqual(wrapped);
  });

  test('does not open with another key, another context, any bit changed, or cut', async () => {
    const wrapped = await keyWrap.wrap(wrapPublicKey(privateKey), secret, context);
    expect(await codeOf(keyWrap.unwrap(randomness.bytes(32), wrapped, context))).toBe('cannot-open');
    expect(await codeOf(keyWrap.unwrap(privateKey, wrapped, context.slice(1)))).toBe('cannot-open');
    for (let bit = 0; bit < 8 * wrapped.byteLength; bit += 13) {
      // The highest bit of an X25519 key is ignored by definition (RFC 7748); HPKE's key schedule still sees it.
      expect(await codeOf(keyWrap.unwrap(privateKey, flipped(wrapped, bit), context)), `bit ${bit}`).toBe('cannot-open');
    }
    for (const length of [0, 31, 32, 79])
      expect(await codeOf(keyWrap.unwrap(privateKey, wrapped.subarray(0, length), context))).toBe('cannot-open');
  });

  test('refuses to wrap to a key of small order or of a wrong length', async () => {
    expect(await codeOf(keyWrap.wrap(new Uint8Array(32), secret, context))).toBe('unusable-key');
    expect(await codeOf(keyWrap.wrap(new Uint8Array(31), secret, context))).toBe('unusable-key');
  });
});

describe.each([
  ['memory', createMemoryPassphraseHash],
  ['Argon2id', createPassphraseHash],
] as const)('the passphrase hash in %s', (_, make) => {
  const salt = new Uint8Array(16).fill(1);

  test('gives the same 32 bytes for the same passphrase, however its letters are composed', async () => {
    const key = await make().derive('contraseña', salt);
    expect(key.byteLength).toBe(32);
    expect(await make().derive('contrasen\u0303a', salt)).toEqual(key);
  });

  test('gives other bytes for another passphrase or salt, and these open nothing', async () => {
    const aead = createAead();
    const right = await make().derive('right', salt);
    const wrong = await make().derive('wrong', salt);
    expect(await make().derive('right', new Uint8Array(16))).not.toEqual(right);
    const sealed = await aead.seal(right, new Uint8Array(32), context);
    expect(await codeOf(aead.open(wrong, sealed, context))).toBe('cannot-open');
    expect(await aead.open(right, sealed, context)).toEqual(new Uint8Array(32));
  });
});

test('Argon2id has the product’s parameters: 19 MiB, two passes, one lane', async () => {
  const key = await createPassphraseHash().derive('passphrase', new TextEncoder().encode('0123456789abcdef'));
  expect(Buffer.from(key).toString('hex')).toMatchInlineSnapshot(`"acf59c5bba2739aa33831afcab921715b17ca964c256e44f32ea504bb4bac804"`);
});

describe.each([
  ['memory', () => createSeededRandomness('a seed')],
  ['the platform', createRandomness],
] as const)('randomness of %s', (_, make) => {
  test('gives as many bytes as asked for, and never the same again', () => {
    const source = make();
    for (const size of [0, 1, 31, 32, 33, 65_537, 200_000]) expect(source.bytes(size).byteLength).toBe(size);
    expect(source.bytes(32)).not.toEqual(source.bytes(32));
    expect(new Set(source.bytes(100_000)).size).toBe(256);
  });
});
