// How many tests passed and failed: reads the JSON reports of Vitest and Playwright. A runner that ends badly without a failed
// test (a crash, a report that was never written, an unhandled error) counts as one failure, and so does a run of no tests.
import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  /** Left out, with a reason that the test itself prints. */
  readonly skipped: number;
  readonly failures: readonly string[];
}

interface VitestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

interface PlaywrightSuite {
  readonly title: string;
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly { readonly title: string; readonly tests: readonly { readonly status: string }[] }[];
}
interface PlaywrightReport {
  readonly suites: readonly PlaywrightSuite[];
  readonly errors: readonly { readonly message?: string }[];
}

function tally(results: readonly (readonly [name: string, outcome: 'passed' | 'failed' | 'skipped'])[]): Counts {
  const count = (wanted: string): number => results.filter(([, outcome]) => outcome === wanted).length;
  const failures = results.filter(([, outcome]) => outcome === 'failed').map(([name]) => name);
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped'), failures };
}

export function vitestCounts(report: VitestReport): Counts {
  return tally(
    report.testResults.flatMap((file) => {
      const tests = file.assertionResults.map(({ fullName, status }) => {
        const outcome = status === 'passed' || status === 'failed' ? status : ('skipped' as const);
        return [fullName, outcome] as const;
      });
      // A file that cannot even be loaded has no tests.
      const broken = file.status === 'failed' && !tests.some(([, outcome]) => outcome === 'failed');
      return broken ? [...tests, [`${file.name}: ${file.message ?? 'cannot be loaded'}`, 'failed'] as const] : tests;
    }),
  );
}

export function playwrightCounts(report: PlaywrightReport): Counts {
  const collect = (suite: PlaywrightSuite): readonly (readonly [string, 'passed' | 'failed' | 'skipped'])[] => [
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests.map(({ status }) => {
        // A flaky story is a broken one.
        const outcome = status === 'expected' ? 'passed' : status === 'skipped' ? 'skipped' : 'failed';
        return [spec.title, outcome] as const;
      }),
    ),
    ...(suite.suites ?? []).flatMap(collect),
  ];
  const errors = report.errors.map(({ message }) => [message ?? 'Playwright failed', 'failed'] as const);
  return tally([...report.suites.flatMap(collect), ...errors]);
}

/** Counts of a finished runner from its report file and exit code. */
export function countsOf(kind: 'vitest' | 'playwright', reportFile: string, exitCode: number): Counts {
  const none: Counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  let counts = none;
  if (existsSync(reportFile)) {
    const report: unknown = JSON.parse(readFileSync(reportFile, 'utf8'));
    counts = kind === 'vitest' ? vitestCounts(report as VitestReport) : playwrightCounts(report as PlaywrightReport);
  }
  const total = counts.passed + counts.failed;
  if (counts.failed === 0 && (exitCode !== 0 || total === 0)) {
    const why = total === 0 ? 'no test was run' : `the runner ended with code ${exitCode}`;
    return { ...counts, failed: 1, failures: [why] };
  }
  return counts;
}
