// Verifying (GVerify), one or many at a time by the same code: all equations of all signatures are added with weights that follow from
// them, and the pairing's four factors are paid once. A verifier also refuses revoked tags and slots that the group does not have.
//   z_m sigma_1 = A_1 + cM;  z_s sigma_1 = A_2 + cS;  z_s H = A_3 + cT;  z_k g_1 = A_4 + cC_1;  z_m g_1 + z_k Z = A_5 + cC_2
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
} from '../curves/index.ts';
import { sha256 } from '../hash.ts';
import { type Group, periodOf } from './group-key.ts';
import { type GroupSignature, type TagId, type VerifiedGroupSignature, signatureChallenge, tagBase, tagIdOf } from './signature.ts';

export interface SignedMessage {
  readonly message: Uint8Array;
  readonly signature: GroupSignature;
}

/** The tags of revoked members in the epochs that are verified (revocation.ts). */
export type RevokedTags = ReadonlySet<TagId>;

/** A false equation stays hidden by chance once in 2^128. */
const WEIGHT_BYTES = 16;
const EQUATIONS = 6;

/** A growing sum of scalars times points. */
interface Terms {
  readonly points: G1Point[];
  readonly scalars: bigint[];
}
const noTerms = (): Terms => ({ points: [], scalars: [] });
function addTerm(terms: Terms, point: G1Point, scalar: bigint): void {
  terms.points.push(point);
  terms.scalars.push(BLS_SCALARS.create(scalar));
}

/** Weights nobody can choose: they follow from all challenges and responses, and these from all points and messages. */
function weightsOf(items: readonly SignedMessage[], challenges: readonly bigint[]): () => bigint {
  const numbers = items.flatMap(({ signature: { zm, zs, zk } }, index) => [present(challenges[index], 'a challenge'), zm, zs, zk]);
  const source = seededRandomness(sha256(framed(...numbers.map((number) => scalarToBytes(BLS_SCALARS, number)))));
  const bytes = source.bytes(items.length * EQUATIONS * WEIGHT_BYTES);
  let from = 0;
  return () => {
    from += WEIGHT_BYTES;
    return bigEndian(bytes.subarray(from - WEIGHT_BYTES, from));
  };
}

/** What the pairing equation sums up; credentials of different periods have different keys. */
interface PairingSums {
  readonly sigma1: Map<PreparedG2, Terms>;
  readonly m: Terms;
  readonly s: Terms;
  readonly sigma2: Terms;
}

function addPairing(group: Group, sums: PairingSums, signature: GroupSignature, weight: bigint): void {
  const issuer = group.issuerFor(periodOf(group.key, signature.epoch));
  const terms = sums.sigma1.get(issuer) ?? noTerms();
  sums.sigma1.set(issuer, terms);
  addTerm(terms, signature.sigma1, weight);
  addTerm(sums.m, signature.m, weight);
  addTerm(sums.s, signature.s, weight);
  addTerm(sums.sigma2, signature.sigma2, weight);
}

/** Adds the five equations of the proof; `shared` collects what falls on the generator and on Z. */
function addProof(
  group: Group,
  proof: Terms,
  shared: { g: bigint; z: bigint },
  item: SignedMessage,
  challenge: bigint,
  weight: () => bigint,
): void {
  const { signature } = item;
  const { zm, zs, zk } = signature;
  const [w1, w2, w3, w4, w5] = [weight(), weight(), weight(), weight(), weight()];
  addTerm(proof, signature.sigma1, -(w1 * zm + w2 * zs));
  addTerm(proof, tagBase(group, signature), -w3 * zs);
  const images = [signature.m, signature.s, signature.t, signature.c1, signature.c2];
  const commitments = [signature.a1, signature.a2, signature.a3, signature.a4, signature.a5];
  [w1, w2, w3, w4, w5].forEach((each, index) => {
    addTerm(proof, present(images[index], 'an image'), each * challenge);
    addTerm(proof, present(commitments[index], 'a commitment'), each);
  });
  shared.g -= w4 * zk + w5 * zm;
  shared.z -= w5 * zk;
}

function equationsHold(group: Group, items: readonly SignedMessage[]): boolean {
  const challenges = items.map(({ message, signature }) => signatureChallenge(group, message, signature, signature));
  const weight = weightsOf(items, challenges);
  const proof = noTerms();
  const shared = { g: 0n, z: 0n };
  const sums: PairingSums = { sigma1: new Map(), m: noTerms(), s: noTerms(), sigma2: noTerms() };
  items.forEach((item, index) => {
    addProof(group, proof, shared, item, present(challenges[index], 'a challenge'), weight);
    addPairing(group, sums, item.signature, weight());
  });
  addTerm(proof, G1.generator, shared.g);
  addTerm(proof, group.openingPoint, shared.z);
  const sum = ({ points, scalars }: Terms): G1Point => G1.sum(points, scalars);
  if (!sum(proof).equals(G1.zero)) return false;
  return pairingsCancel([
    ...[...sums.sigma1].map(([issuer, terms]) => [sum(terms), issuer] as const),
    [sum(sums.m), group.ym],
    [sum(sums.s), group.ys],
    [sum(sums.sigma2), group.minusG2],
  ]);
}

function refusesSlot(group: Group, signature: GroupSignature, revoked: RevokedTags): Rejection | null {
  if (signature.slot >= group.key.slotsPerEpoch) return reject('no-such-slot', `an epoch has ${group.key.slotsPerEpoch} slots`);
  return revoked.has(tagIdOf(signature.t)) ? reject('revoked', 'the member that signed is revoked') : null;
}

const FALSE_SIGNATURE = reject('bad-group-signature', 'no member of the group made this signature for this message and slot');

/** One signature. Whether its epoch is the present one, and its tag unused, is for the ledger to say (R12). */
export function groupVerify(
  group: Group,
  message: Uint8Array,
  signature: GroupSignature,
  revoked: RevokedTags,
): VerifiedGroupSignature | Rejection {
  const refused = refusesSlot(group, signature, revoked);
  if (refused !== null) return refused;
  return equationsHold(group, [{ message, signature }]) ? (signature as VerifiedGroupSignature) : FALSE_SIGNATURE;
}

/** Many signatures, in a fraction of the time; each gets its own answer, as if verified alone. A false one costs a search by halves. */
export function groupVerifyBatch(
  group: Group,
  items: readonly SignedMessage[],
  revoked: RevokedTags,
): readonly (VerifiedGroupSignature | Rejection)[] {
  const answers = items.map(
    ({ signature }): VerifiedGroupSignature | Rejection => refusesSlot(group, signature, revoked) ?? (signature as VerifiedGroupSignature),
  );
  const settle = (indices: readonly number[]): void => {
    if (
      indices.length === 0 ||
      equationsHold(
        group,
        indices.map((index) => present(items[index], 'an item')),
      )
    )
      return;
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
