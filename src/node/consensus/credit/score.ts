// An institution's credit (P3-19, P3-21): it begins with what the authority attests in several dimensions, and changes by final
// events alone, by no more than a cap in an epoch. Bound to the institution's id. What happened in an epoch is kept as two sums,
// so that the order in which its events are counted changes nothing. No clock, nothing that only one node has seen.
import { type PartyId, assert } from '../../base/index.ts';
import { MILLIONTHS } from '../grouping/index.ts';
import { clamped, shareOf } from '../ranking.ts';

/** Credit reaches from 0 to here; it begins at 1,000,000 at most, so that there is room to earn. */
export const MAX_CREDIT = 2 * MILLIONTHS;

/** What the authority attests, each from 0 to 1,000,000; null: nobody has said. */
export interface Dimensions {
  /** The institution's official rating. */
  readonly rating: number | null;
  /** How large its information centre is. */
  readonly informationCentre: number | null;
  readonly strength: number | null;
}

/** `kind` of what is final and counts. */
export type CreditEventKind =
  /** Its block became final in its own turn. */
  | 'produced'
  /** It judged the final block of its turn, rightly. */
  | 'audited'
  /** It did the channel a service: kept a copy, answered a request for data. */
  | 'served'
  /** Its turn passed without its block. */
  | 'skipped'
  /** It proposed what no correct producer proposes, proved by its signature (R15). */
  | 'invalid-block'
  /** It called a final block unsound, or an invalid one sound. */
  | 'wrong-verdict'
  /** It judged nothing when it was its turn. */
  | 'missed-audit';

export interface CreditEvent {
  readonly party: PartyId;
  readonly kind: CreditEventKind;
}

export interface CreditRules {
  /** Millionths of the initial score; together 1,000,000. */
  readonly weights: Readonly<Record<keyof Dimensions, number>>;
  /** What each event changes: above zero a gain, below a loss. */
  readonly changes: Readonly<Record<CreditEventKind, number>>;
  /** Most that one epoch gives. */
  readonly gainCap: number;
  /** Most that one epoch takes. */
  readonly lossCap: number;
  /** Below it an institution has no seat. */
  readonly threshold: number;
}

/** The paper names no numbers. These let a silent producer fall from the middle to the threshold in three epochs, and a liar in one. */
export const DEFAULT_CREDIT_RULES: CreditRules = {
  weights: { rating: 400_000, informationCentre: 300_000, strength: 300_000 },
  changes: {
    produced: 2_000,
    audited: 2_000,
    served: 500,
    skipped: -20_000,
    'invalid-block': -200_000,
    'wrong-verdict': -100_000,
    'missed-audit': -10_000,
  },
  gainCap: 50_000,
  lossCap: 200_000,
  threshold: 200_000,
};

/** One institution's credit as the ledger holds it. */
export interface CreditRow {
  readonly party: PartyId;
  readonly dimensions: Dimensions;
  /** At the beginning of the epoch. */
  readonly base: number;
  /** In this epoch, up to the cap. */
  readonly gained: number;
  /** In this epoch, up to the cap; not negative. */
  readonly lost: number;
}

export interface Term {
  readonly dimension: keyof Dimensions;
  readonly value: number;
  readonly weight: number;
  /** value * weight / 1,000,000. */
  readonly term: number;
}

const DIMENSIONS: readonly (keyof Dimensions)[] = ['rating', 'informationCentre', 'strength'];

/** What the initial score is made of. What nobody has attested counts as zero. */
export function termsOf(dimensions: Dimensions, rules: CreditRules): readonly Term[] {
  const weights = DIMENSIONS.map((dimension) => rules.weights[dimension]);
  assert(weights.reduce((sum, weight) => sum + weight, 0) === MILLIONTHS, 'the weights are a million millionths');
  return DIMENSIONS.map((dimension) => {
    const value = dimensions[dimension] ?? 0;
    assert(Number.isSafeInteger(value) && value >= 0 && value <= MILLIONTHS, 'a dimension lies between 0 and 1,000,000');
    const weight = rules.weights[dimension];
    return { dimension, value, weight, term: shareOf(value, weight, MILLIONTHS) };
  });
}

/** P3-19: the row of an institution that has done nothing yet. */
export function initialCredit(party: PartyId, dimensions: Dimensions, rules: CreditRules): CreditRow {
  const base = termsOf(dimensions, rules).reduce((sum, { term }) => sum + term, 0);
  return { party, dimensions, base, gained: 0, lost: 0 };
}

/** The score now. */
export function creditOf({ base, gained, lost }: CreditRow): number {
  return clamped(base + gained - lost, 0, MAX_CREDIT);
}

/** P3-21: after a final event. */
export function withEvent(row: CreditRow, event: CreditEvent, rules: CreditRules): CreditRow {
  assert(row.party === event.party, 'an event counts for its own institution');
  const change = rules.changes[event.kind];
  if (change >= 0) return { ...row, gained: Math.min(row.gained + change, rules.gainCap) };
  return { ...row, lost: Math.min(row.lost - change, rules.lossCap) };
}

/** The next epoch begins with what this one left; its caps begin anew. */
export function endEpoch(row: CreditRow): CreditRow {
  return { ...row, base: creditOf(row), gained: 0, lost: 0 };
}
