// A capsule: the public half of a fresh symmetric key, which the owner of the public key can recover, and proxies can turn towards
// somebody else. It proves itself, so that nobody re-encrypts what was not made by this protocol.
//   E = rG, V = uG, s = u + r H(E, V), key = (r + u) A = a (E + V)
// Source: Umbral, Encapsulate and Decapsulate.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Brand, type Rejection, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { allAccepted, decodeScalar, fieldsOf, randomScalar, scalarToBytes } from '../curves/index.ts';
import type { UmbralKeyPair } from './keys.ts';
import { UMBRAL_PRE, type UmbralParameters, domainScalar } from './parameters.ts';
import { GENERATOR, SCALARS, UMBRAL_POINT_BYTES, UMBRAL_SCALAR_BYTES, type UmbralPoint, decodePoint } from './points.ts';

/** 33 + 33 + 32 bytes. */
export const CAPSULE_BYTES = 2 * UMBRAL_POINT_BYTES + UMBRAL_SCALAR_BYTES;

interface CapsuleFields {
  readonly e: UmbralPoint;
  readonly v: UmbralPoint;
  readonly signature: bigint;
}
/** A capsule whose proof holds. */
export type Capsule = Brand<CapsuleFields, 'Capsule'>;

/** What the symmetric key is derived from: a compressed point, 33 bytes. Secret. */
export type KeySeed = Brand<Uint8Array, 'KeySeed'>;

/** H(E, V), the challenge of the capsule's proof. */
export function capsuleChallenge(capsule: Pick<CapsuleFields, 'e' | 'v'>, parameters: UmbralParameters): bigint {
  return domainScalar(parameters, 'CAPSULE_POINTS', capsule.e.toBytes(), capsule.v.toBytes());
}

/** Whether sG = V + H(E, V) E: whoever made the capsule knew r and u. */
function proves(capsule: CapsuleFields, parameters: UmbralParameters): boolean {
  const challenge = capsuleChallenge(capsule, parameters);
  const found = parameters.arithmetic.sum([GENERATOR, capsule.e], [capsule.signature, SCALARS.neg(challenge)]);
  return found.equals(capsule.v);
}

/** A fresh key for the owner of `delegatingKey`, and its capsule. */
export function encapsulate(
  delegatingKey: UmbralPoint,
  random: Randomness,
  parameters: UmbralParameters = UMBRAL_PRE,
): { readonly capsule: Capsule; readonly keySeed: KeySeed } {
  const r = randomScalar(SCALARS, random);
  const u = randomScalar(SCALARS, random);
  const points = { e: GENERATOR.multiply(r), v: GENERATOR.multiply(u) };
  const signature = SCALARS.add(u, SCALARS.mul(r, capsuleChallenge(points, parameters)));
  const keySeed = parameters.arithmetic.multiplySecret(SCALARS.add(r, u), delegatingKey).toBytes() as KeySeed;
  return { capsule: { ...points, signature } as Capsule, keySeed };
}

/** What the owner of the delegating key finds in her own capsule: a (E + V). */
export function openOriginal(keys: UmbralKeyPair, capsule: Capsule, parameters: UmbralParameters = UMBRAL_PRE): KeySeed {
  return parameters.arithmetic.multiplySecret(keys.secretKey, capsule.e.add(capsule.v)).toBytes() as KeySeed;
}

export function encodeCapsule(capsule: Capsule): Uint8Array {
  return concatBytes(capsule.e.toBytes(), capsule.v.toBytes(), scalarToBytes(SCALARS, capsule.signature));
}

/** A capsule, checked: its points, its scalar and its proof. */
export function decodeCapsule(bytes: Uint8Array, parameters: UmbralParameters = UMBRAL_PRE): Capsule | Rejection {
  const fields = fieldsOf(bytes, 'a capsule', UMBRAL_POINT_BYTES, UMBRAL_POINT_BYTES, UMBRAL_SCALAR_BYTES);
  if (isRejection(fields)) return fields;
  const [eBytes, vBytes, signatureBytes] = fields as [Uint8Array, Uint8Array, Uint8Array];
  const parts = allAccepted([decodePoint(eBytes, 'E'), decodePoint(vBytes, 'V'), decodeScalar(SCALARS, signatureBytes, 's')]);
  if (isRejection(parts)) return parts;
  const [e, v, signature] = parts;
  const capsule = { e, v, signature };
  return proves(capsule, parameters) ? (capsule as Capsule) : reject('capsule-proof', "the capsule's proof does not hold");
}
