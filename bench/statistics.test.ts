// Percentiles by nearest rank.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { percentile, rounded, summarise } from './statistics.ts';

test('a percentile is the nearest rank of the sorted values', () => {
  const values = [15, 50, 35, 20, 40];
  expect([5, 30, 40, 50, 100].map((percent) => percentile(values, percent))).toEqual([15, 20, 20, 35, 50]);
  expect(percentile([7], 99)).toBe(7);
  expect(percentile([], 50)).toBeNaN();
});

test('a percentile is a measured value, and so many do not exceed it', () => {
  fc.assert(
    fc.property(fc.array(fc.integer(), { minLength: 1 }), fc.integer({ min: 1, max: 100 }), (values, percent) => {
      const result = percentile(values, percent);
      const notAbove = values.filter((value) => value <= result).length;
      return values.includes(result) && notAbove >= (percent / 100) * values.length;
    }),
  );
});

test('a summary is rounded to a tenth', () => {
  expect(summarise([1, 2, 4.26])).toEqual({ count: 3, min: 1, p50: 2, p99: 4.3, max: 4.3, mean: 2.4 });
  expect(rounded(2 / 3, 2)).toBe(0.67);
});
