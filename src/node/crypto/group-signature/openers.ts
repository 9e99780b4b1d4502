// The opening key (Setup), shared among openers without anybody ever holding it (T14): each deals a random secret, proves that it knows
// it, and the key is the sum. Any `threshold` openers open, fewer learn nothing. Sources: Pedersen (1991); Gennaro, Jarecki, Krawczyk,
// Rabin: Secure distributed key generation (2007), on what joint dealing leaves open: the key may be biased, which ElGamal bears.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, assert, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  BLS_SCALARS,
  type Commitments,
  G1,
  G1_BYTES,
  type G1Point,
  type KnowledgeProof,
  addCommitments,
  decodeCommitments,
  decodeG1,
  decodeKnowledge,
  encodeCommitments,
  encodeKnowledge,
  fieldsOf,
  framed,
  knowledgeHolds,
  knowledgeProofBytes,
  proveKnowledge,
  randomScalar,
  refusesShare,
  shareSecret,
  uint32Bytes,
} from '../curves/index.ts';

const USE = 'clinicord/group-signature/opener-dealing/1';
const PROOF_BYTES = knowledgeProofBytes(BLS_SCALARS, 1);

/** What an opener publishes; `dealer` is its number, from 1. */
export interface OpenerDealing {
  readonly dealer: number;
  readonly commitments: Commitments<G1Point>;
  readonly proof: KnowledgeProof;
}

function contextOf(label: Uint8Array, dealer: number, commitments: Commitments<G1Point>): Uint8Array {
  return framed(label, uint32Bytes(dealer), encodeCommitments(G1, commitments));
}

/** An opener's dealing for the group with this label, and one secret share for each of the `count` openers. */
export function dealOpening(
  label: Uint8Array,
  dealer: number,
  threshold: number,
  count: number,
  random: Randomness,
): { readonly dealing: OpenerDealing; readonly shares: readonly bigint[] } {
  const secret = randomScalar(BLS_SCALARS, random);
  const { commitments, shares } = shareSecret(G1, secret, threshold, count, random);
  const proof = proveKnowledge(G1, USE, contextOf(label, dealer, commitments), [secret], commitments.slice(0, 1), random);
  return { dealing: { dealer, commitments, proof }, shares };
}

/** Why a dealing does not count, or null. Everybody checks this. */
export function refusesDealing(label: Uint8Array, threshold: number, dealing: OpenerDealing): Rejection | null {
  const { dealer, commitments, proof } = dealing;
  if (commitments.length !== threshold) return reject('dealing-threshold', `a dealing has ${threshold} commitments`);
  return knowledgeHolds(G1, USE, contextOf(label, dealer, commitments), commitments.slice(0, 1), proof)
    ? null
    : reject('dealing-proof', `opener ${dealer} did not prove that it knows what it dealt`);
}

/** Why the share that `holder` got from a dealer does not fit, or null. The holder checks this. */
export function refusesOpenerShare(dealing: OpenerDealing, holder: number, share: bigint): Rejection | null {
  return refusesShare(G1, dealing.commitments, holder, share);
}

/** The opening key in the exponent; its first point is the one that identities are encrypted to. */
export function openingCommitments(dealings: readonly OpenerDealing[]): Commitments<G1Point> {
  return addCommitments(dealings.map(({ commitments }) => commitments));
}

/** A holder's share of the opening key: the sum of what all dealers gave it. */
export function openerShare(received: readonly bigint[]): bigint {
  assert(received.length > 0, 'a holder has a share from each dealer');
  return received.reduce((sum, share) => BLS_SCALARS.add(sum, share), 0n);
}

export function encodeOpenerDealing(dealing: OpenerDealing): Uint8Array {
  return concatBytes(
    Uint8Array.of(dealing.dealer),
    encodeKnowledge(BLS_SCALARS, dealing.proof),
    encodeCommitments(G1, dealing.commitments),
  );
}

/** A dealing with this many commitments; `refusesDealing` checks its proof. */
export function decodeOpenerDealing(bytes: Uint8Array, threshold: number): OpenerDealing | Rejection {
  const fields = fieldsOf(bytes, 'a dealing', 1, PROOF_BYTES, threshold * G1_BYTES);
  if (isRejection(fields)) return fields;
  const [[dealer = 0] = [], proofBytes = bytes, pointBytes = bytes] = fields;
  const commitments = decodeCommitments(pointBytes, threshold, G1_BYTES, decodeG1);
  const proof = decodeKnowledge(BLS_SCALARS, 1, proofBytes);
  if (isRejection(commitments)) return commitments;
  if (isRejection(proof)) return proof;
  return dealer === 0 ? reject('bad-holder', 'openers are numbered from 1') : { dealer, commitments, proof };
}
