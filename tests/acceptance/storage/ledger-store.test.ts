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
});
