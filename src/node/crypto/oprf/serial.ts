// Serial numbers (P2-05, T13): an oblivious pseudorandom function. The clinic blinds the input, the authority evaluates and proves that it
// used its published key, the clinic unblinds. The authority learns neither the input nor the serial; without its key nobody can try
// inputs, and with its help one try costs one counted request. Source: RFC 9497, ristretto255-SHA512, verifiable mode.
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { type Brand, type Rejection, isRejection, reject, toHex } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { RISTRETTO_SCALARS, allAccepted, decodeEqualLogs, decodeRistretto, decodeScalar, hedgedRandomness } from '../curves/index.ts';

const { voprf } = ristretto255_oprf;

/** What belongs to one person in all clinics: 32 bytes in hexadecimal, pseudorandom without the authority's key. */
export type SerialNumber = Brand<string, 'SerialNumber'>;

export const SERIAL_KEY_SEED_BYTES = 32;
export const SERIAL_NUMBER_BYTES = 32;
/** A blinded or evaluated element on the wire. */
export const OPRF_ELEMENT_BYTES = 32;
/** The authority's proof on the wire. */
export const OPRF_PROOF_BYTES = 64;
const KEY_INFO = textToBytes('clinicord/serial-key/1');

export interface SerialKeyPair {
  readonly secretKey: Uint8Array;
  /** Published in the authority's certificate. */
  readonly publicKey: Uint8Array;
}

/** The authority's key from 32 secret bytes (RFC 9497, DeriveKeyPair). */
export function serialKeyPair(seed: Uint8Array): SerialKeyPair {
  return voprf.deriveKeyPair(seed, KEY_INFO);
}

export interface BlindedInput {
  readonly input: Uint8Array;
  /** Secret of the clinic, for one request. */
  readonly blind: Uint8Array;
  /** What the authority gets to see: 32 bytes that say nothing about the input. */
  readonly blinded: Uint8Array;
}

/** Blinds the bytes of `serialInput`. */
export function blindInput(input: Uint8Array, random: Randomness): BlindedInput {
  const { blind, blinded } = voprf.blind(input, (sizeBytes = 32) => random.bytes(sizeBytes));
  return { input, blind, blinded };
}

export interface Evaluation {
  readonly evaluated: Uint8Array;
  readonly proof: Uint8Array;
}

/** The authority's answer to a blinded element. It counts requests: see `spendEvaluation`. */
export function evaluateBlinded(keys: SerialKeyPair, blinded: Uint8Array, random: Randomness): Evaluation | Rejection {
  const element = decodeRistretto(blinded, 'the blinded element');
  if (isRejection(element)) return element;
  const hedged = hedgedRandomness(random, 'clinicord/oprf/evaluate/1', keys.secretKey, blinded);
  return voprf.blindEvaluate(keys.secretKey, keys.publicKey, blinded, (sizeBytes = 32) => hedged.bytes(sizeBytes));
}

/** The serial number that an output of the function stands for. */
export function serialNumberOf(output: Uint8Array): SerialNumber {
  return toHex(output.subarray(0, SERIAL_NUMBER_BYTES)) as SerialNumber;
}

/** The clinic's last step: checks that the answer is the published key's, and unblinds. */
export function finalizeSerial(publicKey: Uint8Array, request: BlindedInput, answer: Evaluation): SerialNumber | Rejection {
  const parts = allAccepted([
    decodeRistretto(publicKey, "the authority's key"),
    decodeRistretto(answer.evaluated, 'the evaluated element'),
    decodeEqualLogs(RISTRETTO_SCALARS, answer.proof),
    decodeScalar(RISTRETTO_SCALARS, request.blind, 'the blind'),
  ]);
  if (isRejection(parts)) return parts;
  try {
    const { input, blind, blinded } = request;
    return serialNumberOf(voprf.finalize(input, blind, answer.evaluated, blinded, publicKey, answer.proof));
  } catch {
    return reject('oprf-proof', 'the authority did not use its published key');
  }
}
