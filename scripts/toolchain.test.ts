// The tool chain's judgements: versions, what is installed, programs that are run.
import { expect, test } from 'vitest';
import { ToolchainError, atLeast, productNode, run, staleInstall } from './toolchain.mjs';

test('versions are compared by major and minor', () => {
  expect(['v20.19.0', 'v20.20.2', 'v22.0.0', '24.1.0'].map((version) => atLeast(version, [20, 19]))).toEqual([true, true, true, true]);
  expect(['v20.18.9', 'v18.20.0', 'v9.30.0'].map((version) => atLeast(version, [20, 19]))).toEqual([false, false, false]);
});

test('the packages that run this test are those of the lock file', () => {
  expect(staleInstall()).toBeNull();
});

test('the product runs on this Node.js', () => {
  expect(productNode()).toBe(process.execPath);
});

test('trouble carries its remedy', () => {
  expect(new ToolchainError('It is gone.', 'Get another.')).toMatchObject({ message: 'It is gone.', remedy: 'Get another.' });
});

test('a program is run without input, and its exit code is returned', async () => {
  expect(await run(process.execPath, ['-e', "process.stdin.on('end', () => process.exit(4)).resume()"])).toBe(4);
  expect(await run(process.execPath, ['-e', "console.log('unseen')"], { hidden: true })).toBe(0);
  expect(await run(process.execPath, ['-e', "process.kill(process.pid, 'SIGKILL')"])).toBe(1);
});
