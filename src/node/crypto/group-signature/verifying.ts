// Verifying (GVerify). The proof's commitments are computed back for each signature; the pairing equation, which costs most, is paid once
// for a whole batch, with weights that nobody can choose. A verifier also refuses revoked tags and slots that the group does not have.
//   A_1 = (z_m + f z_s) sigma_1 - cM - cfS;  A_2 = z_s H - cT;  A_3 = z_k g_1 - cC_1;  A_4 = z_m g_1 + z_k Z - cC_2;  c = H(..., A_1 ... A_4)
//   e(sigma_1, X + pY_p) e(M, Y_m) e(S, Y_s) = e(sigma_2, g_2)
// Source of batching: Ferrara, Green, Hohenberger, Pedersen: Practical short signature batch verification (2009).
import { type Rejection, isRejection, present, reject } from '../../base/index.ts';
import {
  BLS_SCALARS,
  G1,
  type G1Point,
  type PreparedG2,
  bigEndian,
  framed,
  pairingsCancel,
  scalarToBytes,
  seededRandomness,
  spread,
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { type Group, periodOf } from './group-key.ts';
import { type GroupSignature, type TagId, type VerifiedGroupSignature, challengeOf, statementOf, tagIdOf } from './signature.ts';

export interface SignedMessage {
  readonly message: Uint8Array;
  readonly signature: GroupSignature;
}

/** The tags of revoked members in the epochs that are verified (revocation.ts). */
export type RevokedTags = ReadonlySet<TagId>;

/** A false equation stays hidden by chance once in 2^128. */
const WEIGHT_BYTES = 16;

const FALSE_SIGNATURE = reject('bad-group-signature', 'no member of the group made this signature for this message and slot');

/** Whether challenge and responses fit: the signer knows m, s and k, the same in tag, ciphertext and credential. */
function proofHolds(group: Group, { message, signature }: SignedMessage): boolean {
  const { sigma1, m, s, t, c1, c2, challenge, zm, zs, zk, epoch, slot } = signature;
  const statement = statementOf(group, message, signature, signature);
  const c = spread(challenge);
  const folded = BLS_SCALARS.add(zm, BLS_SCALARS.mul(statement.fold, zs));
  // Minus signs go to the points, so that the challenge stays short: see `spread`.
  const commitments = [
    G1.sum([sigma1, m.negate(), s.negate()], [folded, c, BLS_SCALARS.mul(statement.fold, c)]),
    G1.sum([group.tagBase(epoch, slot), t.negate()], [zs, c]),
    group.generator.multiplyUnsafe(zk).subtract(G1.sum([c1], [c])),
    group.generator
      .multiplyUnsafe(zm)
      .add(group.openingPoint.multiplyUnsafe(zk))
      .subtract(G1.sum([c2], [c])),
  ];
  return challengeOf(statement, commitments) === challenge;
}

/** Weights that follow from all challenges and responses, and these from all points and messages. */
function weightsOf(signatures: readonly GroupSignature[]): readonly bigint[] {
  // One equation alone needs no weight.
  if (signatures.length === 1) return [1n];
  const numbers = signatures.flatMap(({ challenge, zm, zs, zk }) => [challenge, zm, zs, zk]);
  const source = seededRandomness(sha256(framed(...numbers.map((number) => scalarToBytes(BLS_SCALARS, number)))));
  return signatures.map(() => bigEndian(source.bytes(WEIGHT_BYTES)));
}

/** Whether all are signed by credentials of the issuer; credentials of different periods have different keys. */
function credentialsHold(group: Group, signatures: readonly GroupSignature[]): boolean {
  const weights = weightsOf(signatures);
  const sumOf = (name: 'm' | 's' | 'sigma1' | 'sigma2', indices: readonly number[]): G1Point =>
    G1.sum(
      indices.map((index) => present(signatures[index], 'a signature')[name]),
      indices.map((index) => present(weights[index], 'a weight')),
    );
  const all = [...signatures.keys()];
  const byIssuer = Map.groupBy(all, (index) => group.issuerFor(periodOf(group.key, present(signatures[index], 'a signature').epoch)));
  const ofIssuers = [...byIssuer].map(([issuer, indices]): readonly [G1Point, PreparedG2] => [sumOf('sigma1', indices), issuer]);
  return pairingsCancel([...ofIssuers, [sumOf('m', all), group.ym], [sumOf('s', all), group.ys], [sumOf('sigma2', all), group.minusG2]]);
}

function refusesSlot(group: Group, signature: GroupSignature, revoked: RevokedTags): Rejection | null {
  if (signature.slot >= group.key.slotsPerEpoch) return reject('no-such-slot', `an epoch has ${group.key.slotsPerEpoch} slots`);
  return revoked.has(tagIdOf(signature.t)) ? reject('revoked', 'the member that signed is revoked') : null;
}

/** One signature. Whether its epoch is the present one, and its tag unused, is for the ledger to say (R12). */
export function groupVerify(
  group: Group,
  message: Uint8Array,
  signature: GroupSignature,
  revoked: RevokedTags,
): VerifiedGroupSignature | Rejection {
  return present(groupVerifyBatch(group, [{ message, signature }], revoked)[0], 'an answer');
}

/** Many signatures, in a fraction of the time; each gets its own answer, as if verified alone. A false one costs a search by halves. */
export function groupVerifyBatch(
  group: Group,
  items: readonly SignedMessage[],
  revoked: RevokedTags,
): readonly (VerifiedGroupSignature | Rejection)[] {
  const answers = items.map((item): VerifiedGroupSignature | Rejection => {
    const refused = refusesSlot(group, item.signature, revoked);
    if (refused !== null) return refused;
    return proofHolds(group, item) ? (item.signature as VerifiedGroupSignature) : FALSE_SIGNATURE;
  });
  const settle = (indices: readonly number[]): void => {
    const signatures = indices.map((index) => present(items[index], 'an item').signature);
    if (indices.length === 0 || credentialsHold(group, signatures)) return;
    if (indices.length === 1) answers[present(indices[0], 'an index')] = FALSE_SIGNATURE;
    else {
      const half = indices.length >> 1;
      settle(indices.slice(0, half));
      settle(indices.slice(half));
    }
  };
  settle(answers.flatMap((answer, index) => (isRejection(answer) ? [] : [index])));
  return answers;
}
