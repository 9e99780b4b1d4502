// Table 1 of paper 001 (P1-13): what is measured of each process, under computing power (M, "to be computed") and trust (N,
// "credible"). Every indicator is a pair of counts, good and bad, taken from final events alone. The text also names scale
// (P1-16), for which the table has no row: there is none here.

/** Psi (P1-15). */
export const PROCESSES = ['endorsing', 'committing', 'ordering'] as const;
export type Process = (typeof PROCESSES)[number];

/** Phi (P1-15): computing power and trust. */
export type Measure = 'power' | 'trust';

export interface Indicator {
  readonly name: IndicatorName;
  readonly process: Process;
  readonly measure: Measure;
}

export const INDICATOR_NAMES = [
  'endorsement-rate',
  'failure-frequency',
  'malicious-signatures',
  'malicious-signature-bytes',
  'committing-rate',
  'committing-accuracy',
  'malicious-verifications',
  'malicious-verification-bytes',
  'ordering-rate',
  'ordering-validity',
] as const;
export type IndicatorName = (typeof INDICATOR_NAMES)[number];

/** Good and bad of each: requests that were endorsed in time or not; that went through or failed; signatures, and bytes, that were honest or not; and so on. */
export const INDICATORS: readonly Indicator[] = [
  { name: 'endorsement-rate', process: 'endorsing', measure: 'power' },
  { name: 'failure-frequency', process: 'endorsing', measure: 'power' },
  { name: 'malicious-signatures', process: 'endorsing', measure: 'trust' },
  { name: 'malicious-signature-bytes', process: 'endorsing', measure: 'trust' },
  { name: 'committing-rate', process: 'committing', measure: 'power' },
  { name: 'committing-accuracy', process: 'committing', measure: 'power' },
  { name: 'malicious-verifications', process: 'committing', measure: 'trust' },
  { name: 'malicious-verification-bytes', process: 'committing', measure: 'trust' },
  { name: 'ordering-rate', process: 'ordering', measure: 'power' },
  { name: 'ordering-validity', process: 'ordering', measure: 'trust' },
];
