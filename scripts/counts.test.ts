// Reading the reports of both runners, and never taking a crash for a success.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { countsOf, playwrightCounts, vitestCounts } from './counts.ts';

const vitestFile = (status: string, ...tests: (readonly [string, string])[]) => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map(([fullName, state]) => ({ fullName, status: state })),
});

describe('Vitest', () => {
  test('passed, failed and left out are counted', () => {
    const report = { testResults: [vitestFile('failed', ['a', 'passed'], ['b', 'failed'], ['c', 'pending'], ['d', 'todo'])] };
    expect(vitestCounts(report)).toEqual({ passed: 1, failed: 1, skipped: 2, failures: ['b'] });
  });

  test('a file that cannot be loaded is a failure', () => {
    expect(vitestCounts({ testResults: [vitestFile('failed')] }).failed).toBe(1);
  });
});

describe('Playwright', () => {
  test('suites within suites are counted, a flaky story as failed', () => {
    const spec = (title: string, status: string) => ({ title, tests: [{ status }] });
    const inner = { title: 'inner', specs: [spec('b', 'unexpected'), spec('c', 'flaky'), spec('d', 'skipped')] };
    const report = { suites: [{ title: 'outer', specs: [spec('a', 'expected')], suites: [inner] }], errors: [] };
    expect(playwrightCounts(report)).toEqual({ passed: 1, failed: 2, skipped: 1, failures: ['b', 'c'] });
  });

  test('an error outside of stories is a failure', () => {
    expect(playwrightCounts({ suites: [], errors: [{ message: 'no browser' }] }).failures).toEqual(['no browser']);
  });
});

describe('a finished runner', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'counts-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const report = (content: unknown) => {
    writeFileSync(path.join(folder, 'report.json'), JSON.stringify(content));
    return path.join(folder, 'report.json');
  };

  test('without a report has failed', () => {
    expect(countsOf('vitest', path.join(folder, 'none.json'), 0).failed).toBe(1);
  });

  test('with an error code but no failed test has failed', () => {
    const file = report({ testResults: [vitestFile('passed', ['a', 'passed'])] });
    expect(countsOf('vitest', file, 1)).toMatchObject({ passed: 1, failed: 1 });
    expect(countsOf('vitest', file, 0)).toMatchObject({ passed: 1, failed: 0 });
  });

  test('without any test has failed', () => {
    expect(countsOf('playwright', report({ suites: [], errors: [] }), 0).failed).toBe(1);
  });
});
