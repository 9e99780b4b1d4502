// Opening (Open): each opener contributes its part of the decryption with a proof; anybody puts `threshold` parts together, checks them, and
// finds the identity point that the enrolment of one party names. No opener opens alone, and nobody is accused without proof (T14, P2-20).
//   D_j = z_j C_1 with the proof log_g1 Z_j = log_C1 D_j;  I = C_2 - sum of lambda_j D_j
// Source: Desmedt, Frankel: Threshold cryptosystems (1989); Shoup, Gennaro (1998) on proving parts.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  BLS_SCALARS,
  type EqualLogsClaim,
  type EqualLogsProof,
  G1,
  G1_BYTES,
  type G1Point,
  allAccepted,
  combinePartials,
  decodeEqualLogs,
  decodeG1,
  encodeG1,
  encodeEqualLogs,
  equalLogsHold,
  fieldsOf,
  framed,
  holderPoint,
  proveEqualLogs,
  uint32Bytes,
} from '../curves/index.ts';
import type { Group } from './group-key.ts';
import { type VerifiedGroupSignature, encodeGroupSignature } from './signature.ts';

const USE = 'clinicord/group-signature/opening/1';
const PROOF_BYTES = 2 * BLS_SCALARS.BYTES;
export const OPENING_PART_BYTES = 1 + G1_BYTES + PROOF_BYTES;

/** What opener number `holder` says about a signature. */
export interface OpeningPart {
  readonly holder: number;
  readonly point: G1Point;
  readonly proof: EqualLogsProof;
}

function claimOf(group: Group, signature: VerifiedGroupSignature, holder: number, point: G1Point): EqualLogsClaim<G1Point> {
  return {
    publicPoint: holderPoint(G1, group.key.opening, holder),
    bases: [signature.c1],
    images: [point],
    context: framed(group.id, uint32Bytes(holder), encodeGroupSignature(signature)),
  };
}

/** An opener's part. Only verified signatures are opened: anything else would let a stranger use the openers to decrypt. */
export function openingPart(
  group: Group,
  signature: VerifiedGroupSignature,
  holder: number,
  share: bigint,
  random: Randomness,
): OpeningPart {
  const point = signature.c1.multiply(share);
  return { holder, point, proof: proveEqualLogs(G1, USE, share, claimOf(group, signature, holder, point), random) };
}

/** Why a part does not count, or null. */
export function refusesOpeningPart(group: Group, signature: VerifiedGroupSignature, part: OpeningPart): Rejection | null {
  if (part.holder < 1 || part.holder > group.key.openers) return reject('bad-holder', `the group has ${group.key.openers} openers`);
  return equalLogsHold(G1, USE, claimOf(group, signature, part.holder, part.point), part.proof)
    ? null
    : reject('opening-proof', `opener ${part.holder} did not use its share of the opening key`);
}

/** The identity point of the signer, which one enrolment has; or why the parts do not show it. Anybody can do this. */
export function openSignature(group: Group, signature: VerifiedGroupSignature, parts: readonly OpeningPart[]): G1Point | Rejection {
  for (const part of parts) {
    const refused = refusesOpeningPart(group, signature, part);
    if (refused !== null) return refused;
  }
  const mask = combinePartials(G1, parts, group.key.opening.length);
  return isRejection(mask) ? mask : signature.c2.subtract(mask);
}

export function encodeOpeningPart(part: OpeningPart): Uint8Array {
  return concatBytes(Uint8Array.of(part.holder), encodeG1(part.point), encodeEqualLogs(BLS_SCALARS, part.proof));
}

export function decodeOpeningPart(bytes: Uint8Array): OpeningPart | Rejection {
  const fields = fieldsOf(bytes, 'a part of an opening', 1, G1_BYTES, PROOF_BYTES);
  if (isRejection(fields)) return fields;
  const [[holder = 0] = [], pointBytes = bytes, proofBytes = bytes] = fields;
  const parts = allAccepted([decodeG1(pointBytes, 'the part'), decodeEqualLogs(BLS_SCALARS, proofBytes)]);
  return isRejection(parts) ? parts : { holder, point: parts[0], proof: parts[1] };
}
