// The function against the vectors of its standard, through the same calls that serial numbers use.
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { describe, expect, test } from 'vitest';
import { accepted } from '../../../../tests/vectors/accepted.ts';
import { testRandomness } from '../../../../tests/vectors/randomness.ts';
import { VOPRF_RISTRETTO } from '../../../../tests/vectors/rfc9497.ts';
import { fromHex, toHex } from '../../base/index.ts';
import { bigEndian } from '../curves/index.ts';
import { blindInput, evaluateBlinded, finalizeSerial, serialNumberOf } from './serial.ts';

const { voprf } = ristretto255_oprf;
const keys = { secretKey: fromHex(VOPRF_RISTRETTO.secretKey), publicKey: fromHex(VOPRF_RISTRETTO.publicKey) };

/** A source that makes the library draw this scalar: it draws 1 + (bytes mod order - 1), little-endian. */
function drawing(scalarHex: string) {
  const wanted = bigEndian(fromHex(scalarHex).reverse()) - 1n;
  return {
    bytes: (sizeBytes: number) => fromHex(wanted.toString(16).padStart(2 * sizeBytes, '0')).reverse(),
  };
}

describe('RFC 9497, ristretto255-SHA512, verifiable mode', () => {
  test('derives the key pair from seed and information', () => {
    const derived = voprf.deriveKeyPair(fromHex(VOPRF_RISTRETTO.seed), fromHex(VOPRF_RISTRETTO.keyInfo));
    expect(toHex(derived.secretKey)).toBe(VOPRF_RISTRETTO.secretKey);
    expect(toHex(derived.publicKey)).toBe(VOPRF_RISTRETTO.publicKey);
  });

  test.each(VOPRF_RISTRETTO.single)('blinds, evaluates and finalises input $input', (vector) => {
    const request = blindInput(fromHex(vector.input), drawing(vector.blind));
    expect(toHex(request.blind)).toBe(vector.blind);
    expect(toHex(request.blinded)).toBe(vector.blinded);
    const answer = accepted(evaluateBlinded(keys, request.blinded, testRandomness('evaluate')));
    expect(toHex(answer.evaluated)).toBe(vector.evaluated);
    // Ours is hedged, so its proof is another one; the document's proof counts all the same, and both give the output.
    const published = { evaluated: fromHex(vector.evaluated), proof: fromHex(vector.proof) };
    const expected = serialNumberOf(fromHex(vector.output));
    expect(finalizeSerial(keys.publicKey, request, published)).toBe(expected);
    expect(finalizeSerial(keys.publicKey, request, answer)).toBe(expected);
    const drawn = drawing(vector.proofNonce);
    const proved = voprf.blindEvaluate(keys.secretKey, keys.publicKey, request.blinded, (sizeBytes = 32) => drawn.bytes(sizeBytes));
    expect(toHex(proved.proof)).toBe(vector.proof);
  });

  test('proves a batch', () => {
    const { inputs, blinds, blinded, evaluated, proof, proofNonce } = VOPRF_RISTRETTO.batch;
    const requests = inputs.map((input, index) => blindInput(fromHex(input), drawing(blinds[index]!)));
    expect(requests.map((request) => toHex(request.blinded))).toEqual(blinded);
    const drawn = drawing(proofNonce);
    const answer = voprf.blindEvaluateBatch(
      keys.secretKey,
      keys.publicKey,
      requests.map((request) => request.blinded),
      (sizeBytes = 32) => drawn.bytes(sizeBytes),
    );
    expect(answer.evaluated.map(toHex)).toEqual(evaluated);
    expect(toHex(answer.proof)).toBe(proof);
  });
});
