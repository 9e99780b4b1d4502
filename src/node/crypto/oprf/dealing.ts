// The key of serial numbers made by its holders together (T13): each deals a random secret among all of them and proves that it knows it;
// the key is the sum, and nobody ever holds it. Nothing here decides who the holders are. Sources: Pedersen: A threshold cryptosystem
// without a trusted party (1991); Gennaro, Jarecki, Krawczyk, Rabin: Secure distributed key generation (2007), on what is left open: who
// deals last may bias the key, which a function that rests on a Diffie-Hellman problem bears.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, assert, isRejection, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  type Commitments,
  type KnowledgeProof,
  RISTRETTO,
  RISTRETTO_POINT_BYTES,
  RISTRETTO_SCALARS,
  type RistrettoPoint,
  addCommitments,
  allAccepted,
  decodeCommitments,
  decodeKnowledge,
  decodeRistretto,
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

const USE = 'clinicord/oprf/dealing/1';
const PROOF_BYTES = knowledgeProofBytes(RISTRETTO_SCALARS, 1);

/** A share of the key, as its holder keeps it. */
export const SERIAL_SHARE_BYTES = RISTRETTO_SCALARS.BYTES;

/** What a holder publishes; `dealer` is its number, from 1. */
export interface SerialDealing {
  readonly dealer: number;
  readonly commitments: Commitments<RistrettoPoint>;
  readonly proof: KnowledgeProof;
}

/** Bytes of a dealing and of the key's commitments, for this threshold. */
export const serialDealingBytes = (threshold: number): number => 1 + PROOF_BYTES + serialCommitmentBytes(threshold);
export const serialCommitmentBytes = (threshold: number): number => threshold * RISTRETTO_POINT_BYTES;

function contextOf(label: Uint8Array, dealer: number, commitments: Commitments<RistrettoPoint>): Uint8Array {
  return framed(label, uint32Bytes(dealer), encodeCommitments(RISTRETTO, commitments));
}

/** A holder's dealing for the key with this label, and one secret share for each of the `count` holders. */
export function dealSerialKey(
  label: Uint8Array,
  dealer: number,
  threshold: number,
  count: number,
  random: Randomness,
): { readonly dealing: SerialDealing; readonly shares: readonly bigint[] } {
  const secret = randomScalar(RISTRETTO_SCALARS, random);
  const { commitments, shares } = shareSecret(RISTRETTO, secret, threshold, count, random);
  const proof = proveKnowledge(RISTRETTO, USE, contextOf(label, dealer, commitments), [secret], commitments.slice(0, 1), random);
  return { dealing: { dealer, commitments, proof }, shares };
}

/** Why a dealing does not count, or null. Everybody can check this. */
export function refusesSerialDealing(label: Uint8Array, threshold: number, dealing: SerialDealing): Rejection | null {
  const { dealer, commitments, proof } = dealing;
  if (commitments.length !== threshold) return reject('dealing-threshold', `a dealing has ${threshold} commitments`);
  return knowledgeHolds(RISTRETTO, USE, contextOf(label, dealer, commitments), commitments.slice(0, 1), proof)
    ? null
    : reject('dealing-proof', `holder ${dealer} did not prove that it knows what it dealt`);
}

/** What a holder has after all dealings, one from each holder in their order, were checked: the key's commitments and its own share. */
export function joinSerialDealings(
  label: Uint8Array,
  threshold: number,
  dealings: readonly SerialDealing[],
  own: { readonly holder: number; readonly received: readonly bigint[] },
): { readonly commitments: Commitments<RistrettoPoint>; readonly share: bigint } | Rejection {
  assert(own.received.length === dealings.length, 'a holder has a share from each dealer');
  for (const [index, dealing] of dealings.entries()) {
    if (dealing.dealer !== index + 1) return reject('bad-holder', 'the dealings are not one from each holder, in their order');
    const refused =
      refusesSerialDealing(label, threshold, dealing) ??
      refusesShare(RISTRETTO, dealing.commitments, own.holder, own.received[index] ?? 0n);
    if (refused !== null)
      return refused.reason === 'share-mismatch' ? reject(refused.reason, `holder ${dealing.dealer} dealt a false share`) : refused;
  }
  const share = own.received.reduce((sum, part) => RISTRETTO_SCALARS.add(sum, part), 0n);
  const commitments = addCommitments(dealings.map((dealing) => dealing.commitments));
  return share === 0n ? reject('zero-scalar', 'the dealings add up to nothing') : { commitments, share };
}

export function encodeSerialDealing(dealing: SerialDealing): Uint8Array {
  const { dealer, commitments, proof } = dealing;
  return concatBytes(Uint8Array.of(dealer), encodeKnowledge(RISTRETTO_SCALARS, proof), encodeCommitments(RISTRETTO, commitments));
}

/** A dealing with this many commitments; `refusesSerialDealing` checks its proof. */
export function decodeSerialDealing(bytes: Uint8Array, threshold: number): SerialDealing | Rejection {
  const fields = fieldsOf(bytes, 'a dealing', 1, PROOF_BYTES, serialCommitmentBytes(threshold));
  if (isRejection(fields)) return fields;
  const [[dealer = 0] = [], proofBytes = bytes, pointBytes = bytes] = fields;
  const parts = allAccepted([
    decodeCommitments(pointBytes, threshold, RISTRETTO_POINT_BYTES, decodeRistretto),
    decodeKnowledge(RISTRETTO_SCALARS, 1, proofBytes),
  ]);
  if (isRejection(parts)) return parts;
  return dealer === 0 ? reject('bad-holder', 'holders are numbered from 1') : { dealer, commitments: parts[0], proof: parts[1] };
}
