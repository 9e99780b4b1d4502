// The figures that every benchmark prints, computed in one way: percentiles by nearest rank, so that each is a value that was
// really measured. Source: NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.6.2, without interpolation.

export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
}

/** The smallest of `values` that at least `percent` of them do not exceed; NaN for none. `percent` is above 0 and at most 100. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? NaN;
}

/** Rounded to so many digits behind the point. */
export function rounded(value: number, digits = 1): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

/** What a reader wants to know of a list of measurements, rounded to a tenth of their unit. */
export function summarise(values: readonly number[]): Summary {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    count: values.length,
    min: rounded(Math.min(...values)),
    p50: rounded(percentile(values, 50)),
    p99: rounded(percentile(values, 99)),
    max: rounded(Math.max(...values)),
    mean: rounded(mean),
  };
}
