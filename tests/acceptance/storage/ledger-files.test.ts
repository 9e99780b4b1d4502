// The ledger in files: segments, torn tails and damage.
import { appendFile, mkdir, readFile, readdir, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileLedger } from '../../../src/node/adapters/storage/file-ledger.ts';
import { CHANNEL, bytesOf, codeOf, filePlace, flipByte, segmentFile, temporaryFolder } from './places.ts';

async function threeBlocks() {
  const place = await filePlace();
  const { ledger } = await place.open();
  for (let height = 0; height < 3; height += 1) await ledger.append(CHANNEL, height, new Uint8Array(200).fill(height + 1));
  return { place, path: await segmentFile(place.folder, CHANNEL) };
}

test('a tail that was never finished is cut off, at whatever byte the power went', async () => {
  const { place, path } = await threeBlocks();
  const whole = await readFile(path);
  const record = whole.byteLength / 3;
  for (const kept of [1, 10, 24, 30, 60, record - 1]) {
    await writeFile(path, whole.subarray(0, 2 * record + kept));
    const { ledger } = await place.open();
    expect(await ledger.height(CHANNEL), `${kept} bytes`).toBe(1);
    await ledger.append(CHANNEL, 2, bytesOf(7));
    expect(await ledger.read(CHANNEL, 2, 1)).toEqual([bytesOf(7)]);
  }
});

test('a tail of zeros, as file systems leave it, is cut off', async () => {
  const { place, path } = await threeBlocks();
  await appendFile(path, new Uint8Array(300));
  const { ledger } = await place.open();
  expect(await ledger.height(CHANNEL)).toBe(2);
});

test('damage in the middle is refused at every byte, and nothing is cut', async () => {
  const { place, path } = await threeBlocks();
  const { byteLength } = await readFile(path);
  for (let position = 0; position < (2 * byteLength) / 3; position += 7) {
    await flipByte(path, position);
    const { ledger } = await place.open();
    expect(await codeOf(ledger.height(CHANNEL)), `byte ${position}`).toBe('damaged-ledger');
    await flipByte(path, position);
  }
  expect((await readFile(path)).byteLength).toBe(byteLength);
});

test('damage after the folder was read is noticed when the block is asked for', async () => {
  const { place, path } = await threeBlocks();
  const { ledger } = await place.open();
  expect(await ledger.height(CHANNEL)).toBe(2);
  await flipByte(path, 100);
  expect(await codeOf(ledger.read(CHANNEL, 0, 1))).toBe('damaged-ledger');
});

test('a full segment is followed by another; a missing one is refused', async () => {
  const folder = await temporaryFolder();
  const ledger = await openFileLedger(folder, 500);
  for (let height = 0; height < 9; height += 1) await ledger.append(CHANNEL, height, new Uint8Array(200).fill(height));
  const names = (await readdir(join(folder, CHANNEL))).sort();
  expect(names.length).toBeGreaterThan(2);
  const again = await openFileLedger(folder, 500);
  expect((await again.read(CHANNEL, 0, 9)).map((block) => block[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  await truncate(join(folder, CHANNEL, names[0] ?? ''), 10);
  expect(await codeOf((await openFileLedger(folder, 500)).height(CHANNEL))).toBe('damaged-ledger');
});

test('after an append that failed, the disk is asked what is there', async () => {
  const { place, path } = await threeBlocks();
  const { ledger } = await place.open();
  expect(await ledger.height(CHANNEL)).toBe(2);
  const bytes = await readFile(path);
  await rm(path);
  // A folder in place of the file: the append cannot be written.
  await mkdir(path);
  expect(await codeOf(ledger.append(CHANNEL, 3, bytesOf(4)))).toBe('storage-failed');
  await rmdir(path);
  await writeFile(path, bytes);
  await ledger.append(CHANNEL, 3, bytesOf(4));
  expect(await ledger.read(CHANNEL, 3, 1)).toEqual([bytesOf(4)]);
});

test('appends of one moment keep their order', async () => {
  const { ledger } = await (await filePlace()).open();
  await Promise.all(Array.from({ length: 10 }, (_, height) => ledger.append(CHANNEL, height, bytesOf(height))));
  expect((await ledger.read(CHANNEL, 0, 10)).map((block) => block[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('a fill that was never finished is cut off, and the blocks above the gap stay', async () => {
  const { place, path } = await threeBlocks();
  const before = await place.open();
  await before.ledger.saveSnapshot(CHANNEL, { height: 9, parts: [bytesOf(1)] }, bytesOf(9));
  await before.close();
  await appendFile(path, new Uint8Array(70).fill(3));
  const { ledger } = await place.open();
  expect([await ledger.filled(CHANNEL), await ledger.height(CHANNEL)]).toEqual([2, 9]);
  await ledger.fill(CHANNEL, 3, bytesOf(3));
  expect(await ledger.read(CHANNEL, 3, 9)).toEqual([bytesOf(3)]);
  expect(await ledger.read(CHANNEL, 9, 9)).toEqual([bytesOf(9)]);
});

test('a snapshot whose block was never written counts for nothing; a gap without one is damage', async () => {
  const { place, path } = await threeBlocks();
  const before = await place.open();
  await before.ledger.saveSnapshot(CHANNEL, { height: 9, parts: [bytesOf(1)] }, bytesOf(9));
  await before.close();
  const snapshot = join(path, '..', '000000000009.snapshot');
  const bytes = await readFile(snapshot);
  await rm(snapshot);
  expect(await codeOf((await place.open()).ledger.height(CHANNEL))).toBe('damaged-ledger');
  await writeFile(snapshot, bytes);
  await rm(join(path, '..', '000000000009.blocks'));
  const { ledger } = await place.open();
  expect([await ledger.height(CHANNEL), await ledger.snapshot(CHANNEL)]).toEqual([2, null]);
  await ledger.append(CHANNEL, 3, bytesOf(3));
  await flipByte(snapshot, -1);
  await ledger.saveSnapshot(CHANNEL, { height: 3, parts: [bytesOf(4)] }, bytesOf(3));
  expect(await (await place.open()).ledger.snapshot(CHANNEL)).toEqual({ height: 3, parts: [bytesOf(4)] });
});
