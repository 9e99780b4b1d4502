// The pool of workers, with workers that a test holds in its hand.
import { beforeEach, describe, expect, test } from 'vitest';
import { AppError } from '../../base/index.ts';
import { type PooledWorker, WorkerPool, poolSize } from './pool.ts';

interface Made {
  ended: boolean;
  fail(): void;
}

let made: Made[];
let going: (() => void)[];

function start(): PooledWorker<Made> {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const worker: Made = { ended: false, fail: () => reject(new AppError({ code: 'worker-failed', message: 'gone', remedy: 'again' })) };
  made.push(worker);
  return {
    api: worker,
    failed,
    end: () => {
      worker.ended = true;
    },
  };
}

const hold =
  <Answer>(answer: Answer) =>
  () =>
    new Promise<Answer>((resolve) => going.push(() => resolve(answer)));
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
};

beforeEach(() => {
  made = [];
  going = [];
});

describe('pool of workers', () => {
  test('has as many workers as cores beside the page’s own, at least one and at most four', () => {
    expect([1, 2, 4, 64].map(poolSize)).toEqual([1, 1, 3, 4]);
  });

  test('never runs more at once than it has workers, keeps the order, and uses idle workers again (R18)', async () => {
    const pool = new WorkerPool({ start, size: 2 });
    const answers = ['a', 'b', 'c'].map((name) => pool.submit(hold(name)).done);
    expect(going.length).toBe(2);
    going[0]?.();
    expect(await answers[0]).toBe('a');
    await settled();
    expect(going.length).toBe(3);
    for (const go of going) go();
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c']);
    expect(made.length).toBe(2);
    pool.close();
    expect(made.every(({ ended }) => ended)).toBe(true);
  });

  test('refuses what is too much to wait (R18)', async () => {
    const pool = new WorkerPool({ start, size: 1, maxWaiting: 1 });
    const [running, waiting, refused] = [pool.submit(hold(1)), pool.submit(hold(2)), pool.submit(hold(3))];
    await expect(refused.done).rejects.toMatchObject({ code: 'too-busy' });
    running.done.catch(() => undefined);
    waiting.done.catch(() => undefined);
    pool.close();
  });

  test('forgets what waits and is given up, ends the worker of what runs, and goes on with the next', async () => {
    const pool = new WorkerPool({ start, size: 1 });
    const [running, waiting, last] = [pool.submit(hold(1)), pool.submit(hold(2)), pool.submit(hold(3))];
    waiting.abort();
    await expect(waiting.done).rejects.toMatchObject({ code: 'aborted' });
    running.abort();
    await expect(running.done).rejects.toMatchObject({ code: 'aborted' });
    expect(made.map(({ ended }) => ended)).toEqual([true, false]);
    going.at(-1)?.();
    expect(await last.done).toBe(3);
    // An answer that comes from a worker that was ended changes nothing.
    going[0]?.();
    await settled();
    const again = pool.submit(hold(4));
    await settled();
    going.at(-1)?.();
    expect(await again.done).toBe(4);
    expect(made.length).toBe(2);
    pool.close();
  });

  test('a worker that dies fails its own work only; a new one takes the next', async () => {
    const pool = new WorkerPool({ start, size: 1 });
    const [lost, next] = [pool.submit(hold(1)), pool.submit(hold(2))];
    made[0]?.fail();
    await expect(lost.done).rejects.toMatchObject({ code: 'worker-failed' });
    await settled();
    going.at(-1)?.();
    expect(await next.done).toBe(2);
    expect(made.map(({ ended }) => ended)).toEqual([true, false]);
    pool.close();
    await expect(pool.submit(hold(3)).done).rejects.toMatchObject({ code: 'aborted' });
  });

  test('what the work throws is passed on, and its worker stays', async () => {
    const pool = new WorkerPool({ start, size: 1 });
    await expect(pool.submit(() => Promise.reject(new Error('no'))).done).rejects.toThrow('no');
    const next = pool.submit(async () => 5);
    expect(await next.done).toBe(5);
    expect(made.length).toBe(1);
    pool.close();
  });
});
