// Running programs as stages: output, exit codes, and what is counted.
import { describe, expect, test } from 'vitest';
import { asCounts, execute, stage, summarise } from './stages.ts';
import { ToolchainError } from './toolchain.mjs';

const node = (code: string) => execute(process.execPath, ['-e', code], { live: false });

describe('a program', () => {
  test('is run without input; its output and code are returned', async () => {
    const finished = await node("process.stdin.on('end', () => { console.log('end'); process.exitCode = 3; }).resume();");
    expect(finished).toEqual({ code: 3, output: 'end\n' });
  });

  test('that cannot be started is an error', async () => {
    await expect(execute('no-such-program', [], { live: false })).rejects.toThrow('ENOENT');
  });

  test('that is killed has failed', async () => {
    expect((await node("process.kill(process.pid, 'SIGKILL')")).code).not.toBe(0);
  });
});

describe('a stage', () => {
  const said: string[] = [];
  const say = (line: string) => void said.push(line);
  const counts = { passed: 2, failed: 1, skipped: 1, failures: ['b'] };

  test('that throws has failed, and says what to do', async () => {
    const result = await stage('x', () => Promise.reject(new ToolchainError('No browser.', 'Install one.')), say);
    expect(result).toMatchObject({ passed: 0, failed: 1, failures: ['No browser. Install one.'] });
  });

  test('adds up with others', async () => {
    const results = [await stage('a', async () => counts, say), await stage('b', async () => asCounts({ code: 0, output: '' }, 'b'), say)];
    expect(summarise(results)).toMatchObject({ passed: 3, failed: 1, skipped: 1 });
    expect(said.at(-1)).toMatch(/^✓ b: 1 passed, 0 failed/u);
  });
});
