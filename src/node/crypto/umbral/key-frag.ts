// Key fragments: the owner of a delegating key cuts "from me to this reader" into pieces, one for each proxy, so that `threshold` of
// them re-encrypt and fewer learn nothing. Each is signed, so that a proxy knows whose it is and the reader can check its work.
//   X = xG, D = xB, d = H(X, B, D), f(0) = a / d, share i = f(H'(X, B, D, id_i)), commitment U_1 = rk U
// The point of a share is known to owner and reader only: proxies alone cannot put the key together. Source: Umbral, GenerateKFrags.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Brand, type Rejection, assert, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  type Polynomial,
  allAccepted,
  decodeScalar,
  evaluate,
  fieldsOf,
  randomPolynomial,
  randomScalar,
  scalarToBytes,
} from '../curves/index.ts';
import { type UmbralKeyPair, fragmentSignatureHolds, refusesSignatureEncoding, signFragment } from './keys.ts';
import { UMBRAL_PRE, type UmbralParameters, domainScalar } from './parameters.ts';
import { GENERATOR, SCALARS, UMBRAL_POINT_BYTES, UMBRAL_SCALAR_BYTES, type UmbralPoint, decodePoint } from './points.ts';

export const FRAGMENT_ID_BYTES = 32;
const SIGNATURE_BYTES = 64;
const LAYOUT = [FRAGMENT_ID_BYTES, UMBRAL_SCALAR_BYTES, UMBRAL_POINT_BYTES, UMBRAL_POINT_BYTES, SIGNATURE_BYTES, SIGNATURE_BYTES, 1, 1];
/** 260 bytes. */
export const KEY_FRAGMENT_BYTES = LAYOUT.reduce((sum, size) => sum + size, 0);
/** More proxies for one grant than this serve nobody (R18). */
export const MAX_KEY_FRAGMENTS = 64;

/** As it comes from the wire: well-formed, not verified. `key` is secret. */
export interface KeyFragment {
  readonly id: Uint8Array;
  readonly key: bigint;
  readonly precursor: UmbralPoint;
  readonly commitment: UmbralPoint;
  readonly signatureForProxy: Uint8Array;
  readonly signatureForReader: Uint8Array;
  /** Whether the proxy's signature covers the delegating and the receiving key; ours always covers both. */
  readonly delegatingKeySigned: boolean;
  readonly receivingKeySigned: boolean;
}
/** Signed by the owner for this reader: good for re-encrypting. */
export type VerifiedKeyFragment = Brand<KeyFragment, 'VerifiedKeyFragment'>;

/** From whom to whom, and who signed. */
export interface Delegation {
  readonly delegatingKey: UmbralPoint;
  readonly receivingKey: UmbralPoint;
  readonly verifyingKey: UmbralPoint;
}

/** d: what owner and reader share and nobody else knows. */
export function sharedSecret(
  parameters: UmbralParameters,
  precursor: UmbralPoint,
  receivingKey: UmbralPoint,
  dhPoint: UmbralPoint,
): bigint {
  return domainScalar(parameters, 'SHARED_SECRET', precursor.toBytes(), receivingKey.toBytes(), dhPoint.toBytes());
}

/** The point at which a fragment's key is the polynomial's value. */
export function sharePoint(
  parameters: UmbralParameters,
  precursor: UmbralPoint,
  receivingKey: UmbralPoint,
  dhPoint: UmbralPoint,
  id: Uint8Array,
): bigint {
  return domainScalar(parameters, 'POLYNOMIAL_ARG', precursor.toBytes(), receivingKey.toBytes(), dhPoint.toBytes(), id);
}

/** What a fragment's signatures cover; a key that is not signed leaves a zero byte. */
export function fragmentMessage(
  fragment: Pick<KeyFragment, 'id' | 'commitment' | 'precursor'>,
  delegatingKey: UmbralPoint | null,
  receivingKey: UmbralPoint | null,
): Uint8Array {
  const named = (key: UmbralPoint | null) => (key === null ? [Uint8Array.of(0)] : [Uint8Array.of(1), key.toBytes()]);
  return concatBytes(
    fragment.id,
    fragment.commitment.toBytes(),
    fragment.precursor.toBytes(),
    ...named(delegatingKey),
    ...named(receivingKey),
  );
}

export interface FragmentOrder {
  readonly delegating: UmbralKeyPair;
  readonly signer: UmbralKeyPair;
  readonly receivingKey: UmbralPoint;
  /** How many fragments re-encrypt, and how many are made: 1 to 64. */
  readonly threshold: number;
  readonly shares: number;
}

