// The vote journal in files: what a crash can leave behind.
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHANNEL, bytesOf, codeOf, filePlace, flipByte } from './places.ts';

test('a row that was never finished is as if it had not been begun (R3)', async () => {
  const place = await filePlace();
  const before = await place.open();
  await before.journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
  await writeFile(join(place.folder, 'journal', '.unfinished-x'), bytesOf(1, 2, 3));
  const { journal } = await place.open();
  expect(await journal.read(CHANNEL)).toEqual({ revision: 1, bytes: bytesOf(1) });
  expect(await readdir(join(place.folder, 'journal'))).toEqual([`${CHANNEL}.1`]);
});

test('a revision that a crash left behind does not outlive the newer one', async () => {
  const place = await filePlace();
  const { journal } = await place.open();
  await journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
  await journal.write(CHANNEL, 1, { revision: 2, bytes: bytesOf(2) });
  await writeFile(join(place.folder, 'journal', `${CHANNEL}.1`), bytesOf(7));
  expect(await journal.read(CHANNEL)).toEqual({ revision: 2, bytes: bytesOf(2) });
  await journal.write(CHANNEL, 2, { revision: 3, bytes: bytesOf(3) });
  expect(await readdir(join(place.folder, 'journal'))).toEqual([`${CHANNEL}.3`]);
});

test('a damaged newest row is never passed over for an older one (R14)', async () => {
  const place = await filePlace();
  const { journal } = await place.open();
  await journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1) });
  await writeFile(join(place.folder, 'journal', `${CHANNEL}.2`), bytesOf(1));
  expect(await codeOf(journal.read(CHANNEL))).toBe('damaged-journal');
});

test('every flipped bit of the row is noticed', async () => {
  const place = await filePlace();
  const { journal } = await place.open();
  await journal.write(CHANNEL, 0, { revision: 1, bytes: bytesOf(1, 2, 3, 4) });
  for (let position = 0; position < 36; position += 1) {
    await flipByte(join(place.folder, 'journal', `${CHANNEL}.1`), position);
    expect(await codeOf(journal.read(CHANNEL)), `byte ${position}`).toBe('damaged-journal');
    await flipByte(join(place.folder, 'journal', `${CHANNEL}.1`), position);
  }
  expect(await journal.read(CHANNEL)).not.toBeNull();
});
