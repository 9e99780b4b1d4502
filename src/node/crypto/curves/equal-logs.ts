// "The same secret multiplies all these bases": a proof of 64 bytes for any number of pairs of points. Pairs after the first are folded
// into one by weights that follow from all of them, so that proving and checking hardly grow.
//   fold: B = sum w_i B_i, X = sum w_i X_i;  R = rG, S = rB;  c = H(G, P, all pairs, R, S);  z = r + c s;  check c = H(..., zG - cP, zB - cX)
// Sources: Chaum, Pedersen: Wallet databases with observers (1992); RFC 9497 section 2.2 (composites); Fiat, Shamir (1986).
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import type { Group, GroupPoint } from './group.ts';
import { fieldsOf } from './layout.ts';
import { hedgedRandomness } from './randomness.ts';
import { type ScalarField, allAccepted, decodeScalar, randomScalar, scalarToBytes } from './scalars.ts';
import { framed, hashToScalar, uint32Bytes } from './transcript.ts';
import { sha256 } from '../hash.ts';

export interface EqualLogsProof {
  readonly challenge: bigint;
  readonly response: bigint;
}

/** What is claimed: `publicPoint` is the secret times the generator, and each image is the secret times its base. */
export interface EqualLogsClaim<P> {
  readonly publicPoint: P;
  readonly bases: readonly P[];
  readonly images: readonly P[];
  /** What the proof is for: bound into it, so that it proves nothing elsewhere. */
  readonly context: Uint8Array;
}

/** Weights need no more than 128 bits to keep a false pair from vanishing. */
const WEIGHT_MODULUS = 2n ** 128n;

interface Folded<P> {
  readonly seed: Uint8Array;
  readonly base: P;
  readonly image: P;
}

function fold<P extends GroupPoint<P>>(group: Group<P>, use: string, claim: EqualLogsClaim<P>): Folded<P> {
  const points = [group.generator, claim.publicPoint, ...claim.bases, ...claim.images].map((point) => group.encode(point));
  const seed = sha256(framed(textToBytes(use), claim.context, ...points));
  const weights = claim.bases.map((_, index) => hashToScalar(WEIGHT_MODULUS, `${use}/weight`, seed, uint32Bytes(index)));
  return { seed, base: group.sum(claim.bases, weights), image: group.sum(claim.images, weights) };
}

function challengeOf<P extends GroupPoint<P>>(group: Group<P>, use: string, seed: Uint8Array, r: P, s: P): bigint {
  return hashToScalar(group.scalars.ORDER, `${use}/challenge`, seed, group.encode(r), group.encode(s));
}

/** Proves a claim that holds. `use` names the protocol; the nonce is hedged with the secret and the claim. */
export function proveEqualLogs<P extends GroupPoint<P>>(
  group: Group<P>,
  use: string,
  secret: bigint,
  claim: EqualLogsClaim<P>,
  random: Randomness,
): EqualLogsProof {
  const { scalars } = group;
  const { seed, base } = fold(group, use, claim);
  const nonce = randomScalar(scalars, hedgedRandomness(random, use, scalarToBytes(scalars, secret), seed));
  const challenge = challengeOf(group, use, seed, group.generator.multiply(nonce), base.multiply(nonce));
  return { challenge, response: scalars.add(nonce, scalars.mul(challenge, secret)) };
}

export function equalLogsHold<P extends GroupPoint<P>>(
  group: Group<P>,
  use: string,
  claim: EqualLogsClaim<P>,
  proof: EqualLogsProof,
): boolean {
  if (claim.bases.length !== claim.images.length || claim.bases.length === 0) return false;
  const { seed, base, image } = fold(group, use, claim);
  const weights = [proof.response, group.scalars.neg(proof.challenge)];
  const r = group.sum([group.generator, claim.publicPoint], weights);
  const s = group.sum([base, image], weights);
  return challengeOf(group, use, seed, r, s) === proof.challenge;
}

export function encodeEqualLogs(scalars: ScalarField, proof: EqualLogsProof): Uint8Array {
  return concatBytes(scalarToBytes(scalars, proof.challenge), scalarToBytes(scalars, proof.response));
}

export function decodeEqualLogs(scalars: ScalarField, bytes: Uint8Array): EqualLogsProof | Rejection {
  const fields = fieldsOf(bytes, 'a proof of equal logarithms', scalars.BYTES, scalars.BYTES);
  if (isRejection(fields)) return fields;
  const [challengeBytes = bytes, responseBytes = bytes] = fields;
  const parts = allAccepted([decodeScalar(scalars, challengeBytes, 'the challenge'), decodeScalar(scalars, responseBytes, 'the response')]);
  if (isRejection(parts)) return reject(parts.reason, parts.detail);
  return { challenge: parts[0], response: parts[1] };
}
