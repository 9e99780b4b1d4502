// "I know the secrets behind these points": one proof for several points of one group, bound to what it is for.
//   R_i = r_i G;  c = H(context, all P_i, all R_i);  z_i = r_i + c s_i;  check c = H(context, all P_i, all z_i G - c P_i)
// Sources: Schnorr: Efficient signature generation by smart cards (1991); Fiat, Shamir (1986).
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, present } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import type { Group, GroupPoint } from './group.ts';
import { fieldsOf } from './layout.ts';
import { hedgedRandomness } from './randomness.ts';
import { type ScalarField, decodeScalar, randomScalar, scalarToBytes } from './scalars.ts';
import { hashToScalar } from './transcript.ts';

export interface KnowledgeProof {
  readonly challenge: bigint;
  readonly responses: readonly bigint[];
}

function challengeOf<P extends GroupPoint<P>>(
  group: Group<P>,
  use: string,
  context: Uint8Array,
  points: readonly P[],
  nonces: readonly P[],
): bigint {
  return hashToScalar(group.scalars.ORDER, use, context, ...[...points, ...nonces].map((point) => group.encode(point)));
}

/** Proves that the secrets times the generator are the points. `use` names the protocol; the nonces are hedged. */
export function proveKnowledge<P extends GroupPoint<P>>(
  group: Group<P>,
  use: string,
  context: Uint8Array,
  secrets: readonly bigint[],
  points: readonly P[],
  random: Randomness,
): KnowledgeProof {
  const { scalars } = group;
  const hedged = hedgedRandomness(random, use, context, ...secrets.map((secret) => scalarToBytes(scalars, secret)));
  const nonces = secrets.map(() => randomScalar(scalars, hedged));
  const commitments = nonces.map((nonce) => group.generator.multiply(nonce));
  const challenge = challengeOf(group, use, context, points, commitments);
  const responses = secrets.map((secret, index) => scalars.add(present(nonces[index], 'a nonce'), scalars.mul(challenge, secret)));
  return { challenge, responses };
}

export function knowledgeHolds<P extends GroupPoint<P>>(
  group: Group<P>,
  use: string,
  context: Uint8Array,
  points: readonly P[],
  proof: KnowledgeProof,
): boolean {
  if (points.length === 0 || points.length !== proof.responses.length) return false;
  const minusChallenge = group.scalars.neg(proof.challenge);
  const commitments = points.map((point, index) =>
    group.sum([group.generator, point], [present(proof.responses[index], 'a response'), minusChallenge]),
  );
  return challengeOf(group, use, context, points, commitments) === proof.challenge;
}

export function knowledgeProofBytes(scalars: ScalarField, points: number): number {
  return (1 + points) * scalars.BYTES;
}

export function encodeKnowledge(scalars: ScalarField, proof: KnowledgeProof): Uint8Array {
  return concatBytes(...[proof.challenge, ...proof.responses].map((scalar) => scalarToBytes(scalars, scalar)));
}

/** A proof about so many points. */
export function decodeKnowledge(scalars: ScalarField, points: number, bytes: Uint8Array): KnowledgeProof | Rejection {
  const fields = fieldsOf(bytes, 'a proof of knowledge', ...Array.from({ length: 1 + points }, () => scalars.BYTES));
  if (isRejection(fields)) return fields;
  const values: bigint[] = [];
  for (const field of fields) {
    const scalar = decodeScalar(scalars, field, 'a number of the proof');
    if (isRejection(scalar)) return scalar;
    values.push(scalar);
  }
  const [challenge = 0n, ...responses] = values;
  return { challenge, responses };
}
