// Revoking (Rev): `threshold` openers name, with proof, all tags that a revoked member has in an epoch; from then on every verifier refuses
// them by look-up, at no cost for each revoked member. The tags of other epochs stay hidden, so that what the member signed before stays
// anonymous and unlinkable. The list is needed until the member's credential ends with its period, and names epochs from the next one on.
//   R_ji = s_j H(epoch, i) for every slot i, with one proof;  T_i = sum of lambda_j R_ji
// Sources: Boneh, Shacham: Group signatures with verifier-local revocation (2004); Nakanishi, Funabiki (2005) on keeping the past unlinkable.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, present, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  BLS_SCALARS,
  type EqualLogsClaim,
  type EqualLogsProof,
  G1,
  G1_BYTES,
  type G1Point,
  combinePartials,
  decodeCommitments,
  decodeEqualLogs,
  decodeG1,
  encodeG1,
  encodeCommitments,
  encodeEqualLogs,
  equalLogsHold,
  fieldsOf,
  framed,
  holderPoint,
  proveEqualLogs,
  uint32Bytes,
} from '../curves/index.ts';
import type { EnrolmentRequest } from './enrolment.ts';
import type { Group } from './group-key.ts';
import { type TagId, tagIdOf } from './signature.ts';

const USE = 'clinicord/group-signature/revocation/1';
const PROOF_BYTES = 2 * BLS_SCALARS.BYTES;

/** What opener number `holder` says about one member in one epoch: a point for each slot. */
export interface RevocationPart {
  readonly holder: number;
  readonly epoch: number;
  readonly points: readonly G1Point[];
  readonly proof: EqualLogsProof;
}

/** The bases of all tags of an epoch. A point for each slot: about a millisecond each, shared by all members and openers. */
export function epochBases(group: Group, epoch: number): readonly G1Point[] {
  return Array.from({ length: group.key.slotsPerEpoch }, (_, slot) => group.tagBase(epoch, slot));
}

function claimOf(
  group: Group,
  member: EnrolmentRequest,
  bases: readonly G1Point[],
  part: Omit<RevocationPart, 'proof'>,
): EqualLogsClaim<G1Point> {
  return {
    publicPoint: holderPoint(G1, member.tagCommitments, part.holder),
    bases,
    images: part.points,
    context: framed(group.id, uint32Bytes(part.holder), uint32Bytes(part.epoch), encodeG1(member.identity)),
  };
}

/** An opener's part, once the ledger has decided to revoke. `share` is its share of the member's tag secret. */
export function revocationPart(
  group: Group,
  member: EnrolmentRequest,
  epoch: number,
  holder: number,
  share: bigint,
  random: Randomness,
): RevocationPart {
  const bases = epochBases(group, epoch);
  const unproved = { holder, epoch, points: bases.map((base) => base.multiply(share)) };
  return { ...unproved, proof: proveEqualLogs(G1, USE, share, claimOf(group, member, bases, unproved), random) };
}

/** Why a part does not count, or null. Anybody can check this. */
export function refusesRevocationPart(group: Group, member: EnrolmentRequest, part: RevocationPart): Rejection | null {
  if (part.holder < 1 || part.holder > group.key.openers) return reject('bad-holder', `the group has ${group.key.openers} openers`);
  return equalLogsHold(G1, USE, claimOf(group, member, epochBases(group, part.epoch), part), part.proof)
    ? null
    : reject('revocation-proof', `opener ${part.holder} did not use its share of the member's tag secret`);
}

/** All tags of the revoked member in an epoch; or why the parts do not show them. Anybody can check and compute this. */
export function revokedTags(
  group: Group,
  member: EnrolmentRequest,
  epoch: number,
  parts: readonly RevocationPart[],
): readonly TagId[] | Rejection {
  if (parts.some((part) => part.epoch !== epoch)) return reject('mixed-epochs', 'the parts are of different epochs');
  for (const part of parts) {
    const refused = refusesRevocationPart(group, member, part);
    if (refused !== null) return refused;
  }
  return tagsFromParts(group, parts);
}

/** The tags from parts of one epoch that were checked (`refusesRevocationPart`), one for each slot. */
export function tagsFromParts(group: Group, parts: readonly RevocationPart[]): readonly TagId[] | Rejection {
  const tags: TagId[] = [];
  for (let slot = 0; slot < group.key.slotsPerEpoch; slot += 1) {
    const partials = parts.map(({ holder, points }) => ({ holder, point: present(points[slot], 'a point of the slot') }));
    const tag = combinePartials(G1, partials, group.key.opening.length);
    if (isRejection(tag)) return tag;
    tags.push(tagIdOf(tag));
  }
  return tags;
}

export function encodeRevocationPart(part: RevocationPart): Uint8Array {
  const head = concatBytes(Uint8Array.of(part.holder), uint32Bytes(part.epoch));
  return concatBytes(head, encodeEqualLogs(BLS_SCALARS, part.proof), encodeCommitments(G1, part.points));
}

export function decodeRevocationPart(group: Group, bytes: Uint8Array): RevocationPart | Rejection {
  const { slotsPerEpoch } = group.key;
  const fields = fieldsOf(bytes, 'a part of a revocation', 1, 4, PROOF_BYTES, slotsPerEpoch * G1_BYTES);
  if (isRejection(fields)) return fields;
  const [[holder = 0] = [], epochBytes = bytes, proofBytes = bytes, pointBytes = bytes] = fields;
  const points = decodeCommitments(pointBytes, slotsPerEpoch, G1_BYTES, decodeG1);
  if (isRejection(points)) return points;
  const proof = decodeEqualLogs(BLS_SCALARS, proofBytes);
  return isRejection(proof) ? proof : { holder, epoch: new DataView(epochBytes.buffer).getUint32(0), points, proof };
}
