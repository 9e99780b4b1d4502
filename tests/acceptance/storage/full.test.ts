// No room: every store says `storage-full` and keeps what it had (fault 20).
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createMemoryDisk, createMemoryStores } from '../../../src/node/adapters/memory.ts';
import { storageTrouble } from '../../../src/node/adapters/storage/trouble.ts';
import type { Stores } from '../../../src/node/ports/index.ts';
import { CHANNEL, browserPlace, bytesOf, codeOf } from './places.ts';

async function writes(stores: Stores): Promise<readonly string[]> {
  return Promise.all([
    codeOf(stores.journal.write(CHANNEL, 1, { revision: 2, bytes: bytesOf(2) })),
    codeOf(stores.ledger.append(CHANNEL, 1, bytesOf(2))),
    codeOf(stores.notes.put('drafts', 'a', bytesOf(2))),
    codeOf(stores.memberKeys.create()),
  ]);
}

async function filled(stores: Stores): Promise<void> {
  await stores.journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
  await stores.ledger.append(CHANNEL, 0, bytesOf(1));
  await stores.notes.put('drafts', 'a', bytesOf(1));
}

async function kept(stores: Stores): Promise<void> {
  expect(await stores.journal.read(CHANNEL)).toEqual({ revision: 1, bytes: bytesOf(1) });
  expect(await stores.ledger.height(CHANNEL)).toBe(0);
  expect(await stores.notes.get('drafts', 'a')).toEqual(bytesOf(1));
}

const FULL = ['storage-full', 'storage-full', 'storage-full', 'storage-full'];

describe('a full disk', () => {
  afterEach(() => vi.restoreAllMocks());

  test('in memory', async () => {
    const disk = createMemoryDisk();
    const stores = createMemoryStores(disk);
    await filled(stores);
    disk.full = true;
    expect(await writes(stores)).toEqual(FULL);
    disk.full = false;
    await kept(stores);
  });

  test('in a browser, as its quota error', async () => {
    const stores = await browserPlace().open();
    await filled(stores);
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw new DOMException('over quota', 'QuotaExceededError');
    });
    expect(await writes(stores)).toEqual(FULL);
    vi.restoreAllMocks();
    await kept(stores);
  });

  test.each(['ENOSPC', 'EDQUOT'])('on a server, as %s', (code) => {
    expect(storageTrouble(Object.assign(new Error('no room'), { code })).code).toBe('storage-full');
  });

  test('is told from other trouble', () => {
    expect(storageTrouble(Object.assign(new Error('broken'), { code: 'EIO' })).code).toBe('storage-failed');
  });
});
