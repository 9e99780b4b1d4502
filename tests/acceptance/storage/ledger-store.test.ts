// The ledger's store, wherever it lives: blocks in order, whole or refused.
import { describe, expect, test } from 'vitest';
import { CHANNEL, OTHER_CHANNEL, PLACES, bytesOf, codeOf } from './places.ts';

describe.each(PLACES)('the ledger in %s', (_, make) => {
  test('begins at height -1 and grows by one', async () => {
    const { ledger } = await (await make()).open();
    expect(await ledger.height(CHANNEL)).toBe(-1);
    await ledger.append(CHANNEL, 0, bytesOf(1));
    await ledger.append(CHANNEL, 1, bytesOf(2));
    expect(await ledger.height(CHANNEL)).toBe(1);
    expect(await ledger.read(CHANNEL, 0, 2)).toEqual([bytesOf(1), bytesOf(2)]);
  });

  test('refuses a gap and a repetition, and stays what it was', async () => {
    const { ledger } = await (await make()).open();
    await ledger.append(CHANNEL, 0, bytesOf(1));
    expect(await codeOf(ledger.append(CHANNEL, 2, bytesOf(3)))).toBe('gap');
    expect(await codeOf(ledger.append(CHANNEL, 0, bytesOf(9)))).toBe('gap');
    await ledger.append(CHANNEL, 1, bytesOf(2));
    expect(await ledger.read(CHANNEL, 0, 10)).toEqual([bytesOf(1), bytesOf(2)]);
  });

  test('reads a window, and nothing beyond the end', async () => {
    const { ledger } = await (await make()).open();
    for (let height = 0; height < 5; height += 1) await ledger.append(CHANNEL, height, bytesOf(height));
    expect(await ledger.read(CHANNEL, 1, 2)).toEqual([bytesOf(1), bytesOf(2)]);
    expect(await ledger.read(CHANNEL, 4, 9)).toEqual([bytesOf(4)]);
    expect(await ledger.read(CHANNEL, 5, 1)).toEqual([]);
    expect(await ledger.read(CHANNEL, 0, 0)).toEqual([]);
    expect(await ledger.read(OTHER_CHANNEL, 0, 1)).toEqual([]);
  });

  test('is there after a restart, channel by channel', async () => {
    const place = await make();
    const before = await place.open();
    await before.ledger.append(CHANNEL, 0, bytesOf(1));
    await before.ledger.append(OTHER_CHANNEL, 0, bytesOf(2));
    await before.close();
    const { ledger } = await place.open();
    expect((await ledger.channels()).toSorted()).toEqual([CHANNEL, OTHER_CHANNEL]);
    expect(await ledger.read(OTHER_CHANNEL, 0, 1)).toEqual([bytesOf(2)]);
    await ledger.append(CHANNEL, 1, bytesOf(3));
    expect(await ledger.height(CHANNEL)).toBe(1);
  });

  test('makes no channel by being asked for one', async () => {
    const { ledger } = await (await make()).open();
    await ledger.height(CHANNEL);
    await ledger.read(CHANNEL, 0, 1);
    expect(await codeOf(ledger.append(OTHER_CHANNEL, 5, bytesOf(1)))).toBe('gap');
    expect(await ledger.channels()).toEqual([]);
  });

  test('refuses a damaged block instead of handing it out', async () => {
    const place = await make();
    const before = await place.open();
    await before.ledger.append(CHANNEL, 0, bytesOf(1, 2, 3));
    await before.ledger.append(CHANNEL, 1, bytesOf(4, 5, 6));
    await before.close();
    await place.damageBlock(CHANNEL, 0);
    const { ledger } = await place.open();
    expect(await codeOf(ledger.read(CHANNEL, 0, 2))).toBe('damaged-ledger');
  });

  test('goes on above a snapshot that it took over, and the gap below is filled from its lower end', async () => {
    const place = await make();
    const before = await place.open();
    await before.ledger.append(CHANNEL, 0, bytesOf(0));
    await before.ledger.append(CHANNEL, 1, bytesOf(1));
    expect(await before.ledger.snapshot(CHANNEL)).toBeNull();
    await before.ledger.saveSnapshot(CHANNEL, { height: 5, parts: [bytesOf(50), bytesOf(51, 52)] }, bytesOf(5));
    await before.ledger.append(CHANNEL, 6, bytesOf(6));
    await before.ledger.fill(CHANNEL, 2, bytesOf(2));
    await before.close();
    const { ledger } = await place.open();
    expect([await ledger.height(CHANNEL), await ledger.filled(CHANNEL)]).toEqual([6, 2]);
    expect(await ledger.snapshot(CHANNEL)).toEqual({ height: 5, parts: [bytesOf(50), bytesOf(51, 52)] });
    expect(await ledger.read(CHANNEL, 1, 10)).toEqual([bytesOf(1), bytesOf(2)]);
    expect(await ledger.read(CHANNEL, 3, 10)).toEqual([]);
    expect(await ledger.read(CHANNEL, 5, 10)).toEqual([bytesOf(5), bytesOf(6)]);
    for (const height of [2, 4, 5, 7]) expect(await codeOf(ledger.fill(CHANNEL, height, bytesOf(9)))).toBe('gap');
    expect(await codeOf(ledger.append(CHANNEL, 3, bytesOf(3)))).toBe('gap');
    expect(await codeOf(ledger.saveSnapshot(CHANNEL, { height: 9, parts: [bytesOf(1)] }, bytesOf(9)))).toBe('gap');
    await ledger.fill(CHANNEL, 3, bytesOf(3));
    await ledger.append(CHANNEL, 7, bytesOf(7));
    await ledger.fill(CHANNEL, 4, bytesOf(4));
    expect(await ledger.filled(CHANNEL)).toBe(7);
    expect((await ledger.read(CHANNEL, 0, 10)).map(([first]) => first)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(await codeOf(ledger.fill(CHANNEL, 8, bytesOf(8)))).toBe('gap');
  });

  test('keeps one snapshot, the newest', async () => {
    const place = await make();
    const before = await place.open();
    for (let height = 0; height < 4; height += 1) await before.ledger.append(CHANNEL, height, bytesOf(height));
    await before.ledger.saveSnapshot(CHANNEL, { height: 1, parts: [bytesOf(1), bytesOf(2), bytesOf(3)] }, bytesOf(1));
    await before.ledger.saveSnapshot(CHANNEL, { height: 3, parts: [bytesOf(4)] }, bytesOf(3));
    await before.close();
    const { ledger } = await place.open();
    expect(await ledger.snapshot(CHANNEL)).toEqual({ height: 3, parts: [bytesOf(4)] });
    expect(await ledger.height(CHANNEL)).toBe(3);
    expect(await ledger.snapshot(OTHER_CHANNEL)).toBeNull();
  });

  test('holds what is kept of a block in place of it', async () => {
    const place = await make();
    const before = await place.open();
    for (let height = 0; height < 4; height += 1) await before.ledger.append(CHANNEL, height, new Uint8Array(100).fill(height));
    await before.ledger.replace(CHANNEL, 1, [bytesOf(11), bytesOf(12)]);
    expect(await codeOf(before.ledger.replace(CHANNEL, 3, [bytesOf(13), bytesOf(14)]))).toBe('gap');
    await before.close();
    const { ledger } = await place.open();
    const kept = [new Uint8Array(100), bytesOf(11), bytesOf(12), new Uint8Array(100).fill(3)];
    expect(await ledger.read(CHANNEL, 0, 10)).toEqual(kept);
    await ledger.append(CHANNEL, 4, bytesOf(4));
    expect(await ledger.read(CHANNEL, 3, 2)).toEqual([kept[3], bytesOf(4)]);
  });
});
