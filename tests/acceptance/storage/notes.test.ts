// Notes, wherever they live: small values by key, in tables.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PLACES, bytesOf } from './places.ts';

describe.each(PLACES)('notes in %s', (_, make) => {
  test('are put, replaced, deleted, and there after a restart', async () => {
    const place = await make();
    const before = await place.open();
    await before.notes.put('drafts', 'a', bytesOf(1));
    await before.notes.put('drafts', 'a', bytesOf(2));
    await before.notes.put('drafts', 'b', bytesOf(3));
    await before.notes.delete('drafts', 'b');
    await before.notes.delete('drafts', 'never there');
    await before.close();
    const { notes } = await place.open();
    expect(await notes.get('drafts', 'a')).toEqual(bytesOf(2));
    expect(await notes.get('drafts', 'b')).toBeNull();
  });

  test('are listed by prefix, ordered by key, table by table', async () => {
    const { notes } = await (await make()).open();
    for (const key of ['x/2', 'x/1', 'y/1', 'x', 'x/10']) await notes.put('letters', key, bytesOf(key.length));
    await notes.put('letters-sent', 'x/9', bytesOf(9));
    expect((await notes.entries('letters', 'x/')).map(([key]) => key)).toEqual(['x/1', 'x/10', 'x/2']);
    expect((await notes.entries('letters')).map(([key]) => key)).toEqual(['x', 'x/1', 'x/10', 'x/2', 'y/1']);
    expect(await notes.entries('nothing')).toEqual([]);
  });

  test('take any key and any value', async () => {
    const { notes } = await (await make()).open();
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 300 }), fc.uint8Array({ maxLength: 50 }), async (key, value) => {
        await notes.put('any', key, value);
        expect(await notes.get('any', key)).toEqual(value);
        expect((await notes.entries('any', key)).some(([found]) => found === key)).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  test('are all gone after clear', async () => {
    const { notes } = await (await make()).open();
    await notes.put('one', 'a', bytesOf(1));
    await notes.put('two', 'b', bytesOf(2));
    await notes.clear();
    expect([...(await notes.entries('one')), ...(await notes.entries('two'))]).toEqual([]);
    await notes.put('one', 'c', bytesOf(3));
    expect(await notes.get('one', 'c')).toEqual(bytesOf(3));
  });
});
