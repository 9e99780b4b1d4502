// Signers and verifiers: one rule, in memory (noble) and by WebCrypto. Where engines would disagree, both say no.
import fc from 'fast-check';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createSeedSigners, createVerifier } from '../../../src/node/adapters/index.ts';
import { createMemorySeedSigners, createMemoryVerifier } from '../../../src/node/adapters/memory.ts';
import { signingPublicKey } from '../../../src/node/crypto/index.ts';
import { edgeVectors } from '../../vectors/ed25519-edges.ts';

const VERIFIERS = [
  ['memory', createMemoryVerifier],
  ['WebCrypto', createVerifier],
] as const;
const SIGNERS = [
  ['memory', createMemorySeedSigners],
  ['WebCrypto', createSeedSigners],
] as const;
const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe.each(VERIFIERS)('the verifier in %s', (_, make) => {
  test.each(edgeVectors().map((vector) => [vector.name, vector] as const))('refuses %s', async (__, vector) => {
    expect(await make().verify(vector.publicKey, vector.message, vector.signature)).toBe(false);
  });

  test('never throws, whatever it is given', async () => {
    const verifier = make();
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 40 }),
        fc.uint8Array({ maxLength: 10 }),
        fc.uint8Array({ maxLength: 70 }),
        async (key, bytes, signature) => {
          expect(await verifier.verify(key, bytes, signature)).toBe(false);
        },
      ),
    );
  });
});

describe.each(SIGNERS)('the signer in %s', (_, make) => {
  test('is deterministic and of its seed, and every verifier agrees', async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.uint8Array({ maxLength: 200 }), async (seed, bytes) => {
        const signer = await make().signerOf(seed);
        expect(signer.publicKey).toEqual(signingPublicKey(seed));
        const signature = await signer.sign(bytes);
        expect(signature).toEqual(await (await createMemorySeedSigners().signerOf(seed)).sign(bytes));
        for (const [, verifier] of VERIFIERS) expect(await verifier().verify(signer.publicKey, bytes, signature)).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('goes on when the seed is wiped, and shows no key', async () => {
    const seed = new Uint8Array(32).fill(3);
    const signer = await make().signerOf(seed);
    const before = await signer.sign(new Uint8Array(5));
    seed.fill(0);
    expect(await signer.sign(new Uint8Array(5))).toEqual(before);
    expect(Object.keys(signer).toSorted()).toEqual(['publicKey', 'sign']);
  });
});

test('the WebCrypto verifier forgets no key wrongly when it has seen very many', async () => {
  const verifier = createVerifier();
  const signers = createMemorySeedSigners();
  for (let index = 0; index < 1100; index += 1) {
    const seed = new Uint8Array(32).fill(1);
    seed[0] = index & 255;
    seed[1] = index >> 8;
    if (index % 100 !== 0) {
      await verifier.verify(signingPublicKey(seed), seed, new Uint8Array(64).fill(9));
      continue;
    }
    const signer = await signers.signerOf(seed);
    expect(await verifier.verify(signer.publicKey, seed, await signer.sign(seed))).toBe(true);
  }
});

test('the WebCrypto verifier refuses edge encodings before the engine sees them', async () => {
  const engine = vi.spyOn(crypto.subtle, 'verify');
  onTestFinished(() => engine.mockRestore());
  for (const vector of edgeVectors().filter(({ refused }) => refused === 'encoding')) {
    expect(await createVerifier().verify(vector.publicKey, vector.message, vector.signature)).toBe(false);
  }
  expect(engine).not.toHaveBeenCalled();
});
