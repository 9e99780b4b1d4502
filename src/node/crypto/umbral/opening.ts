// The reader's end: `threshold` fragments and his secret key give what the owner would have found in the capsule.
//   E' = sum of lambda_i E_1i, V' likewise, key = d (E' + V'); checked first: (s / d) A = V' + H(E, V) E'
// Fewer fragments, fragments of two delegations or of another capsule fail the check. Source: Umbral, DecapsulateFrags.
import { type Rejection, isRejection, present, reject } from '../../base/index.ts';
import { lagrangeAtZero } from '../curves/index.ts';
import { type Capsule, type KeySeed, capsuleChallenge } from './capsule.ts';
import type { VerifiedCapsuleFragment } from './capsule-frag.ts';
import { sharePoint, sharedSecret } from './key-frag.ts';
import type { UmbralKeyPair } from './keys.ts';
import { UMBRAL_PRE, type UmbralParameters } from './parameters.ts';
import { SCALARS, type UmbralPoint } from './points.ts';

/** The key's seed, or why these fragments do not give it. */
export function openReencrypted(
  reader: UmbralKeyPair,
  delegatingKey: UmbralPoint,
  capsule: Capsule,
  fragments: readonly VerifiedCapsuleFragment[],
  parameters: UmbralParameters = UMBRAL_PRE,
): KeySeed | Rejection {
  if (fragments.length === 0) return reject('no-fragments', 'no fragment was given');
  const { precursor } = present(fragments[0], 'the first fragment');
  if (!fragments.every((fragment) => fragment.precursor.equals(precursor))) {
    return reject('mixed-fragments', 'the fragments are of more than one delegation');
  }
  const dhPoint = parameters.arithmetic.multiplySecret(reader.secretKey, precursor);
  const weights = lagrangeAtZero(
    SCALARS,
    fragments.map(({ id }) => sharePoint(parameters, precursor, reader.publicKey, dhPoint, id)),
  );
  if (isRejection(weights)) return weights;
  const { arithmetic } = parameters;
  // The weights belong to one delegation and are useless without its fragments: a walk that depends on them may see them.
  const e = arithmetic.sum(
    fragments.map(({ e1 }) => e1),
    weights,
  );
  const v = arithmetic.sum(
    fragments.map(({ v1 }) => v1),
    weights,
  );
  const d = sharedSecret(parameters, precursor, reader.publicKey, dhPoint);
  const h = capsuleChallenge(capsule, parameters);
  const expected = arithmetic.sum([delegatingKey], [SCALARS.div(capsule.signature, d)]);
  if (!arithmetic.sum([e], [h]).add(v).equals(expected)) {
    return reject('not-enough-fragments', 'these fragments do not open the capsule: too few, or of another capsule, reader or owner');
  }
  return arithmetic.multiplySecret(d, e.add(v)).toBytes() as KeySeed;
}
