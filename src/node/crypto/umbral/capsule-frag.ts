// Capsule fragments: what a proxy makes of a capsule with its key fragment, and the proof that it did just that.
//   E_1 = rk E, V_1 = rk V;  E_2 = tE, V_2 = tV, U_2 = tU;  h = H(E, E_1, E_2, V, V_1, V_2, U, U_1, U_2);  z = t + h rk
// Anybody checks: zE = E_2 + hE_1, zV = V_2 + hV_1, zU = U_2 + hU_1, and that the owner signed U_1. Source: Umbral, ReEncapsulate.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Brand, type Rejection, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { allAccepted, decodeScalar, fieldsOf, hedgedRandomness, randomScalar, scalarToBytes } from '../curves/index.ts';
import { type Capsule, encodeCapsule } from './capsule.ts';
import { type Delegation, FRAGMENT_ID_BYTES, type VerifiedKeyFragment, fragmentMessage } from './key-frag.ts';
import { fragmentSignatureHolds, refusesSignatureEncoding } from './keys.ts';
import { UMBRAL_PRE, type UmbralParameters, domainScalar } from './parameters.ts';
import { SCALARS, UMBRAL_POINT_BYTES as POINT, UMBRAL_SCALAR_BYTES, type UmbralPoint, decodePoint } from './points.ts';

const LAYOUT = [POINT, POINT, FRAGMENT_ID_BYTES, POINT, POINT, POINT, POINT, POINT, UMBRAL_SCALAR_BYTES, 64];
/** 359 bytes. */
export const CAPSULE_FRAGMENT_BYTES = LAYOUT.reduce((sum, size) => sum + size, 0);

/** As it comes from the wire: well-formed, not verified. */
export interface CapsuleFragment {
  readonly e1: UmbralPoint;
  readonly v1: UmbralPoint;
  readonly id: Uint8Array;
  readonly precursor: UmbralPoint;
  readonly e2: UmbralPoint;
  readonly v2: UmbralPoint;
  /** U_1, the key fragment's commitment, and U_2. */
  readonly commitment: UmbralPoint;
  readonly u2: UmbralPoint;
  readonly z: bigint;
  /** The owner's signature of the key fragment, for the reader. */
  readonly signature: Uint8Array;
}
/** Proved: it counts towards the threshold. */
export type VerifiedCapsuleFragment = Brand<CapsuleFragment, 'VerifiedCapsuleFragment'>;

function challenge(parameters: UmbralParameters, capsule: Capsule, fragment: Omit<CapsuleFragment, 'z'>): bigint {
  const { e1, e2, v1, v2, commitment, u2 } = fragment;
  const points = [capsule.e, e1, e2, capsule.v, v1, v2, parameters.u, commitment, u2];
  return domainScalar(parameters, 'CFRAG_VERIFICATION', ...points.map((point) => point.toBytes()), parameters.proofSuffix);
}

/** A proxy's work. It sees neither the key nor the record; the proof is hedged against a source of randomness that repeats. */
export function reencrypt(
  capsule: Capsule,
  fragment: VerifiedKeyFragment,
  random: Randomness,
  parameters: UmbralParameters = UMBRAL_PRE,
): VerifiedCapsuleFragment {
  const hedged = hedgedRandomness(random, 'clinicord/umbral/reencrypt/1', scalarToBytes(SCALARS, fragment.key), encodeCapsule(capsule));
  const t = randomScalar(SCALARS, hedged);
  const unproved = {
    e1: parameters.arithmetic.multiplySecret(fragment.key, capsule.e),
    v1: parameters.arithmetic.multiplySecret(fragment.key, capsule.v),
    id: fragment.id,
    precursor: fragment.precursor,
    e2: parameters.arithmetic.multiplySecret(t, capsule.e),
    v2: parameters.arithmetic.multiplySecret(t, capsule.v),
    commitment: fragment.commitment,
    u2: parameters.arithmetic.multiplySecret(t, parameters.u),
    signature: fragment.signatureForReader,
  };
  const z = SCALARS.add(t, SCALARS.mul(fragment.key, challenge(parameters, capsule, unproved)));
  return { ...unproved, z } as VerifiedCapsuleFragment;
}

/** What a reader, or anybody, checks before a fragment counts. */
export function verifyCapsuleFragment(
  fragment: CapsuleFragment,
  capsule: Capsule,
  delegation: Delegation,
  parameters: UmbralParameters = UMBRAL_PRE,
): VerifiedCapsuleFragment | Rejection {
  const message = fragmentMessage(fragment, delegation.delegatingKey, delegation.receivingKey);
  if (!fragmentSignatureHolds(delegation.verifyingKey, message, fragment.signature)) {
    return reject('fragment-signature', 'the key behind this fragment is not signed for this delegation');
  }
  const minusH = SCALARS.neg(challenge(parameters, capsule, fragment));
  const answers = (base: UmbralPoint, image: UmbralPoint): UmbralPoint => parameters.arithmetic.sum([base, image], [fragment.z, minusH]);
  const holds =
    answers(capsule.e, fragment.e1).equals(fragment.e2) &&
    answers(capsule.v, fragment.v1).equals(fragment.v2) &&
    answers(parameters.u, fragment.commitment).equals(fragment.u2);
  return holds
    ? (fragment as VerifiedCapsuleFragment)
    : reject('reencryption-proof', 'the proxy did not re-encrypt with the key it was given');
}

export function encodeCapsuleFragment(fragment: CapsuleFragment): Uint8Array {
  const { e1, v1, id, precursor, e2, v2, commitment, u2, z, signature } = fragment;
  const [first, second, ...others] = [e1, v1, precursor, e2, v2, commitment, u2].map((point) => point.toBytes());
  return concatBytes(first ?? id, second ?? id, id, ...others, scalarToBytes(SCALARS, z), signature);
}

export function decodeCapsuleFragment(bytes: Uint8Array): CapsuleFragment | Rejection {
  const fields = fieldsOf(bytes, 'a capsule fragment', ...LAYOUT);
  if (isRejection(fields)) return fields;
  const at = (index: number): Uint8Array => fields[index] ?? new Uint8Array(0);
  const parts = allAccepted([
    decodePoint(at(0), 'E_1'),
    decodePoint(at(1), 'V_1'),
    decodePoint(at(3), 'the precursor'),
    decodePoint(at(4), 'E_2'),
    decodePoint(at(5), 'V_2'),
    decodePoint(at(6), 'U_1'),
    decodePoint(at(7), 'U_2'),
    decodeScalar(SCALARS, at(8), 'z'),
  ]);
  if (isRejection(parts)) return parts;
  const refused = refusesSignatureEncoding(at(9));
  if (refused !== null) return refused;
  const [e1, v1, precursor, e2, v2, commitment, u2, z] = parts;
  return { e1, v1, id: at(2), precursor, e2, v2, commitment, u2, z, signature: at(9) };
}
