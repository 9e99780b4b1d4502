// The vote journal, wherever it lives: one row per channel, compared and set in one step, whole or refused (R3, R14, R16).
import { describe, expect, test } from 'vitest';
import { CHANNEL, OTHER_CHANNEL, PLACES, bytesOf, codeOf } from './places.ts';

describe.each(PLACES)('the journal in %s', (_, make) => {
  test('holds nothing at first, which is not the same as a damaged row (R14)', async () => {
    const { journal } = await (await make()).open();
    expect(await journal.read(CHANNEL)).toBeNull();
  });

  test('gives back the newest row after a restart (R3)', async () => {
    const place = await make();
    const before = await place.open();
    await before.journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1, 2) });
    await before.journal.write(CHANNEL, 1, { revision: 2, bytes: bytesOf(3) });
    await before.close();
    const { journal } = await place.open();
    expect(await journal.read(CHANNEL)).toEqual({ revision: 2, bytes: bytesOf(3) });
  });

  test('keeps channels apart', async () => {
    const { journal } = await (await make()).open();
    await journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
    expect(await journal.read(OTHER_CHANNEL)).toBeNull();
  });

  test('refuses a writer that expects an older revision (R3, R16)', async () => {
    const place = await make();
    const holder = await place.open();
    const thief = await place.open();
    await holder.journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
    expect(await codeOf(thief.journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(9) }))).toBe('stolen-journal');
    expect(await holder.journal.read(CHANNEL)).toEqual({ revision: 1, bytes: bytesOf(1) });
  });

  test('lets one of two writers through, at every revision (R16)', async () => {
    const place = await make();
    const [one, two] = [await place.open(), await place.open()];
    for (let revision = 1; revision <= 20; revision += 1) {
      const outcomes = await Promise.all(
        [one, two].map((stores, index) =>
          codeOf(stores.journal.write(CHANNEL, revision - 1, { revision, bytes: bytesOf(index, revision) })),
        ),
      );
      expect(outcomes.toSorted()).toEqual(['none', 'stolen-journal']);
      const winner = outcomes.indexOf('none');
      expect((await one.journal.read(CHANNEL))?.bytes).toEqual(bytesOf(winner, revision));
    }
  });

  test('refuses a writer that is far behind', async () => {
    const place = await make();
    const [one, two] = [await place.open(), await place.open()];
    for (let revision = 1; revision <= 3; revision += 1)
      await one.journal.write(CHANNEL, revision - 1, { revision, bytes: bytesOf(revision) });
    expect(await codeOf(two.journal.write(CHANNEL, 1, { revision: 2, bytes: bytesOf(9) }))).toBe('stolen-journal');
  });

  test('refuses a writer that expects a newer revision: the row was rolled back under it (R14)', async () => {
    const { journal } = await (await make()).open();
    await journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
    expect(await codeOf(journal.write(CHANNEL, 5, { revision: 6, bytes: bytesOf(6) }))).toBe('stolen-journal');
    expect(await journal.read(CHANNEL)).toEqual({ revision: 1, bytes: bytesOf(1) });
  });

  test('says that a damaged row is damaged (R14)', async () => {
    const place = await make();
    const before = await place.open();
    await before.journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1, 2, 3) });
    await before.close();
    await place.damageRow(CHANNEL);
    const { journal } = await place.open();
    expect(await codeOf(journal.read(CHANNEL))).toBe('damaged-journal');
  });

  test('takes a copy: bytes that the caller changes later do not change the row', async () => {
    const { journal } = await (await make()).open();
    const bytes = bytesOf(1, 2, 3);
    await journal.write(CHANNEL, 0, { revision: 1, bytes });
    bytes.fill(9);
    expect((await journal.read(CHANNEL))?.bytes).toEqual(bytesOf(1, 2, 3));
  });
});
