// The immutable collections against arrays and maps.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Chain, OrderedIndex, Sequence, chained } from './ordered-index.ts';

test('a sequence holds what an array holds, through every level', () => {
  let sequence: Sequence<number> = Sequence.empty;
  const array: number[] = [];
  for (let number = 0; number < 1_100; number += 1) {
    sequence = sequence.append(number);
    array.push(number);
  }
  const changed = sequence.replace(1_030, -1).replace(0, -2);
  expect([...sequence]).toEqual(array);
  expect([...sequence.newestFirst()]).toEqual(array.toReversed());
  expect([changed.at(1_030), changed.at(0), changed.at(1_029), sequence.at(1_030)]).toEqual([-1, -2, 1_029, 1_030]);
  expect([sequence.at(-1), sequence.at(1_100)]).toEqual([undefined, undefined]);
});

test('an index holds what a map holds, in its order', () => {
  const id = fc.oneof(fc.stringMatching(/^[0-9a-f]{8}$/), fc.constantFrom('00000000', '00000001', '0000ffff'));
  fc.assert(
    fc.property(fc.array(fc.tuple(id, fc.nat()), { maxLength: 200 }), (entries) => {
      let index: OrderedIndex<string, number> = OrderedIndex.empty;
      for (const [key, value] of entries) index = index.set(key, value);
      const map = new Map(entries);
      expect([...index.values()]).toEqual([...map.values()]);
      expect([...index.newestFirst()]).toEqual([...map.values()].toReversed());
      expect(index.size).toBe(map.size);
      for (const [key, value] of map) expect(index.get(key)).toBe(value);
      expect(index.get('ffffffff')).toBe(map.get('ffffffff'));
    }),
  );
});

test('what it came from stays as it was', () => {
  const before = OrderedIndex.empty as OrderedIndex<string, number>;
  const one = before.set('0a', 1);
  one.set('0a', 2).set('0b', 3);
  expect([...one.values()]).toEqual([1]);
});

test('a chain is read from its newest', () => {
  const chain: Chain<number> = { newest: 2, older: { newest: 1, older: null } };
  expect([...chained(chain)]).toEqual([2, 1]);
  expect([...chained(undefined)]).toEqual([]);
});
