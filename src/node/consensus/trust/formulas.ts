// From counts to a rank (P1-14 to P1-16): every indicator is fitted to the open interval (-1, 1), the weighted mean of a measure's
// indicators is I, formula (2) gives K = e * I, formula (3) their sum R, one for each process. Everything is in millionths,
// rounded towards zero, so that every JavaScript engine finds the same.
import { assert } from '../../base/index.ts';
import { MILLIONTHS } from '../grouping/index.ts';
import { shareOf } from '../ranking.ts';
import type { Counted, TrustHistory } from './history.ts';
import { INDICATORS, type IndicatorName, type Measure, type Process } from './indicators.ts';

export interface TrustRules {
  /** How much one bad count weighs against one good one. */
  readonly badWeight: Readonly<Record<IndicatorName, number>>;
  /** Share of each indicator in its measure, in millionths; those of one process and measure are 1,000,000 together. */
  readonly share: Readonly<Record<IndicatorName, number>>;
  /** e of formula (2), by measure and process, in millionths from 0 to 1,000,000. */
  readonly influence: Readonly<Record<Process, Readonly<Record<Measure, number>>>>;
  /** What a node's R must reach to be in the set MSP (P1-11). */
  readonly requirement: Readonly<Record<Process, number>>;
}

const even = { power: 400_000, trust: 600_000 };

/** The paper gives no numbers. Trust weighs more than speed, one lie as much as twenty honest words. */
export const DEFAULT_TRUST_RULES: TrustRules = {
  badWeight: {
    'endorsement-rate': 1,
    'failure-frequency': 1,
    'malicious-signatures': 20,
    'malicious-signature-bytes': 20,
    'committing-rate': 1,
    'committing-accuracy': 5,
    'malicious-verifications': 20,
    'malicious-verification-bytes': 20,
    'ordering-rate': 1,
    'ordering-validity': 20,
  },
  share: {
    'endorsement-rate': 500_000,
    'failure-frequency': 500_000,
    'malicious-signatures': 700_000,
    'malicious-signature-bytes': 300_000,
    'committing-rate': 500_000,
    'committing-accuracy': 500_000,
    'malicious-verifications': 700_000,
    'malicious-verification-bytes': 300_000,
    'ordering-rate': 1_000_000,
    'ordering-validity': 1_000_000,
  },
  influence: { endorsing: even, committing: even, ordering: even },
  requirement: { endorsing: -200_000, committing: -200_000, ordering: -200_000 },
};

/** P1-14: (good - w bad) / (good + w bad + 1), in millionths: between -1 and 1 and neither of them; 0 where nothing is known. */
export function fit({ good, bad }: Counted, badWeight: number): number {
  assert(Number.isSafeInteger(badWeight) && badWeight >= 1, 'a weight is a whole number');
  const weighed = bad * badWeight;
  return shareOf(good - weighed, MILLIONTHS, good + weighed + 1);
}

export interface Fitted extends Counted {
  readonly indicator: IndicatorName;
  readonly measure: Measure;
  readonly badWeight: number;
  /** From -999,999 to 999,999. */
  readonly fitted: number;
  readonly share: number;
}

export interface Coefficient {
  readonly measure: Measure;
  /** I: the weighted mean of what was fitted. */
  readonly fitted: number;
  /** e. */
  readonly influence: number;
  /** K = e * I, formula (2). */
  readonly coefficient: number;
}

/** A node in one process, with every number that leads to R. */
export interface Standing {
  readonly process: Process;
  readonly indicators: readonly Fitted[];
  readonly coefficients: readonly Coefficient[];
  /** R: the sum of the coefficients, formula (3). */
  readonly rank: number;
}

const MEASURES: readonly Measure[] = ['power', 'trust'];

export function standingIn(process: Process, history: TrustHistory, rules: TrustRules): Standing {
  const indicators = INDICATORS.filter((indicator) => indicator.process === process).map(({ name, measure }): Fitted => {
    const badWeight = rules.badWeight[name];
    return { indicator: name, measure, ...history[name], badWeight, fitted: fit(history[name], badWeight), share: rules.share[name] };
  });
  const coefficients = MEASURES.map((measure) => coefficientOf(measure, process, indicators, rules));
  return { process, indicators, coefficients, rank: coefficients.reduce((sum, { coefficient }) => sum + coefficient, 0) };
}

function coefficientOf(measure: Measure, process: Process, indicators: readonly Fitted[], rules: TrustRules): Coefficient {
  const own = indicators.filter((indicator) => indicator.measure === measure);
  assert(own.reduce((sum, { share }) => sum + share, 0) === MILLIONTHS, 'the shares of a measure are a million millionths');
  const fitted = shareOf(
    own.reduce((sum, indicator) => sum + indicator.fitted * indicator.share, 0),
    1,
    MILLIONTHS,
  );
  const influence = rules.influence[process][measure];
  assert(influence >= 0 && influence <= MILLIONTHS, 'an influence lies between 0 and 1');
  return { measure, fitted, influence, coefficient: shareOf(fitted, influence, MILLIONTHS) };
}
