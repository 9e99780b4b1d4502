// The tree of slips against known roots, and its proofs against every small change.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../base/index.ts';
import { merkleRoot, proveInclusion, verifyInclusion } from './merkle.ts';

/** Leaves and roots of the tests of Google's certificate-transparency, which follow RFC 6962. */
const KNOWN: readonly (readonly [leaf: string, root: string])[] = [
  ['', '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d'],
  ['00', 'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125'],
  ['10', 'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77'],
  ['2021', 'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7'],
  ['3031', '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4'],
  ['40414243', '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef'],
  ['5051525354555657', 'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c'],
  ['606162636465666768696a6b6c6d6e6f', '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328'],
];

describe('the root', () => {
  test.each(KNOWN.map(([, root], index) => [index + 1, root] as const))('of the first %i known leaves', (count, root) => {
    expect(merkleRoot(KNOWN.slice(0, count).map(([leaf]) => fromHex(leaf)))).toBe(root);
  });

  test('of nothing is the hash of nothing', () => {
    expect(merkleRoot([])).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

describe('an inclusion proof', () => {
  const tree = fc
    .array(fc.uint8Array({ maxLength: 6 }), { minLength: 1, maxLength: 128 })
    .chain((leaves) => fc.record({ leaves: fc.constant(leaves), index: fc.nat({ max: leaves.length - 1 }) }));

  test('shows its leaf at its place', () => {
    fc.assert(
      fc.property(tree, ({ leaves, index }) => {
        const proof = proveInclusion(leaves, index);
        expect(verifyInclusion(merkleRoot(leaves), leaves[index]!, proof)).toBe(true);
      }),
    );
  });

  test('with one bit changed, another place or another count is refused', () => {
    fc.assert(
      fc.property(tree, fc.nat(), fc.nat({ max: 255 }), ({ leaves, index }, place, bit) => {
        const root = merkleRoot(leaves);
        const leaf = leaves[index]!;
        const proof = proveInclusion(leaves, index);
        expect(verifyInclusion(root, Uint8Array.of(...leaf, 0), proof)).toBe(false);
        expect(verifyInclusion(root, leaf, { ...proof, index: leaves.length })).toBe(false);
        expect(verifyInclusion(root, leaf, { ...proof, siblings: [...proof.siblings, new Uint8Array(32)] })).toBe(false);
        if (proof.siblings.length === 0) return;
        const at = place % proof.siblings.length;
        const siblings = proof.siblings.map((hash, step) =>
          step === at ? hash.map((byte, position) => (position === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte)) : hash,
        );
        expect(verifyInclusion(root, leaf, { ...proof, siblings })).toBe(false);
        // In a balanced place the neighbour's index turns a step around, unless both leaves are the same.
        const neighbour = index ^ 1;
        if (neighbour < leaves.length && leaves[neighbour]!.toString() !== leaf.toString()) {
          expect(verifyInclusion(root, leaf, { ...proof, index: neighbour })).toBe(false);
        }
      }),
    );
  });

  test('never takes a node for a leaf', () => {
    const leaves = [Uint8Array.of(1), Uint8Array.of(2)];
    const [left, right] = [proveInclusion(leaves, 1).siblings[0]!, proveInclusion(leaves, 0).siblings[0]!];
    expect(verifyInclusion(merkleRoot(leaves), Uint8Array.of(...left, ...right), { index: 0, count: 1, siblings: [] })).toBe(false);
  });
});
