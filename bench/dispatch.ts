// What a person types after `npm run bench --`: a name and options. Progress goes to standard error; the result is last on standard
// output, as one JSON document with `--json`, in which the machine it was measured on is named by its kind only.
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { rounded } from './statistics.ts';
import type { Bench } from './bench.ts';

export interface Output {
  say(line: string): void;
  print(text: string): void;
}

export function help(benches: ReadonlyMap<string, Bench>): string {
  const names = [...benches].map(([name, { about }]) => `  ${name.padEnd(14)} ${about}`);
  return [
    'npm run bench -- NAME [--json] [options of the benchmark]',
    '',
    ...names,
    '',
    'Figures of a shared machine are ratios, not promises.',
    '',
  ].join('\n');
}

/** Runs one benchmark; resolves with the exit code. */
export async function dispatch(argv: readonly string[], benches: ReadonlyMap<string, Bench>, output: Output): Promise<number> {
  const json = argv.includes('--json');
  const [name, ...args] = argv.filter((argument) => argument !== '--json');
  if (name === undefined || name === '--help') {
    output.print(help(benches));
    return name === undefined ? 1 : 0;
  }
  const bench = benches.get(name);
  if (bench === undefined) {
    output.say(`There is no benchmark "${name}".\n\n${help(benches)}`);
    return 1;
  }
  const [load = 0] = loadavg();
  const result = await bench.run({ args, say: output.say });
  const machine = {
    cores: availableParallelism(),
    memoryGigabytes: Math.round(totalmem() / 1e9),
    node: process.version,
    platform: process.platform,
    /** What else it was doing: processes that wanted to run, on average of the minute before. */
    loadBefore: rounded(load),
  };
  output.print(json ? `${JSON.stringify({ bench: name, machine, ...result.document })}\n` : `${result.lines.join('\n')}\n`);
  return 0;
}
