// One proof for several leaves.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merkleRoot, proveInclusion } from '../ledger/merkle.ts';
import { leafDigest, proveMany, verifyMany } from './many-inclusion.ts';

const tree = (count: number): readonly Uint8Array[] => Array.from({ length: count }, (_, index) => Uint8Array.of(index, 7));
const anyPlaces = fc
  .integer({ min: 1, max: 128 })
  .chain((count) => fc.tuple(fc.constant(count), fc.uniqueArray(fc.nat(count - 1), { minLength: 1, maxLength: 10 })));

describe('a proof for several leaves', () => {
  test('holds for any of them in any tree, and for no other leaf, place, count or root', () => {
    fc.assert(
      fc.property(anyPlaces, ([count, places]) => {
        const slips = tree(count);
        const leaves = slips.map(leafDigest);
        const indexes = places.toSorted((a, b) => a - b);
        const placed = indexes.map((index) => ({ index, leaf: leaves[index]! }));
        const siblings = proveMany(leaves, indexes);
        const root = merkleRoot(slips);
        expect(verifyMany(root, count, placed, siblings)).toBe(true);
        const forged = placed.map((entry, at) => (at === 0 ? { ...entry, leaf: leafDigest(Uint8Array.of(255)) } : entry));
        expect(verifyMany(root, count, forged, siblings)).toBe(false);
        expect(verifyMany(root, count, placed, [...siblings, root])).toBe(false);
        expect(verifyMany(root, count, [], siblings)).toBe(false);
        expect(verifyMany(root, count, [...placed, placed[0]!], siblings)).toBe(false);
        expect(verifyMany(leaves[0]!, count, placed, siblings) && count > 1).toBe(false);
      }),
      { numRuns: 60 },
    );
  });

  test('needs no more hashes than the single proofs do, and for neighbours far fewer', () => {
    const leaves = tree(128).map(leafDigest);
    expect(proveMany(leaves, [64])).toHaveLength(proveInclusion(tree(128), 64).siblings.length);
    expect(proveMany(leaves, [60, 61, 62, 63, 64, 65, 66, 67, 68, 69]).length).toBeLessThanOrEqual(14);
  });

  test('that was cut short holds for nothing', () => {
    const leaves = tree(5).map(leafDigest);
    const siblings = proveMany(leaves, [1, 4]);
    const placed = [1, 4].map((index) => ({ index, leaf: leaves[index]! }));
    expect(verifyMany(merkleRoot(tree(5)), 5, placed, siblings.slice(0, -1))).toBe(false);
    expect(verifyMany(merkleRoot(tree(5)), 4, placed, siblings)).toBe(false);
  });
});
