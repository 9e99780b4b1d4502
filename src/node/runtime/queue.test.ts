// The one queue: order, no overlap, and what a failing job does.
import { expect, test } from 'vitest';
import { AppError, AssertionError } from '../base/index.ts';
import { createQueue } from './queue.ts';

/** A job that waits until it is let go. */
function gate(): { readonly job: () => Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { job: () => passed, open: () => open() };
}

test('jobs run one after another, what a running job produced first', async () => {
  const order: string[] = [];
  const queue = createQueue(() => undefined);
  queue.push(async () => {
    await Promise.resolve();
    order.push('first');
    queue.push(async () => void order.push('later'));
    queue.pushFirst(async () => void order.push('own'));
  });
  queue.push(async () => void order.push('second'));
  await queue.idle();
  expect(order).toEqual(['first', 'own', 'second', 'later']);
});

test('no job begins while another runs', async () => {
  const { job, open } = gate();
  let began = false;
  const queue = createQueue(() => undefined);
  queue.push(job);
  queue.push(async () => {
    began = true;
  });
  await Promise.resolve();
  expect(began).toBe(false);
  open();
  await queue.idle();
  expect(began).toBe(true);
});

test('trouble of one job is told and the next one runs', async () => {
  const failures: unknown[] = [];
  const queue = createQueue((error) => failures.push(error));
  let ran = false;
  queue.push(() => Promise.reject(new AppError({ code: 'storage-full', message: 'full', remedy: 'make room' })));
  queue.push(async () => {
    ran = true;
  });
  await queue.idle();
  expect(failures).toHaveLength(1);
  expect(ran).toBe(true);
});

test('our own bug stops the queue for good', async () => {
  const failures: unknown[] = [];
  const queue = createQueue((error) => failures.push(error));
  let ran = false;
  queue.push(() => Promise.reject(new AssertionError('broken')));
  queue.push(async () => {
    ran = true;
  });
  await queue.idle();
  queue.push(async () => {
    ran = true;
  });
  await queue.idle();
  expect(failures).toHaveLength(1);
  expect(ran).toBe(false);
});
