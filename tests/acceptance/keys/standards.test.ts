// Signing and delivery of keys against their standards: RFC 8032 and RFC 9180, on every implementation that the product runs.
import { describe, expect, test } from 'vitest';
import { createMemorySeedSigners, createMemoryVerifier } from '../../../src/node/adapters/memory.ts';
import { createKeyWrap, createRandomness, createSeedSigners, createVerifier } from '../../../src/node/adapters/node.ts';
import { fromHex, toHex } from '../../../src/node/base/index.ts';
import { wrapPublicKey } from '../../../src/node/crypto/index.ts';
import { RFC8032 } from '../../vectors/rfc8032.ts';
import { RFC9180_A11, hpkeOpen, hpkeSeal } from '../../vectors/rfc9180.ts';

describe.each([
  ['memory', createMemorySeedSigners(), createMemoryVerifier()],
  ['WebCrypto', createSeedSigners(), createVerifier()],
] as const)('Ed25519 in %s', (_, signers, verifier) => {
  test.each(RFC8032.map((vector) => [vector.name, vector] as const))('is RFC 8032: %s', async (_name, vector) => {
    const signer = await signers.signerOf(fromHex(vector.seed));
    const message = fromHex(vector.message);
    const signature = await signer.sign(message);
    expect([toHex(signer.publicKey), toHex(signature)]).toEqual([vector.publicKey, vector.signature]);
    expect(await verifier.verify(signer.publicKey, message, signature)).toBe(true);
    expect(await verifier.verify(signer.publicKey, Uint8Array.of(...message, 0), signature)).toBe(false);
  });
});

describe('HPKE', () => {
  const keyWrap = createKeyWrap();
  const randomness = createRandomness();
  const bytes = Object.fromEntries(Object.entries(RFC9180_A11).map(([name, text]) => [name, fromHex(text)])) as Record<
    keyof typeof RFC9180_A11,
    Uint8Array
  >;

  test('the second implementation is RFC 9180, appendix A.1.1', () => {
    const sealed = hpkeSeal({ aead: 1 }, bytes.skEm, bytes.pkRm, bytes.info, bytes.aad, bytes.plaintext);
    expect(toHex(sealed.enc)).toBe(RFC9180_A11.pkEm);
    expect(toHex(sealed.secret)).toBe(RFC9180_A11.sharedSecret);
    expect(toHex(sealed.key)).toBe(RFC9180_A11.key);
    expect(toHex(sealed.nonce)).toBe(RFC9180_A11.nonce);
    expect(toHex(sealed.ciphertext)).toBe(RFC9180_A11.ciphertext);
    expect(hpkeOpen({ aead: 1 }, bytes.skRm, sealed.enc, bytes.info, bytes.aad, sealed.ciphertext)).toEqual(bytes.plaintext);
  });

  test('what the product wraps the second implementation opens, and the reverse (AES-256-GCM)', async () => {
    const [privateKey, secret, context] = [randomness.bytes(32), randomness.bytes(32), randomness.bytes(70)];
    const wrapped = await keyWrap.wrap(wrapPublicKey(privateKey), secret, context);
    expect(hpkeOpen({ aead: 2 }, privateKey, wrapped.slice(0, 32), context, context, wrapped.slice(32))).toEqual(secret);
    const { enc, ciphertext } = hpkeSeal({ aead: 2 }, randomness.bytes(32), wrapPublicKey(privateKey), context, context, secret);
    expect(await keyWrap.unwrap(privateKey, Uint8Array.of(...enc, ...ciphertext), context)).toEqual(secret);
  });
});
