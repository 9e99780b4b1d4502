// Stages of a check or test run: each is named, timed, shown on standard error as it goes, and counted. Standard output is kept
// for one JSON document or the summary.
import { performance } from 'node:perf_hooks';
import { type ChildProcess, spawn } from 'node:child_process';
import type { Counts } from './counts.ts';
import { ROOT, productEnvironment } from './toolchain.mjs';

export interface StageResult extends Counts {
  readonly name: string;
  readonly seconds: number;
}

export interface Finished {
  readonly code: number;
  readonly output: string;
}

/** No stage may take longer; a runner that hangs is ended and has failed. */
const STAGE_LIMIT_MS = 10 * 60_000;
/** What is kept of a stage's output, from its end. */
const MAX_OUTPUT_CHARS = 200_000;

const running = new Set<ChildProcess>();

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    // The whole group: runners start workers and browsers.
    if (process.platform === 'win32') child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of running) kill(child, 'SIGTERM');
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/** Runs a program without input in a process group of its own. Its output goes to standard error at once where `live`, and is returned. */
export function execute(
  command: string,
  args: readonly string[],
  options: { readonly live: boolean; readonly env?: NodeJS.ProcessEnv },
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: productEnvironment({ ...process.env, ...options.env }),
      detached: process.platform !== 'win32',
    });
    running.add(child);
    let output = '';
    const take = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-MAX_OUTPUT_CHARS);
      if (options.live) process.stderr.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const limit = setTimeout(() => {
      take(Buffer.from(`\nEnded: it took longer than ${STAGE_LIMIT_MS / 60_000} minutes.\n`));
      kill(child, 'SIGKILL');
    }, STAGE_LIMIT_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      running.delete(child);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** One check that passes or fails as a whole. */
export function asCounts(finished: Finished, name: string): Counts {
  const passed = finished.code === 0;
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0, failures: passed ? [] : [name] };
}

const sayOnStandardError = (line: string): void => void process.stderr.write(`${line}\n`);

/** Runs one stage and says how it went. What it throws becomes its failure. */
export async function stage(name: string, work: () => Promise<Counts>, say = sayOnStandardError): Promise<StageResult> {
  say(`• ${name}`);
  const begin = performance.now();
  let counts: Counts;
  try {
    counts = await work();
  } catch (error) {
    const remedy = error instanceof Error && 'remedy' in error ? ` ${String(error.remedy)}` : '';
    counts = { passed: 0, failed: 1, skipped: 0, failures: [`${error instanceof Error ? error.message : String(error)}${remedy}`] };
  }
  const seconds = Math.round((performance.now() - begin) / 100) / 10;
  const left = counts.skipped === 0 ? '' : `, ${counts.skipped} left out`;
  say(`${counts.failed === 0 ? '✓' : '✗'} ${name}: ${counts.passed} passed, ${counts.failed} failed${left} (${seconds} s)`);
  return { name, seconds, ...counts };
}

export interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly stages: readonly StageResult[];
}

export function summarise(stages: readonly StageResult[]): Summary {
  const sum = (pick: (stage: StageResult) => number): number => stages.reduce((total, entry) => total + pick(entry), 0);
  return {
    passed: sum((entry) => entry.passed),
    failed: sum((entry) => entry.failed),
    skipped: sum((entry) => entry.skipped),
    seconds: Math.round(sum((entry) => entry.seconds) * 10) / 10,
    stages,
  };
}

/** Ends with the line that tools and people look for; with `json` that document is last on standard output instead. */
export function printSummary(summary: Summary, json: boolean): void {
  const lines = [
    '',
    ...summary.stages.map(
      (entry) =>
        `${entry.failed === 0 ? '✓' : '✗'} ${entry.name.padEnd(28)} ${String(entry.seconds).padStart(6)} s  ${entry.passed} passed, ${entry.failed} failed`,
    ),
  ];
  for (const entry of summary.stages)
    for (const failure of entry.failures) lines.push(`  ✗ ${entry.name}: ${failure.split('\n')[0] ?? ''}`);
  if (summary.skipped > 0) lines.push(`${summary.skipped} left out: see above for what they need`);
  lines.push('', `${summary.passed} passed, ${summary.failed} failed`, '');
  (json ? process.stderr : process.stdout).write(lines.join('\n'));
  if (json) process.stdout.write(`${JSON.stringify(summary)}\n`);
}
