// Who leads in a group (P0-24, P0-25): members ranked by a score of their average distance to the rest of the group and of
// their rank by rating, both scaled to integers from 0 to 1,000,000; the lowest leads. Every input is given and every term is
// handed back, so that anybody can recompute an election and say why a clinic leads. Nothing here knows how a seat is lost.
import { type PartyId, assert, present } from '../../base/index.ts';
import { spreadIn } from './distance-algorithm.ts';
import {
  type Placed,
  type Spread,
  MILLIONTHS,
  averageMetres,
  averageMillionths,
  byParty,
  compareAverages,
  compareDeviations,
  deviationMetres,
  deviationMillionths,
  divided,
} from './exact.ts';

export interface Rated {
  readonly party: PartyId;
  /** Higher is better (T3); null: nobody has rated it. */
  readonly rating: number | null;
}

/**
 * `eligible`; `replaced`: it lost the seat in the epoch before, so others come first (P0-39); `barred`: it is convicted
 * (P0-27, R15), so it ranks last.
 */
export type Eligibility = 'eligible' | 'replaced' | 'barred';

export interface Candidate extends Placed {
  /** Whether its place is known; nobody leads for being unknown, so otherwise it counts as the farthest. */
  readonly isPlaced: boolean;
  readonly rankMillionths: number;
  readonly eligibility: Eligibility;
}

/** What put a member before the next in rank; null for the last. */
export type Decision = 'eligibility' | 'score' | 'deviation' | 'id';

export interface Ranked {
  readonly party: PartyId;
  readonly eligibility: Eligibility;
  readonly averageMetres: number;
  readonly deviationMetres: number;
  /** md, in millionths of the largest in the group. */
  readonly distanceMillionths: number;
  /** sd, in millionths of the largest in the group. */
  readonly deviationMillionths: number;
  /** 0 for the best rating on the channel, 1,000,000 for the last. */
  readonly rankMillionths: number;
  /** Formula (4): alpha * md + beta * rank, from 0 to 10^12. */
  readonly electionScore: number;
  /** Formula (5): alpha * sd + beta * rank. Decides where two scores are equal. */
  readonly tieScore: number;
  readonly aheadBy: Decision | null;
}

/** T3: everybody's rank by rating among all members, in millionths; equal ratings share a rank, the unrated come last. */
export function ratingRanks(members: readonly Rated[]): ReadonlyMap<PartyId, number> {
  const ratingOf = ({ rating }: Rated): number => rating ?? -1;
  const last = Math.max(members.length - 1, 1);
  return new Map(
    byParty(members).map((member) => {
      const better = members.filter((other) => ratingOf(other) > ratingOf(member)).length;
      return [member.party, divided(better * MILLIONTHS, last)];
    }),
  );
}

const ORDER: readonly Eligibility[] = ['eligible', 'replaced', 'barred'];

/** The members of one group in rank order. alpha + beta = 1,000,000. */
export function rank(group: readonly Candidate[], alphaMillionths: number): readonly Ranked[] {
  assert(alphaMillionths >= 0 && alphaMillionths <= MILLIONTHS, 'alpha lies between 0 and 1,000,000');
  const spreads = byParty(group).map((member) => ({ member, spread: spreadIn(member, group) }));
  const farthest = largest(spreads, compareAverages);
  const loosest = largest(spreads, compareDeviations);
  const scored = spreads.map(({ member, spread }) => scoreOf(member, spread, { farthest, loosest, alphaMillionths })).toSorted(compare);
  return scored.map((entry, i) => ({ ...entry, aheadBy: decision(entry, scored[i + 1]) }));
}

type Scored = Omit<Ranked, 'aheadBy'>;

function scoreOf(
  { party, eligibility, isPlaced, rankMillionths }: Candidate,
  spread: Spread,
  by: { readonly farthest: Spread; readonly loosest: Spread; readonly alphaMillionths: number },
): Scored {
  const ofFarthest = isPlaced ? averageMillionths(spread, by.farthest) : MILLIONTHS;
  const ofLoosest = isPlaced ? deviationMillionths(spread, by.loosest) : MILLIONTHS;
  const rankTerm = (MILLIONTHS - by.alphaMillionths) * rankMillionths;
  return {
    party,
    eligibility,
    averageMetres: averageMetres(spread),
    deviationMetres: deviationMetres(spread),
    distanceMillionths: ofFarthest,
    deviationMillionths: ofLoosest,
    rankMillionths,
    electionScore: by.alphaMillionths * ofFarthest + rankTerm,
    tieScore: by.alphaMillionths * ofLoosest + rankTerm,
  };
}

function largest(spreads: readonly { readonly spread: Spread }[], compareSpreads: (a: Spread, b: Spread) => number): Spread {
  return present(
    spreads.map(({ spread }) => spread).reduce((most, spread) => (compareSpreads(spread, most) > 0 ? spread : most)),
    'a member of the group',
  );
}

/**
 * Formula (5) is asked where formula (4) gives the same score, not between every two of equal md: taken in pairs it is no order,
 * for with a third member between them two scores can run in a circle.
 */
function compare(a: Scored, b: Scored): number {
  return (
    ORDER.indexOf(a.eligibility) - ORDER.indexOf(b.eligibility) ||
    a.electionScore - b.electionScore ||
    a.tieScore - b.tieScore ||
    (a.party < b.party ? -1 : 1)
  );
}

function decision(ahead: Scored, next: Scored | undefined): Decision | null {
  if (next === undefined) return null;
  if (ahead.eligibility !== next.eligibility) return 'eligibility';
  if (ahead.electionScore !== next.electionScore) return 'score';
  return ahead.tieScore === next.tieScore ? 'id' : 'deviation';
}
