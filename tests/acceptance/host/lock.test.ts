// One live instance per profile (R16): in memory, by Web Locks, by a lock file.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createWebLock } from '../../../src/node/adapters/index.ts';
import { createMemoryLocks } from '../../../src/node/adapters/memory.ts';
import { createLockFile } from '../../../src/node/adapters/node.ts';
import type { InstanceLock } from '../../../src/node/ports/index.ts';
import { temporaryFolder } from '../storage/places.ts';

interface Place {
  lock(): InstanceLock;
  /** Takes it away from whoever holds it. */
  steal(): Promise<void>;
}

async function webPlace(): Promise<Place> {
  const name = `lock-${Math.random()}`;
  return {
    lock: () => createWebLock(name),
    steal: async () => {
      await navigator.locks.request(name, { steal: true }, () => undefined);
    },
  };
}

async function memoryPlace(): Promise<Place> {
  const locks = createMemoryLocks();
  return { lock: () => locks.lock('a'), steal: async () => locks.steal('a') };
}

async function filePlace(): Promise<Place & { readonly path: string }> {
  const path = join(await temporaryFolder(), 'profile', 'lock');
  return {
    path,
    lock: () => createLockFile(path),
    steal: () => writeFile(path, JSON.stringify({ pid: process.ppid, started: '', token: 'another' })),
  };
}

const never = () => expect.unreachable('the lock was not lost');
const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
  ['memory', memoryPlace],
  ['Web Locks', webPlace],
  ['a file', filePlace],
];

describe.each(PLACES)('the instance lock in %s', (_, make) => {
  test('is held by one, and free after release (R16)', async () => {
    const place = await make();
    const [one, two] = [place.lock(), place.lock()];
    expect(await one.acquire(never)).toBe(true);
    expect(await two.acquire(never)).toBe(false);
    await one.release();
    expect(await two.acquire(never)).toBe(true);
    expect(await one.acquire(never)).toBe(false);
    await two.release();
  });

  test('is got by one of many that ask at once', async () => {
    const place = await make();
    const locks = Array.from({ length: 8 }, () => place.lock());
    const got = await Promise.all(locks.map((lock) => lock.acquire(never)));
    expect(got.filter(Boolean)).toHaveLength(1);
    await Promise.all(locks.map((lock) => lock.release()));
  });

  test('tells its holder when it is taken away', async () => {
    const place = await make();
    const lock = place.lock();
    const lost = vi.fn();
    expect(await lock.acquire(lost)).toBe(true);
    await place.steal();
    await vi.waitFor(() => expect(lost).toHaveBeenCalledOnce(), { timeout: 10_000 });
    await lock.release();
  });

  test('does no harm when released by one who does not hold it', async () => {
    const place = await make();
    const [one, two] = [place.lock(), place.lock()];
    await one.acquire(never);
    await two.release();
    expect(await two.acquire(never)).toBe(false);
    await one.release();
  });
});

describe('the lock file', () => {
  test('of a process that is no more is passed over', async () => {
    const place = await filePlace();
    const child = spawn(process.execPath, ['-e', '']);
    await new Promise((ended) => child.once('exit', ended));
    await mkdir(join(place.path, '..'), { recursive: true });
    await writeFile(place.path, JSON.stringify({ pid: child.pid, started: '', token: 'gone' }));
    const lock = place.lock();
    expect(await lock.acquire(never)).toBe(true);
    await lock.release();
  });

  test('of a living process is respected', async () => {
    const place = await filePlace();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    onTestFinished(() => void child.kill());
    await mkdir(join(place.path, '..'), { recursive: true });
    await writeFile(place.path, JSON.stringify({ pid: child.pid, started: '', token: 'alive' }));
    expect(await place.lock().acquire(never)).toBe(false);
    expect(await readFile(place.path, 'utf8')).toContain('alive');
  });

  test('of an earlier process with the number of a living one is passed over', async () => {
    const place = await filePlace();
    await mkdir(join(place.path, '..'), { recursive: true });
    await writeFile(place.path, JSON.stringify({ pid: process.pid, started: 'another boot/1', token: 'earlier' }));
    const lock = place.lock();
    expect(await lock.acquire(never)).toBe(true);
    await lock.release();
  });

  test('that holds no holder is passed over', async () => {
    const place = await filePlace();
    await mkdir(join(place.path, '..'), { recursive: true });
    await writeFile(place.path, 'half a fi');
    const lock = place.lock();
    expect(await lock.acquire(never)).toBe(true);
    await lock.release();
  });
});
