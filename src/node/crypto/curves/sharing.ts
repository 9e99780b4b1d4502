// Verifiable secret sharing: a dealer shares a secret among `count` holders, numbered from 1, and commits to the polynomial, so that each
// holder checks its share and everybody knows the point that belongs to each. Several dealers' sharings add up to a key that nobody ever
// held. Sources: Feldman: A practical scheme for non-interactive verifiable secret sharing (1987); Pedersen: A threshold cryptosystem
// without a trusted party (1991).
import { concatBytes } from '@noble/hashes/utils.js';
import { type Rejection, assert, isRejection, present, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import type { Group, GroupPoint } from './group.ts';
import { fieldsOf } from './layout.ts';
import { evaluate, lagrangeAtZero, randomPolynomial } from './polynomial.ts';

/** Holders of one shared key (R18). */
export const MAX_HOLDERS = 64;

/** The polynomial in the exponent, the shared secret's point first: `threshold` points. */
export type Commitments<P> = readonly P[];

export interface Sharing<P> {
  readonly commitments: Commitments<P>;
  /** Each is the secret of one holder: the first is for holder 1. */
  readonly shares: readonly bigint[];
}

/** A holder's number and what it contributes to a sum in the exponent. */
export interface PartialPoint<P> {
  readonly holder: number;
  readonly point: P;
}

export function shareSecret<P extends GroupPoint<P>>(
  group: Group<P>,
  secret: bigint,
  threshold: number,
  count: number,
  random: Randomness,
): Sharing<P> {
  assert(threshold >= 1 && threshold <= count && count <= MAX_HOLDERS, `a threshold is from 1 to the holders, at most ${MAX_HOLDERS}`);
  const polynomial = randomPolynomial(group.scalars, secret, threshold, random);
  return {
    commitments: polynomial.map((coefficient) => group.generator.multiply(coefficient)),
    shares: Array.from({ length: count }, (_, index) => evaluate(group.scalars, polynomial, BigInt(index + 1))),
  };
}

/** The point of a holder's share: its share times the generator, known to all. */
export function holderPoint<P extends GroupPoint<P>>(group: Group<P>, commitments: Commitments<P>, holder: number): P {
  const { scalars } = group;
  const powers = commitments.map((_, degree) => scalars.pow(BigInt(holder), BigInt(degree)));
  return group.sum(commitments, powers);
}

/** What a holder checks when a share arrives; null where it fits. A share that does not is shown to all with the dealer's signature. */
export function refusesShare<P extends GroupPoint<P>>(
  group: Group<P>,
  commitments: Commitments<P>,
  holder: number,
  share: bigint,
): Rejection | null {
  const fits = group.generator.multiply(share).equals(holderPoint(group, commitments, holder));
  return fits ? null : reject('share-mismatch', `the share of holder ${holder} is not on the dealer's polynomial`);
}

/** Adds the polynomials of several dealers: the key that belongs to the sum is known to nobody. */
export function addCommitments<P extends GroupPoint<P>>(dealings: readonly Commitments<P>[]): Commitments<P> {
  const [first, ...others] = dealings;
  assert(first !== undefined && others.every(({ length }) => length === first.length), 'dealings have one threshold');
  return first.map((commitment, degree) => others.reduce((sum, other) => sum.add(present(other[degree], 'a commitment')), commitment));
}

/** The secret's value in the exponent from at least `threshold` partial points of different holders. */
export function combinePartials<P extends GroupPoint<P>>(
  group: Group<P>,
  partials: readonly PartialPoint<P>[],
  threshold: number,
): P | Rejection {
  if (partials.length < threshold) return reject('below-threshold', `${partials.length} of ${threshold} needed contributions are there`);
  const weights = lagrangeAtZero(
    group.scalars,
    partials.map(({ holder }) => BigInt(holder)),
  );
  return isRejection(weights)
    ? weights
    : group.sum(
        partials.map(({ point }) => point),
        weights,
      );
}

export function encodeCommitments<P extends GroupPoint<P>>(group: Group<P>, commitments: Commitments<P>): Uint8Array {
  return concatBytes(...commitments.map((point) => group.encode(point)));
}

/** So many commitments, each of `pointBytes` bytes and read by `decodePoint`. */
export function decodeCommitments<P extends GroupPoint<P>>(
  bytes: Uint8Array,
  threshold: number,
  pointBytes: number,
  decodePoint: (encoded: Uint8Array, what: string) => P | Rejection,
): Commitments<P> | Rejection {
  const fields = fieldsOf(bytes, 'the commitments', ...Array.from({ length: threshold }, () => pointBytes));
  if (isRejection(fields)) return fields;
  const points: P[] = [];
  for (const field of fields) {
    const point = decodePoint(field, 'a commitment');
    if (isRejection(point)) return point;
    points.push(point);
  }
  return points;
}
