// The same function with the key shared among authorities (T13): no one of them can evaluate alone, any `threshold` can, each proves its
// part. The serial is the one that the whole key would give. The key is made by adding sharings (curves/sharing.ts), so that nobody ever
// holds it. Source: Jarecki, Kiayias, Krawczyk, Xu: TOPPSS (2017); RFC 9497 for the function.
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  type Commitments,
  type EqualLogsProof,
  MAX_HOLDERS,
  RISTRETTO,
  RISTRETTO_POINT_BYTES,
  RISTRETTO_SCALARS,
  type RistrettoPoint,
  allAccepted,
  combinePartials,
  decodeRistretto,
  decodeScalar,
  decodeEqualLogs,
  encodeEqualLogs,
  equalLogsHold,
  fieldsOf,
  framed,
  holderPoint,
  proveEqualLogs,
  uint32Bytes,
} from '../curves/index.ts';
import { type BlindedInput, type SerialNumber, serialNumberOf } from './serial.ts';

const USE = 'clinicord/oprf/partial/1';
const contextOf = (holder: number): Uint8Array => framed(textToBytes(USE), uint32Bytes(holder));

/** One authority's part of an evaluation. */
export interface PartialEvaluation {
  readonly holder: number;
  readonly point: RistrettoPoint;
  readonly proof: EqualLogsProof;
}

/** Holder, point, proof. */
export const PARTIAL_EVALUATION_BYTES = 1 + RISTRETTO_POINT_BYTES + 2 * RISTRETTO_SCALARS.BYTES;

export function encodePartialEvaluation(part: PartialEvaluation): Uint8Array {
  return concatBytes(Uint8Array.of(part.holder), part.point.toBytes(), encodeEqualLogs(RISTRETTO_SCALARS, part.proof));
}

export function decodePartialEvaluation(bytes: Uint8Array): PartialEvaluation | Rejection {
  const fields = fieldsOf(bytes, 'a partial evaluation', 1, RISTRETTO_POINT_BYTES, 2 * RISTRETTO_SCALARS.BYTES);
  if (isRejection(fields)) return fields;
  const [[holder = 0] = [], pointBytes = bytes, proofBytes = bytes] = fields;
  if (holder < 1 || holder > MAX_HOLDERS) return reject('bad-holder', `holders are numbered from 1 to ${MAX_HOLDERS}`);
  const parts = allAccepted([decodeRistretto(pointBytes, 'the part'), decodeEqualLogs(RISTRETTO_SCALARS, proofBytes)]);
  return isRejection(parts) ? parts : { holder, point: parts[0], proof: parts[1] };
}

/** The part of the authority that holds `share`, the share number `holder`. */
export function evaluatePartially(holder: number, share: bigint, blinded: Uint8Array, random: Randomness): PartialEvaluation | Rejection {
  const base = decodeRistretto(blinded, 'the blinded element');
  if (isRejection(base)) return base;
  const point = base.multiply(share);
  const publicPoint = RISTRETTO.generator.multiply(share);
  const claim = { publicPoint, bases: [base], images: [point], context: contextOf(holder) };
  return { holder, point, proof: proveEqualLogs(RISTRETTO, USE, share, claim, random) };
}

/** Why one part does not count, or null: asked of each as it comes, so that another authority can be asked in time. */
export function refusesPartialEvaluation(
  commitments: Commitments<RistrettoPoint>,
  blinded: Uint8Array,
  part: PartialEvaluation,
): Rejection | null {
  const element = decodeRistretto(blinded, 'the blinded element');
  if (isRejection(element)) return element;
  return partialHolds(commitments, element, part) ? null : falsePart(part);
}

/** Whether a part was made with the share that the key's commitments give to its holder. */
function partialHolds(commitments: Commitments<RistrettoPoint>, blinded: RistrettoPoint, part: PartialEvaluation): boolean {
  const publicPoint = holderPoint(RISTRETTO, commitments, part.holder);
  const claim = { publicPoint, bases: [blinded], images: [part.point], context: contextOf(part.holder) };
  return equalLogsHold(RISTRETTO, USE, claim, part.proof);
}

/** The serial number from at least as many proved parts as the key has commitments. */
export function finalizeSerialFromParts(
  commitments: Commitments<RistrettoPoint>,
  request: BlindedInput,
  parts: readonly PartialEvaluation[],
): SerialNumber | Rejection {
  const decoded = allAccepted([
    decodeRistretto(request.blinded, 'the blinded element'),
    decodeScalar(RISTRETTO_SCALARS, request.blind, 'the blind'),
  ]);
  if (isRejection(decoded)) return decoded;
  const wrong = parts.find((part) => !partialHolds(commitments, decoded[0], part));
  if (wrong !== undefined) return falsePart(wrong);
  const evaluated = combinePartials(RISTRETTO, parts, commitments.length);
  if (isRejection(evaluated)) return evaluated;
  // Every part is proved: the last step is the one of the mode without a proof, which hashes alike (RFC 9497 section 3.3.1).
  return serialNumberOf(ristretto255_oprf.oprf.finalize(request.input, request.blind, evaluated.toBytes()));
}

function falsePart({ holder }: PartialEvaluation): Rejection {
  return reject('oprf-proof', `authority ${holder} did not use its share of the key`);
}
