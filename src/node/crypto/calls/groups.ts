// Group signatures as calls from plain data to plain data, for a worker: what members, verifiers and everybody who checks an opening do.
// Who issues and who opens is in group-offices.ts. A group's key is prepared once and kept, because preparing costs a second.
import { type Rejection, isRejection, toHex } from '../../base/index.ts';
import type { WorkProgress } from '../../ports/index.ts';
import { BLS_SCALARS, allAccepted, decodeScalar, encodeG1, scalarToBytes, seededRandomness } from '../curves/index.ts';
import {
  type Group,
  type MemberSecret,
  type RevokedTags,
  type TagId,
  type TagSlot,
  type VerifiedGroupSignature,
  acceptCredential,
  decodeCredential,
  decodeEnrolmentRequest,
  decodeGroupKey,
  decodeGroupSignature,
  decodeOpeningPart,
  decodeRevocationPart,
  encodeEnrolmentRequest,
  encodeGroupSignature,
  groupOf,
  groupSign,
  groupVerify,
  groupVerifyBatch,
  openSignature,
  requestEnrolment,
  revokedTags,
  tagIdOf,
} from '../group-signature/index.ts';

/** Groups that one worker keeps prepared (R18). */
const MAX_KEPT_GROUPS = 4;
const kept = new Map<string, Group>();

/** A group from the bytes of its key, prepared. */
export function groupFrom(groupKey: Uint8Array): Group | Rejection {
  const name = toHex(groupKey);
  const known = kept.get(name);
  if (known !== undefined) return known;
  const key = decodeGroupKey(groupKey);
  if (isRejection(key)) return key;
  const group = groupOf(key);
  const oldest = kept.keys().next();
  if (kept.size >= MAX_KEPT_GROUPS && oldest.done === false) kept.delete(oldest.value);
  kept.set(name, group);
  return group;
}

/** A member's own secrets (32 bytes each): never sent to anybody. */
export interface MemberSecretBytes {
  readonly identitySecret: Uint8Array;
  readonly tagSecret: Uint8Array;
}

/** All that signing needs in one period. */
export interface MemberKeyBytes extends MemberSecretBytes {
  readonly period: number;
  readonly credential: Uint8Array;
}

export interface SignedBytes {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a good signature says: its slot, and the id that stands for its author (R12). */
export interface SignatureFacts extends TagSlot {
  readonly tag: TagId;
}

function secretOf(bytes: MemberSecretBytes): MemberSecret | Rejection {
  const parts = allAccepted([
    decodeScalar(BLS_SCALARS, bytes.identitySecret, 'the identity secret'),
    decodeScalar(BLS_SCALARS, bytes.tagSecret, 'the tag secret'),
  ]);
  return isRejection(parts) ? parts : { identitySecret: parts[0], tagSecret: parts[1] };
}

/** A signature that holds for its message; `revoked` may be empty where only the past is looked at. */
export function verifiedSignature(group: Group, signed: SignedBytes, revoked: RevokedTags): VerifiedGroupSignature | Rejection {
  const signature = decodeGroupSignature(signed.signature);
  return isRejection(signature) ? signature : groupVerify(group, signed.message, signature, revoked);
}

function factsOf(verified: VerifiedGroupSignature): SignatureFacts {
  return { epoch: verified.epoch, slot: verified.slot, tag: tagIdOf(verified.t) };
}

/** A false signature in a batch of this size costs little to find; progress is told between batches. */
const BATCH = 32;

export const GROUP_CALLS = {
  groupEnrol: (input: {
    readonly groupKey: Uint8Array;
    readonly applicant: Uint8Array;
    readonly seed: Uint8Array;
  }): (MemberSecretBytes & { readonly request: Uint8Array; readonly tagShares: readonly Uint8Array[] }) | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const { secret, request, tagShares } = requestEnrolment(group, input.applicant, seededRandomness(input.seed));
    return {
      identitySecret: scalarToBytes(BLS_SCALARS, secret.identitySecret),
      tagSecret: scalarToBytes(BLS_SCALARS, secret.tagSecret),
      request: encodeEnrolmentRequest(request),
      tagShares: tagShares.map((share) => scalarToBytes(BLS_SCALARS, share)),
    };
  },

