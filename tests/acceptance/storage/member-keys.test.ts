// The member key, wherever it lives: one per profile, made here, not shown, gone when erased (R14).
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { openDB } from 'idb';
import { describe, expect, test } from 'vitest';
import { createVerifier, openBrowserStores } from '../../../src/node/adapters/index.ts';
import { PLACES, bytesOf, codeOf, filePlace, flipByte } from './places.ts';

describe.each(PLACES)('the member key in %s', (_, make) => {
  test('is none at first, then the same after a restart, and signs', async () => {
    const place = await make();
    const before = await place.open();
    expect(await before.memberKeys.load()).toBeNull();
    const made = await before.memberKeys.create();
    await before.close();
    const loaded = await (await place.open()).memberKeys.load();
    expect(loaded?.publicKey).toEqual(made.publicKey);
    const signature = await loaded?.sign(bytesOf(1, 2));
    expect(await createVerifier().verify(made.publicKey, bytesOf(1, 2), signature ?? bytesOf())).toBe(true);
  });

  test('is not made twice', async () => {
    const { memberKeys } = await (await make()).open();
    await memberKeys.create();
    expect(await codeOf(memberKeys.create())).toBe('key-exists');
  });

  test('is another one after erasing', async () => {
    const { memberKeys } = await (await make()).open();
    const first = await memberKeys.create();
    await memberKeys.erase();
    expect(await memberKeys.load()).toBeNull();
    expect((await memberKeys.create()).publicKey).not.toEqual(first.publicKey);
  });
});

test('in IndexedDB the private key cannot be exported (fault 41)', async () => {
  const name = 'member-key-export';
  await (await openBrowserStores(name)).memberKeys.create();
  const stored = (await (await openDB(name)).get('keys', 'member')) as { privateKey: CryptoKey };
  expect(stored.privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey('pkcs8', stored.privateKey)).rejects.toThrow();
  await expect(crypto.subtle.exportKey('jwk', stored.privateKey)).rejects.toThrow();
});

test('in files only their owner reads it, and a damaged one is said to be damaged', async () => {
  const place = await filePlace();
  const { memberKeys } = await place.open();
  await memberKeys.create();
  const path = join(place.folder, 'journal', 'member-key');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await flipByte(path, 40);
  expect(await codeOf(memberKeys.load())).toBe('damaged-key');
  expect(await codeOf(memberKeys.create())).toBe('key-exists');
});
