// Background work: never twice at once, never forgotten, never after the stop.
import { expect, test } from 'vitest';
import { createMemoryLog, createMemoryTime } from '../adapters/memory.ts';
import { AppError } from '../base/index.ts';
import { Errand, type Progress } from './errand.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('kicks during a run make one more run, not many', async () => {
  let runs = 0;
  let finish: (() => void) | null = null;
  const errand = new Errand('test', { ...createMemoryTime(), log: createMemoryLog() }, async () => {
    runs += 1;
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    return 'done';
  });
  errand.kick();
  for (let count = 0; count < 5; count += 1) errand.kick();
  await turn();
  expect(runs).toBe(1);
  (finish as (() => void) | null)?.();
  await turn();
  expect(runs).toBe(2);
  (finish as (() => void) | null)?.();
  await turn();
  expect(runs).toBe(2);
});

test('what is not finished is tried again after growing pauses, at once after a kick', async () => {
  const time = createMemoryTime();
  const results: Progress[] = ['later', 'later', 'later', 'done'];
  let runs = 0;
  const errand = new Errand('test', { ...time, log: createMemoryLog() }, async () => {
    runs += 1;
    return results[runs - 1] ?? 'done';
  });
  errand.kick();
  await turn();
  expect([runs, time.nextMs()]).toEqual([1, 1_000]);
  time.advance(1_000);
  await turn();
  expect([runs, time.nextMs()]).toEqual([2, 3_000]);
  errand.kick();
  await turn();
  expect([runs, time.nextMs()]).toEqual([3, 2_000]);
  time.advance(1_000);
  await turn();
  expect([runs, time.nextMs()]).toEqual([4, null]);
});

test('trouble with the environment is tried again, and a stop ends it', async () => {
  const time = createMemoryTime();
  const log = createMemoryLog();
  let runs = 0;
  const errand = new Errand('test', { ...time, log }, async () => {
    runs += 1;
    throw new AppError({ code: 'storage-full', message: 'full', remedy: 'free some' });
  });
  errand.kick();
  await turn();
  expect(log.lines).toHaveLength(1);
  await errand.stop();
  time.advance(100_000);
  errand.kick();
  await turn();
  expect(runs).toBe(1);
});