/** The fragments of one delegation. Each is a secret of the proxy that it is sent to. */
export function generateKeyFragments(
  order: FragmentOrder,
  random: Randomness,
  parameters: UmbralParameters = UMBRAL_PRE,
): readonly VerifiedKeyFragment[] {
  const { delegating, signer, receivingKey, threshold, shares } = order;
  assert(
    threshold >= 1 && threshold <= shares && shares <= MAX_KEY_FRAGMENTS,
    `a threshold is from 1 to the shares, at most ${MAX_KEY_FRAGMENTS}`,
  );
  const privatePrecursor = randomScalar(SCALARS, random);
  const precursor = GENERATOR.multiply(privatePrecursor);
  const dhPoint = parameters.arithmetic.multiplySecret(privatePrecursor, receivingKey);
  const d = sharedSecret(parameters, precursor, receivingKey, dhPoint);
  const polynomial: Polynomial = randomPolynomial(SCALARS, SCALARS.div(delegating.secretKey, d), threshold, random);
  return Array.from({ length: shares }, () => {
    const id = random.bytes(FRAGMENT_ID_BYTES);
    const key = evaluate(SCALARS, polynomial, sharePoint(parameters, precursor, receivingKey, dhPoint, id));
    const unsigned = { id, precursor, commitment: parameters.u.multiply(key) };
    const signature = signFragment(signer, fragmentMessage(unsigned, delegating.publicKey, receivingKey));
    const signed = { signatureForProxy: signature, signatureForReader: signature, delegatingKeySigned: true, receivingKeySigned: true };
    return { ...unsigned, ...signed, key } as VerifiedKeyFragment;
  });
}

/** What a proxy checks before it keeps a fragment: its commitment and the owner's two signatures. */
export function verifyKeyFragment(
  fragment: KeyFragment,
  delegation: Delegation,
  parameters: UmbralParameters = UMBRAL_PRE,
): VerifiedKeyFragment | Rejection {
  if (!parameters.u.multiply(fragment.key).equals(fragment.commitment)) {
    return reject('fragment-commitment', 'the fragment does not commit to its key');
  }
  const { delegatingKey, receivingKey, verifyingKey } = delegation;
  const forProxy = fragmentMessage(
    fragment,
    fragment.delegatingKeySigned ? delegatingKey : null,
    fragment.receivingKeySigned ? receivingKey : null,
  );
  const forReader = fragmentMessage(fragment, delegatingKey, receivingKey);
  // The reader will check his signature: a proxy that did not would find out only when nobody can use its work.
  return fragmentSignatureHolds(verifyingKey, forProxy, fragment.signatureForProxy) &&
    fragmentSignatureHolds(verifyingKey, forReader, fragment.signatureForReader)
    ? (fragment as VerifiedKeyFragment)
    : reject('fragment-signature', 'the fragment is not signed for this delegation');
}

export function encodeKeyFragment(fragment: KeyFragment): Uint8Array {
  return concatBytes(
    fragment.id,
    scalarToBytes(SCALARS, fragment.key),
    fragment.precursor.toBytes(),
    fragment.commitment.toBytes(),
    fragment.signatureForProxy,
    fragment.signatureForReader,
    Uint8Array.of(Number(fragment.delegatingKeySigned), Number(fragment.receivingKeySigned)),
  );
}

export function decodeKeyFragment(bytes: Uint8Array): KeyFragment | Rejection {
  const fields = fieldsOf(bytes, 'a key fragment', ...LAYOUT);
  if (isRejection(fields)) return fields;
  const [id, keyBytes, precursorBytes, commitmentBytes, signatureForProxy, signatureForReader, first, second] = fields as Uint8Array[] &
    Record<0 | 1 | 2 | 3 | 4 | 5 | 6 | 7, Uint8Array>;
  const parts = allAccepted([
    decodeScalar(SCALARS, keyBytes, 'the key'),
    decodePoint(precursorBytes, 'the precursor'),
    decodePoint(commitmentBytes, 'the commitment'),
  ]);
  if (isRejection(parts)) return parts;
  const refused = refusesSignatureEncoding(signatureForProxy) ?? refusesSignatureEncoding(signatureForReader);
  if (refused !== null) return refused;
  const flags = [first[0] ?? 0, second[0] ?? 0];
  if (flags.some((flag) => flag > 1)) return reject('bad-flag', 'a flag is neither 0 nor 1');
  const [key, precursor, commitment] = parts;
  const signed = { signatureForProxy, signatureForReader, delegatingKeySigned: flags[0] === 1, receivingKeySigned: flags[1] === 1 };
  return { id, key, precursor, commitment, ...signed };
}
