// A group signature: what it consists of, what its challenge covers, its encoding. Seven points and four scalars, whatever the group.
//   sigma_1, sigma_2 the credential made unrecognisable; M = m sigma_1, S = s sigma_1; C_1 = kg_1, C_2 = I + kZ the encrypted identity;
//   T = s H(epoch, slot) the one-time tag; c the proof's challenge of 128 bits, z_m, z_s, z_k its responses
// Source: docs/cryptography.md, group signatures.
import { numberToBytesBE } from '@noble/curves/utils.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { type Brand, ID_BYTES, type Rejection, assert, isRejection, reject, toHex } from '../../base/index.ts';
import {
  BLS_SCALARS,
  BLS_SCALAR_BYTES,
  G1_BYTES,
  type G1Point,
  bigEndian,
  decodeG1,
  encodeG1,
  encodeG1Points,
  decodeScalar,
  fieldsOf,
  framed,
  hashToScalar,
  scalarToBytes,
  uint32Bytes,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import type { Group } from './group-key.ts';

const VERSION = 1;
const HEAD_BYTES = 1 + 4 + 2;
const POINTS = 7;
const RESPONSES = 3;
/** A cheating signer guesses a challenge once in 2^128; short, because every verifier multiplies by it (`spread`). */
const CHALLENGE_BYTES = 16;
const CHALLENGE_MODULUS = 2n ** 128n;
/** 455 bytes. */
export const GROUP_SIGNATURE_BYTES = HEAD_BYTES + POINTS * G1_BYTES + CHALLENGE_BYTES + RESPONSES * BLS_SCALAR_BYTES;

/** Four bytes on the wire. */
export const MAX_EPOCH = 0xffff_ffff;

/** Which one-time tag a signature uses up. */
export interface TagSlot {
  readonly epoch: number;
  /** From 0 to the group's slots per epoch; drawn at random among those not used, so that it says nothing. */
  readonly slot: number;
}

/** In the order of their encoding. */
const POINT_NAMES = ['sigma1', 'sigma2', 'm', 's', 'c1', 'c2', 't'] as const;
type PointName = (typeof POINT_NAMES)[number];
export type SignaturePoints = Readonly<Record<PointName, G1Point>>;

/** As it comes from the wire: well-formed, not verified. */
export interface GroupSignature extends TagSlot, SignaturePoints {
  /** 128 bits. */
  readonly challenge: bigint;
  readonly zm: bigint;
  readonly zs: bigint;
  readonly zk: bigint;
}
/** Made by a member that is not revoked, for one message. */
export type VerifiedGroupSignature = Brand<GroupSignature, 'VerifiedGroupSignature'>;

/** What stands for the author of a slip on a channel that hides institutions (R12): first 16 bytes of the tag's SHA-256. */
export type TagId = Brand<string, 'TagId'>;

export function tagIdOf(tag: G1Point): TagId {
  return toHex(sha256(encodeG1(tag)).subarray(0, ID_BYTES)) as TagId;
}

/** What a signature states, and the weight by which M and S are folded into one equation once they are fixed. */
export interface Statement {
  /** SHA-256 over group, slot, message and every point. */
  readonly digest: Uint8Array;
  readonly fold: bigint;
}

export function statementOf(group: Group, message: Uint8Array, slot: TagSlot, points: SignaturePoints): Statement {
  const slotBytes = framed(uint32Bytes(slot.epoch), uint32Bytes(slot.slot));
  const digest = sha256(framed(group.id, slotBytes, sha256(message), pointBytes(points)));
  return { digest, fold: hashToScalar(CHALLENGE_MODULUS, 'clinicord/group-signature/fold/1', digest) };
}

/** The proof's challenge, 128 bits over the statement and the four commitments; `spread` makes a scalar of it. */
export function challengeOf({ digest }: Statement, commitments: readonly G1Point[]): bigint {
  return hashToScalar(CHALLENGE_MODULUS, 'clinicord/group-signature/challenge/1', digest, encodeG1Points(commitments));
}

function pointBytes(points: SignaturePoints): Uint8Array {
  return encodeG1Points(POINT_NAMES.map((name) => points[name]));
}

export function encodeGroupSignature(signature: GroupSignature): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  head[0] = VERSION;
  view.setUint32(1, signature.epoch);
  view.setUint16(5, signature.slot);
  const challenge = numberToBytesBE(signature.challenge, CHALLENGE_BYTES);
  const responses = [signature.zm, signature.zs, signature.zk].map((scalar) => scalarToBytes(BLS_SCALARS, scalar));
  return concatBytes(head, pointBytes(signature), challenge, ...responses);
}

/** Which slot a signature of this length uses up, and the id of its tag, from its bytes alone: nothing in it was looked at. */
export function slotAndTagOf(bytes: Uint8Array): TagSlot & { readonly tag: TagId } {
  assert(bytes.byteLength === GROUP_SIGNATURE_BYTES, 'a group signature has one length');
  const view = new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES);
  const tagAt = HEAD_BYTES + POINT_NAMES.indexOf('t') * G1_BYTES;
  const tag = toHex(sha256(bytes.subarray(tagAt, tagAt + G1_BYTES)).subarray(0, ID_BYTES)) as TagId;
  return { epoch: view.getUint32(1), slot: view.getUint16(5), tag };
}

export function decodeGroupSignature(bytes: Uint8Array): GroupSignature | Rejection {
  const responseSizes = Array.from({ length: RESPONSES }, () => BLS_SCALAR_BYTES);
  const fields = fieldsOf(bytes, 'a group signature', HEAD_BYTES, ...POINT_NAMES.map(() => G1_BYTES), CHALLENGE_BYTES, ...responseSizes);
  if (isRejection(fields)) return fields;
  const at = (index: number): Uint8Array => fields[index] ?? new Uint8Array(0);
  const head = at(0);
  if (head[0] !== VERSION) return reject('unknown-version', `version ${head[0] ?? 0} of a group signature is not known`);
  const points: Partial<Record<PointName, G1Point>> = {};
  for (const [index, name] of POINT_NAMES.entries()) {
    const point = decodeG1(at(1 + index), name);
    if (isRejection(point)) return point;
    points[name] = point;
  }
  const responses: bigint[] = [];
  for (let index = 0; index < RESPONSES; index += 1) {
    const scalar = decodeScalar(BLS_SCALARS, at(2 + POINTS + index), 'a response');
    if (isRejection(scalar)) return scalar;
    responses.push(scalar);
  }
  const [zm = 0n, zs = 0n, zk = 0n] = responses;
  const challenge = bigEndian(at(1 + POINTS));
  const view = new DataView(head.buffer);
  return { epoch: view.getUint32(1), slot: view.getUint16(5), ...(points as SignaturePoints), challenge, zm, zs, zk };
}
