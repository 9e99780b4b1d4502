// Enrolling (Enroll, P2-11): the member draws its own secrets and proves that it knows them; the issuer signs their points blindly and so
// learns neither. The tag secret is shared among the openers, verifiably: they can name a revoked member's tags, t of them together, but
// cannot sign for it, because they have nothing of the identity secret.
//   I = m g_1, S = s g_1, proof of m and s;  credential for period p: u random, sigma_1 = u g_1, sigma_2 = u (x g_1 + y_m I + y_s S + y_p p g_1)
// Sources: Pointcheval, Sanders (2016), section 6.1; Bichsel et al.: Get shorty via group signatures without encryption (2010).
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, present, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  BLS_SCALARS,
  type Commitments,
  G1,
  G1_BYTES,
  type G1Point,
  type KnowledgeProof,
  allAccepted,
  decodeCommitments,
  decodeG1,
  encodeG1,
  decodeKnowledge,
  encodeCommitments,
  encodeKnowledge,
  fieldsOf,
  framed,
  hedgedRandomness,
  knowledgeHolds,
  knowledgeProofBytes,
  pairingsCancel,
  proveKnowledge,
  randomScalar,
  refusesShare,
  scalarToBytes,
  shareSecret,
  uint32Bytes,
} from '../curves/index.ts';
import type { Group } from './group-key.ts';
import type { IssuerKey } from './issuer.ts';

const USE = 'clinicord/group-signature/enrolment/1';
const PROOF_BYTES = knowledgeProofBytes(BLS_SCALARS, 2);

/** The member's own, never sent. */
export interface MemberSecret {
  readonly identitySecret: bigint;
  readonly tagSecret: bigint;
}

/** What the issuer and the openers get and the ledger keeps, signed by the member with its certified key. */
export interface EnrolmentRequest {
  /** I: what opening leads to. */
  readonly identity: G1Point;
  /** S and the rest of the polynomial by which the tag secret is shared. */
  readonly tagCommitments: Commitments<G1Point>;
  readonly proof: KnowledgeProof;
}

/** For one period. Useless to anybody but the member. */
export interface Credential {
  readonly sigma1: G1Point;
  readonly sigma2: G1Point;
}
export const CREDENTIAL_BYTES = 2 * G1_BYTES;

/** All that signing needs. */
export interface MemberKey extends MemberSecret, Credential {
  readonly period: number;
}

function contextOf(group: Group, applicant: Uint8Array, tagCommitments: Commitments<G1Point>): Uint8Array {
  return framed(group.id, applicant, encodeCommitments(G1, tagCommitments));
}

/** The member's part. `applicant` is what the request is bound to: the canonical bytes of its certificate. */
export function requestEnrolment(
  group: Group,
  applicant: Uint8Array,
  random: Randomness,
): { readonly secret: MemberSecret; readonly request: EnrolmentRequest; readonly tagShares: readonly bigint[] } {
  const identitySecret = randomScalar(BLS_SCALARS, random);
  const tagSecret = randomScalar(BLS_SCALARS, random);
  const sharing = shareSecret(G1, tagSecret, group.key.opening.length, group.key.openers, random);
  const identity = G1.generator.multiply(identitySecret);
  const points = [identity, present(sharing.commitments[0], 'S')];
  const context = contextOf(group, applicant, sharing.commitments);
  const proof = proveKnowledge(G1, USE, context, [identitySecret, tagSecret], points, random);
  const request = { identity, tagCommitments: sharing.commitments, proof };
  return { secret: { identitySecret, tagSecret }, request, tagShares: sharing.shares };
}

/** Why an application is not taken, or null. Whether the applicant is certified and new is for the caller. */
export function refusesEnrolment(group: Group, applicant: Uint8Array, request: EnrolmentRequest): Rejection | null {
  const { identity, tagCommitments, proof } = request;
  if (tagCommitments.length !== group.key.opening.length) return reject('tag-threshold', 'the tag secret is not shared as the group says');
  const points = [identity, present(tagCommitments[0], 'S')];
  return knowledgeHolds(G1, USE, contextOf(group, applicant, tagCommitments), points, proof)
    ? null
    : reject('enrolment-proof', 'the applicant did not prove that it knows its secrets');
}

