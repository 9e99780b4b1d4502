// The dispatcher: help, unknown names, one JSON document last on standard output.
import { expect, test } from 'vitest';
import type { Bench } from './bench.ts';
import { BENCHES } from './benches.ts';
import { dispatch } from './dispatch.ts';

const square: Bench = {
  about: 'squares a number',
  async run({ args, say }) {
    say('squaring');
    const [number = '0'] = args;
    return { document: { square: Number(number) ** 2 }, lines: [`square ${Number(number) ** 2}`] };
  },
};

async function typed(...argv: string[]) {
  let [printed, said] = ['', ''];
  const output = { say: (line: string) => (said += line), print: (text: string) => (printed += text) };
  const code = await dispatch(argv, new Map([['square', square]]), output);
  return { code, printed, said };
}

test('with --json one document is all that is printed, progress apart', async () => {
  const { code, printed, said } = await typed('square', '--json', '3');
  expect(code).toBe(0);
  expect(JSON.parse(printed)).toMatchObject({ bench: 'square', square: 9, machine: { node: process.version } });
  expect(said).toBe('squaring');
});

test('without it, lines for people', async () => {
  expect((await typed('square', '3')).printed).toBe('square 9\n');
});

test('no name and --help show every benchmark, an unknown name is an error', async () => {
  expect((await typed()).code).toBe(1);
  expect(await typed('--help')).toMatchObject({ code: 0, printed: expect.stringContaining('squares a number') as string });
  expect(await typed('cube')).toMatchObject({ code: 1, printed: '', said: expect.stringContaining('no benchmark "cube"') as string });
});

test('every benchmark says what it measures', () => {
  for (const [name, { about }] of BENCHES) expect(about, name).not.toBe('');
});
