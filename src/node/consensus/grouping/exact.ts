// Distances, averages and deviations in integers alone, so that every JavaScript engine finds the same groups and the same
// seats (T3): no division that rounds, no square root of a fraction. Fractions are compared by cross-multiplying; where a
// product leaves the safe integers it is a BigInt.
import { type PartyId, assert, present } from '../../base/index.ts';

/** Coordinates reach from 0 to here: once around the Earth. Squared distances stay safe integers. */
export const MAX_PLACE_METRES = 40_000_000;
/** What both terms of an election score are scaled to. */
export const MILLIONTHS = 1_000_000;

/** Where a member is on the plane (P0-13), in whole metres; attested, not measured. */
export interface Site {
  readonly xMetres: number;
  readonly yMetres: number;
}

export interface Placed extends Site {
  readonly party: PartyId;
}

/** Distances from one member to some others, as far as averages and deviations need them. */
export interface Spread {
  readonly count: number;
  readonly sumMetres: number;
  readonly squares: bigint;
}

export const noSpread: Spread = { count: 0, sumMetres: 0, squares: 0n };

/** The whole part of a quotient. */
export function divided(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}

/** The whole part of a quotient that is a safe integer. Between BigInts a division leaves no rest. */
function wholeShare(dividend: bigint, divisor: bigint): number {
  return Number(dividend / divisor);
}

/** Above this a square is no safe integer. */
const MAX_ROOT = 94_906_265;

/** The whole part of the square root of a safe integer, by bisection. */
export function squareRoot(value: number): number {
  assert(Number.isSafeInteger(value) && value >= 0, 'a square root is taken of a safe integer');
  let low = 0;
  let high = MAX_ROOT;
  while (low < high) {
    const middle = divided(low + high + 1, 2);
    if (middle * middle <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** P0-16: whole metres between two places. */
export function distanceMetres(a: Site, b: Site): number {
  const x = a.xMetres - b.xMetres;
  const y = a.yMetres - b.yMetres;
  return squareRoot(x * x + y * y);
}

export function withDistance({ count, sumMetres, squares }: Spread, metres: number): Spread {
  return { count: count + 1, sumMetres: sumMetres + metres, squares: squares + BigInt(metres) * BigInt(metres) };
}

/** Distances from `from` to each of `others`. */
export function spreadOf(from: Site, others: readonly Site[]): Spread {
  return others.reduce((spread, other) => withDistance(spread, distanceMetres(from, other)), noSpread);
}

/** Formula (2), md: below zero where the average of `a` is smaller. Both hold at least one distance. */
export function compareAverages(a: Spread, b: Spread): number {
  return a.sumMetres * b.count - b.sumMetres * a.count;
}

/** Formula (3), sd: below zero where the standard deviation of `a` is smaller. Squares keep the order. */
export function compareDeviations(a: Spread, b: Spread): number {
  const left = varianceTimesSquare(a) * BigInt(b.count) * BigInt(b.count);
  const right = varianceTimesSquare(b) * BigInt(a.count) * BigInt(a.count);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The variance times the square of the count: a whole number. */
function varianceTimesSquare({ count, sumMetres, squares }: Spread): bigint {
  return BigInt(count) * squares - BigInt(sumMetres) * BigInt(sumMetres);
}

/** md in whole metres, for people. */
export function averageMetres({ count, sumMetres }: Spread): number {
  return count === 0 ? 0 : divided(sumMetres, count);
}

/** sd in whole metres, for people. */
export function deviationMetres(spread: Spread): number {
  if (spread.count === 0) return 0;
  return squareRoot(wholeShare(varianceTimesSquare(spread), BigInt(spread.count) * BigInt(spread.count)));
}

/** md of `spread` in millionths of that of `largest`; both are of the same count. */
export function averageMillionths(spread: Spread, largest: Spread): number {
  if (largest.sumMetres === 0) return 0;
  return wholeShare(BigInt(spread.sumMetres) * BigInt(MILLIONTHS), BigInt(largest.sumMetres));
}

/** sd of `spread` in millionths of that of `largest`; both are of the same count. */
export function deviationMillionths(spread: Spread, largest: Spread): number {
  const whole = varianceTimesSquare(largest);
  if (whole === 0n) return 0;
  return squareRoot(wholeShare(varianceTimesSquare(spread) * BigInt(MILLIONTHS) * BigInt(MILLIONTHS), whole));
}

/** Ordered by party: nothing depends on the order in which somebody lists them. */
export function byParty<T extends { readonly party: PartyId }>(members: readonly T[]): readonly T[] {
  const ordered = members.toSorted((a, b) => (a.party < b.party ? -1 : a.party > b.party ? 1 : 0));
  assert(
    ordered.every((member, i) => i === 0 || present(ordered[i - 1], 'a member').party < member.party),
    'members are distinct',
  );
  return ordered;
}

/** Every member with a place: who has none stands at the centroid of the others, in whole metres; nobody has one: all at zero. */
export function placed<T extends { readonly party: PartyId; readonly place: Site | null }>(members: readonly T[]): readonly (T & Placed)[] {
  const known = members.flatMap(({ place }) => (place === null ? [] : [place]));
  const middle = (axis: keyof Site): number =>
    known.length === 0
      ? 0
      : divided(
          known.reduce((sum, place) => sum + place[axis], 0),
          known.length,
        );
  const centroid: Site = { xMetres: middle('xMetres'), yMetres: middle('yMetres') };
  return members.map((member) => ({ ...member, ...(member.place ?? centroid) }));
}
