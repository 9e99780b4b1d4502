// A group signature: what it consists of, what its challenge covers, its encoding. Twelve points and three scalars, whatever the group.
//   sigma_1, sigma_2 the credential made unrecognisable; M = m sigma_1, S = s sigma_1; C_1 = kg_1, C_2 = I + kZ the encrypted identity;
//   T = s H(epoch, slot) the one-time tag; A_1 ... A_5 the proof's commitments; z_m, z_s, z_k its responses
// Source: docs/cryptography.md, group signatures.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Brand, ID_BYTES, type Rejection, isRejection, reject, toHex } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import {
  BLS_SCALARS,
  BLS_SCALAR_BYTES,
  G1_BYTES,
  type G1Point,
  decodeG1,
  decodeScalar,
  fieldsOf,
  framed,
  hashToG1,
  hashToScalar,
  scalarToBytes,
  uint32Bytes,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import type { Group } from './group-key.ts';

const VERSION = 1;
const HEAD_BYTES = 1 + 4 + 2;
const POINTS = 12;
const SCALARS = 3;
/** 679 bytes. */
export const GROUP_SIGNATURE_BYTES = HEAD_BYTES + POINTS * G1_BYTES + SCALARS * BLS_SCALAR_BYTES;

/** Four bytes on the wire. */
export const MAX_EPOCH = 0xffff_ffff;

/** Which one-time tag a signature uses up. */
export interface TagSlot {
  readonly epoch: number;
  /** From 0 to the group's slots per epoch; drawn at random among those not used, so that it says nothing. */
  readonly slot: number;
}

/** In the order of their encoding. */
const POINT_NAMES = ['sigma1', 'sigma2', 'm', 's', 'c1', 'c2', 't', 'a1', 'a2', 'a3', 'a4', 'a5'] as const;
type PointName = (typeof POINT_NAMES)[number];
export type SignaturePoints = Readonly<Record<PointName, G1Point>>;

/** As it comes from the wire: well-formed, not verified. */
export interface GroupSignature extends TagSlot, SignaturePoints {
  readonly zm: bigint;
  readonly zs: bigint;
  readonly zk: bigint;
}
/** Made by a member that is not revoked, for one message. */
export type VerifiedGroupSignature = Brand<GroupSignature, 'VerifiedGroupSignature'>;

/** What stands for the author of a slip on a channel that hides institutions (R12): first 16 bytes of the tag's SHA-256. */
export type TagId = Brand<string, 'TagId'>;

export function tagIdOf(tag: G1Point): TagId {
  return toHex(sha256(tag.toBytes()).subarray(0, ID_BYTES)) as TagId;
}

/** The base of the tags of a slot: nobody knows its logarithm. */
export function tagBase(group: Group, { epoch, slot }: TagSlot): G1Point {
  return hashToG1('clinicord/group-signature/tag/1', framed(group.id, uint32Bytes(epoch), uint32Bytes(slot)));
}

/** The proof's challenge: over group, slot, message and every point. */
export function signatureChallenge(group: Group, message: Uint8Array, slot: TagSlot, points: SignaturePoints): bigint {
  const use = 'clinicord/group-signature/challenge/1';
  const slotBytes = framed(uint32Bytes(slot.epoch), uint32Bytes(slot.slot));
  return hashToScalar(BLS_SCALARS.ORDER, use, textToBytes(use), group.id, slotBytes, sha256(message), pointBytes(points));
}

function pointBytes(points: SignaturePoints): Uint8Array {
  return concatBytes(...POINT_NAMES.map((name) => points[name].toBytes()));
}

export function encodeGroupSignature(signature: GroupSignature): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES);
  const view = new DataView(head.buffer);
  head[0] = VERSION;
  view.setUint32(1, signature.epoch);
  view.setUint16(5, signature.slot);
  const scalars = [signature.zm, signature.zs, signature.zk].map((scalar) => scalarToBytes(BLS_SCALARS, scalar));
  return concatBytes(head, pointBytes(signature), ...scalars);
}

export function decodeGroupSignature(bytes: Uint8Array): GroupSignature | Rejection {
  const sizes = [HEAD_BYTES, ...POINT_NAMES.map(() => G1_BYTES), BLS_SCALAR_BYTES, BLS_SCALAR_BYTES, BLS_SCALAR_BYTES];
  const fields = fieldsOf(bytes, 'a group signature', ...sizes);
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
  const scalars: bigint[] = [];
  for (let index = 0; index < SCALARS; index += 1) {
    const scalar = decodeScalar(BLS_SCALARS, at(1 + POINTS + index), 'a response');
    if (isRejection(scalar)) return scalar;
    scalars.push(scalar);
  }
  const [zm = 0n, zs = 0n, zk = 0n] = scalars;
  const view = new DataView(head.buffer);
  return { epoch: view.getUint32(1), slot: view.getUint16(5), ...(points as SignaturePoints), zm, zs, zk };
}