/** Why an opener does not confirm that it holds its share of a member's tag secret, or null. The issuer waits for the openers. */
export function refusesTagShare(request: EnrolmentRequest, holder: number, share: bigint): Rejection | null {
  return refusesShare(G1, request.tagCommitments, holder, share);
}

/** The issuer's part, also for the next period, without asking the member. It must have checked the request. */
export function issueCredential(issuer: IssuerKey, request: EnrolmentRequest, period: number, random: Randomness): Credential {
  const secret = scalarToBytes(BLS_SCALARS, issuer.x);
  const u = randomScalar(BLS_SCALARS, hedgedRandomness(random, USE, secret, encodeG1(request.identity), uint32Bytes(period)));
  const constant = BLS_SCALARS.add(issuer.x, BLS_SCALARS.mul(issuer.yp, BigInt(period)));
  const tagPoint = present(request.tagCommitments[0], 'S');
  const signed = G1.generator.multiply(constant).add(request.identity.multiply(issuer.ym)).add(tagPoint.multiply(issuer.ys));
  return { sigma1: G1.generator.multiply(u), sigma2: signed.multiply(u) };
}

/** The member's last step: a credential that does not verify is refused. */
export function acceptCredential(group: Group, secret: MemberSecret, period: number, credential: Credential): MemberKey | Rejection {
  const { sigma1, sigma2 } = credential;
  const holds = pairingsCancel([
    [sigma1, group.issuerFor(period)],
    [sigma1.multiply(secret.identitySecret), group.ym],
    [sigma1.multiply(secret.tagSecret), group.ys],
    [sigma2, group.minusG2],
  ]);
  return holds
    ? { ...secret, sigma1, sigma2, period }
    : reject('bad-credential', "the credential is not the issuer's for these secrets and this period");
}

export function encodeEnrolmentRequest(request: EnrolmentRequest): Uint8Array {
  return concatBytes(
    encodeG1(request.identity),
    encodeKnowledge(BLS_SCALARS, request.proof),
    encodeCommitments(G1, request.tagCommitments),
  );
}

/** A request as the group wants it; `refusesEnrolment` checks its proof. */
export function decodeEnrolmentRequest(group: Group, bytes: Uint8Array): EnrolmentRequest | Rejection {
  const threshold = group.key.opening.length;
  const fields = fieldsOf(bytes, 'an application', G1_BYTES, PROOF_BYTES, threshold * G1_BYTES);
  if (isRejection(fields)) return fields;
  const [identityBytes = bytes, proofBytes = bytes, commitmentBytes = bytes] = fields;
  const tagCommitments = decodeCommitments(commitmentBytes, threshold, G1_BYTES, decodeG1);
  if (isRejection(tagCommitments)) return tagCommitments;
  const parts = allAccepted([decodeG1(identityBytes, 'the identity'), decodeKnowledge(BLS_SCALARS, 2, proofBytes)]);
  return isRejection(parts) ? parts : { identity: parts[0], tagCommitments, proof: parts[1] };
}

export function encodeCredential(credential: Credential): Uint8Array {
  return concatBytes(encodeG1(credential.sigma1), encodeG1(credential.sigma2));
}

export function decodeCredential(bytes: Uint8Array): Credential | Rejection {
  const fields = fieldsOf(bytes, 'a credential', G1_BYTES, G1_BYTES);
  if (isRejection(fields)) return fields;
  const [first = bytes, second = bytes] = fields;
  const parts = allAccepted([decodeG1(first, 'sigma_1'), decodeG1(second, 'sigma_2')]);
  return isRejection(parts) ? parts : { sigma1: parts[0], sigma2: parts[1] };
}
