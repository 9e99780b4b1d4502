// Shamir's polynomials modulo a group's order: a secret is f(0), a share is f(x), and any `threshold` shares give f(0) back, also in
// the exponent. Source: Shamir: How to share a secret (1979).
import { type Rejection, assert, reject } from '../../base/index.ts';
import type { Randomness } from '../../ports/index.ts';
import { type ScalarField, randomScalar } from './scalars.ts';

/** Coefficients from the constant upwards. */
export type Polynomial = readonly bigint[];

/** A polynomial with this constant and `threshold - 1` random coefficients. */
export function randomPolynomial(field: ScalarField, constant: bigint, threshold: number, random: Randomness): Polynomial {
  assert(threshold >= 1, 'a threshold is at least one');
  return [constant, ...Array.from({ length: threshold - 1 }, () => randomScalar(field, random))];
}

export function evaluate(field: ScalarField, polynomial: Polynomial, x: bigint): bigint {
  return polynomial.reduceRight((sum, coefficient) => field.add(field.mul(sum, x), coefficient), 0n);
}

/** For each of the points the factor with which its share counts towards f(0); refuses a point that comes twice, and zero. */
export function lagrangeAtZero(field: ScalarField, points: readonly bigint[]): readonly bigint[] | Rejection {
  if (new Set(points).size !== points.length) return reject('repeated-share', 'two shares are of the same point');
  if (points.includes(0n)) return reject('zero-share', 'a share of the point zero would be the secret');
  return points.map((own) =>
    points.reduce((product, other) => (other === own ? product : field.mul(product, field.div(other, field.sub(other, own)))), 1n),
  );
}