  /** The member checks the credential that it got: null, or why not. */
  groupAccept: (input: MemberKeyBytes & { readonly groupKey: Uint8Array }): Rejection | null => {
    const parts = allAccepted([groupFrom(input.groupKey), secretOf(input), decodeCredential(input.credential)]);
    if (isRejection(parts)) return parts;
    const [group, secret, credential] = parts;
    const member = acceptCredential(group, secret, input.period, credential);
    return isRejection(member) ? member : null;
  },

  groupSign: (input: {
    readonly groupKey: Uint8Array;
    readonly member: MemberKeyBytes;
    readonly slot: TagSlot;
    readonly message: Uint8Array;
    readonly seed: Uint8Array;
  }): (SignatureFacts & { readonly signature: Uint8Array }) | Rejection => {
    const parts = allAccepted([groupFrom(input.groupKey), secretOf(input.member), decodeCredential(input.member.credential)]);
    if (isRejection(parts)) return parts;
    const [group, secret, credential] = parts;
    const member = { ...secret, ...credential, period: input.member.period };
    const signature = groupSign(group, member, input.slot, input.message, seededRandomness(input.seed));
    return { ...factsOf(signature), signature: encodeGroupSignature(signature) };
  },

  /** One answer for each, as if it were verified alone. */
  groupVerify: (
    input: { readonly groupKey: Uint8Array; readonly items: readonly SignedBytes[]; readonly revoked: readonly TagId[] },
    progress: WorkProgress,
  ): readonly (SignatureFacts | Rejection)[] | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const revoked = new Set(input.revoked);
    const answers: (SignatureFacts | Rejection)[] = [];
    for (let at = 0; at < input.items.length; at += BATCH) {
      const decoded = input.items
        .slice(at, at + BATCH)
        .map(({ message, signature }) => ({ message, signature: decodeGroupSignature(signature) }));
      const good = decoded.flatMap(({ message, signature }) => (isRejection(signature) ? [] : [{ message, signature }]));
      const verified = [...groupVerifyBatch(group, good, revoked)];
      for (const { signature } of decoded) {
        const answer = isRejection(signature) ? signature : verified.shift();
        if (answer !== undefined) answers.push(isRejection(answer) ? answer : factsOf(answer));
      }
      progress(answers.length, input.items.length);
    }
    return answers;
  },

  /** The identity of the signer (48 bytes), which one enrolment has. Anybody can do this with enough parts. */
  groupOpen: (input: SignedBytes & { readonly groupKey: Uint8Array; readonly parts: readonly Uint8Array[] }): Uint8Array | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const signature = verifiedSignature(group, input, new Set());
    if (isRejection(signature)) return signature;
    const parts = allAccepted(input.parts.map(decodeOpeningPart));
    if (isRejection(parts)) return parts;
    const identity = openSignature(group, signature, parts);
    return isRejection(identity) ? identity : encodeG1(identity);
  },

  /** The tags of a revoked member in an epoch, from enough openers' parts. */
  groupRevokedTags: (input: {
    readonly groupKey: Uint8Array;
    readonly request: Uint8Array;
    readonly epoch: number;
    readonly parts: readonly Uint8Array[];
  }): readonly TagId[] | Rejection => {
    const group = groupFrom(input.groupKey);
    if (isRejection(group)) return group;
    const member = decodeEnrolmentRequest(group, input.request);
    if (isRejection(member)) return member;
    const parts = allAccepted(input.parts.map((bytes) => decodeRevocationPart(group, bytes)));
    return isRejection(parts) ? parts : revokedTags(group, member, input.epoch, parts);
  },
};
