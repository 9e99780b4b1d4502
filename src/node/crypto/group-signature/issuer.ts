// The issuer's key (Setup): Pointcheval-Sanders over three attributes of a member: identity secret, tag secret, period. The public half
// comes with a proof that its maker knows the secret one, without which an issuer could tell members apart.
//   X = xg_2, Y_m = y_m g_2, Y_s = y_s g_2, Y_p = y_p g_2
// Source: Pointcheval, Sanders: Short randomizable signatures (2016), section 4.2; docs/cryptography.md, group signatures.
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, isRejection, reject } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import type { Randomness } from '../../ports/index.ts';
import {
  BLS_SCALARS,
  G2,
  G2_BYTES,
  type G2Point,
  type KnowledgeProof,
  allAccepted,
  decodeG2,
  decodeKnowledge,
  encodeKnowledge,
  fieldsOf,
  knowledgeHolds,
  knowledgeProofBytes,
  proveKnowledge,
  randomScalar,
} from '../curves/index.ts';

const USE = 'clinicord/group-signature/issuer-key/1';
const CONTEXT = textToBytes(USE);
const POINTS = 4;
const PROOF_BYTES = knowledgeProofBytes(BLS_SCALARS, POINTS);
export const ISSUER_PUBLIC_KEY_BYTES = POINTS * G2_BYTES + PROOF_BYTES;

export interface IssuerPublicKey {
  readonly x: G2Point;
  readonly ym: G2Point;
  readonly ys: G2Point;
  readonly yp: G2Point;
  readonly proof: KnowledgeProof;
}

/** Secret of the supervision centre that enrols (P2-01): it admits members; it cannot sign for them or open. */
export interface IssuerKey {
  readonly x: bigint;
  readonly ym: bigint;
  readonly ys: bigint;
  readonly yp: bigint;
  readonly publicKey: IssuerPublicKey;
}

export function issuerKey(random: Randomness): IssuerKey {
  const draw = () => randomScalar(BLS_SCALARS, random);
  const [x, ym, ys, yp] = [draw(), draw(), draw(), draw()];
  const [px, pm, ps, pp] = [x, ym, ys, yp].map((secret) => G2.generator.multiply(secret)) as [G2Point, G2Point, G2Point, G2Point];
  const proof = proveKnowledge(G2, USE, CONTEXT, [x, ym, ys, yp], [px, pm, ps, pp], random);
  return { x, ym, ys, yp, publicKey: { x: px, ym: pm, ys: ps, yp: pp, proof } };
}

const pointsOf = ({ x, ym, ys, yp }: IssuerPublicKey): readonly G2Point[] => [x, ym, ys, yp];

export function encodeIssuerPublicKey(key: IssuerPublicKey): Uint8Array {
  return concatBytes(...pointsOf(key).map((point) => point.toBytes()), encodeKnowledge(BLS_SCALARS, key.proof));
}

/** The key, with its proof checked. */
export function decodeIssuerPublicKey(bytes: Uint8Array): IssuerPublicKey | Rejection {
  const fields = fieldsOf(bytes, "an issuer's key", G2_BYTES, G2_BYTES, G2_BYTES, G2_BYTES, PROOF_BYTES);
  if (isRejection(fields)) return fields;
  const at = (index: number): Uint8Array => fields[index] ?? new Uint8Array(0);
  const parts = allAccepted([
    decodeG2(at(0), 'X'),
    decodeG2(at(1), 'Y_m'),
    decodeG2(at(2), 'Y_s'),
    decodeG2(at(3), 'Y_p'),
    decodeKnowledge(BLS_SCALARS, POINTS, at(4)),
  ]);
  if (isRejection(parts)) return parts;
  const [x, ym, ys, yp, proof] = parts;
  const key = { x, ym, ys, yp, proof };
  const known = knowledgeHolds(G2, USE, CONTEXT, pointsOf(key), proof);
  return known ? key : reject('issuer-proof', 'the issuer did not prove that it knows its secret key');
}
