// The state tree against a Map, and its proofs against every small change.
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Digest, toHex } from '../base/index.ts';
import {
  type State,
  bitAt,
  branchHash,
  emptyState,
  getValue,
  keyPath,
  leafHash,
  putValue,
  removeValue,
  stateEntries,
  stateRoot,
} from './state.ts';
import { type StateProof, proveKey, verifyStateProof } from './state-proof.ts';

const key = fc.integer({ min: 0, max: 60 }).map((number) => `party/${number}`);
const value = fc.uint8Array({ maxLength: 8 });
const change = fc.record({ key, value: fc.option(value) });

function after(changes: readonly { key: string; value: Uint8Array | null }[], from: State = emptyState): State {
  return changes.reduce((state, { key, value }) => (value === null ? removeValue(state, key) : putValue(state, key, value)), from);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  return bytes.map((byte, index) => (index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
}

describe('the state tree', () => {
  test('holds what a map holds', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 80 }), (changes) => {
        const state = after(changes);
        const map = new Map<string, Uint8Array>();
        for (const { key, value } of changes) {
          if (value === null) map.delete(key);
          else map.set(key, value);
        }
        expect(new Map(stateEntries(state))).toEqual(map);
        for (let number = 0; number <= 60; number += 1)
          expect(getValue(state, `party/${number}`)).toEqual(map.get(`party/${number}`) ?? null);
      }),
    );
  });

  test('has a root that depends on its content alone, not on the way there (R11)', () => {
    fc.assert(
      fc.property(
        fc.dictionary(key, value),
        fc.array(change, { maxLength: 20 }),
        fc.infiniteStream(fc.nat()),
        (content, detour, shuffle) => {
          const entries = Object.entries(content).map(([key, value]) => ({ key, value }));
          const shuffled = entries.map((entry) => ({ entry, rank: shuffle.next().value as number })).sort((a, b) => a.rank - b.rank);
          const strays = detour.filter(({ key }) => !(key in content)).map(({ key }) => ({ key, value: null }));
          const roundabout = after([...detour, ...shuffled.map(({ entry }) => entry), ...strays]);
          expect(stateRoot(roundabout)).toBe(stateRoot(after(entries)));
        },
      ),
    );
  });

  test('leaves what it came from as it was', () => {
    const before = putValue(emptyState, 'a', Uint8Array.of(1));
    const root = stateRoot(before);
    putValue(before, 'a', Uint8Array.of(2));
    removeValue(before, 'a');
    expect(stateRoot(before)).toBe(root);
    expect(getValue(before, 'a')).toEqual(Uint8Array.of(1));
  });

  test('shares what a change does not touch: some thirty new nodes among four thousand', () => {
    let state = emptyState;
    for (let number = 0; number < 2_000; number += 1) state = putValue(state, `record/${number}`, Uint8Array.of(number & 0xff));
    const nodesOf = (of: State): Set<unknown> => {
      const nodes = new Set<unknown>();
      const walk = (node: State['top']): void => {
        if (node === null) return;
        nodes.add(node);
        if (node.kind === 'branch') [node.left, node.right].forEach(walk);
      };
      walk(of.top);
      return nodes;
    };
    const before = nodesOf(state);
    const added = [...nodesOf(putValue(state, 'record/7', Uint8Array.of(0)))].filter((node) => !before.has(node));
    expect(added.length).toBeLessThan(40);
  });
});

describe('a proof', () => {
  const arbitraryState = fc.array(fc.record({ key, value }), { maxLength: 40 }).map((entries) => after(entries));

  test('shows presence and absence, and nothing else', () => {
    fc.assert(
      fc.property(arbitraryState, key, value, (state, asked, other) => {
        const root = stateRoot(state);
        const proof = proveKey(state, asked);
        const held = getValue(state, asked);
        expect(verifyStateProof(root, asked, held, proof)).toBe(true);
        expect(verifyStateProof(root, asked, held === null ? other : null, proof)).toBe(false);
        if (held !== null && toHex(held) !== toHex(other)) expect(verifyStateProof(root, asked, other, proof)).toBe(false);
      }),
    );
  });

  test('of one key is no proof about another', () => {
    fc.assert(
      fc.property(arbitraryState, key, key, (state, asked, claimed) => {
        const proof = proveKey(state, asked);
        const absent = getValue(state, claimed) === null;
        // The same end of the way may well show that both are absent.
        if (asked !== claimed && !absent) expect(verifyStateProof(stateRoot(state), claimed, null, proof)).toBe(false);
      }),
    );
  });

  test('of absence by a leaf that stands where its key does not lead is refused', () => {
    const asked = keyPath('asked');
    // The first step of the way is the highest bit of the first byte.
    const elsewhere = flipped(asked, 7);
    const valueHash = new Uint8Array(32).fill(1);
    const sibling = new Uint8Array(32).fill(2);
    const misplaced = leafHash(elsewhere, valueHash);
    const root = toHex(bitAt(asked, 0) ? branchHash(sibling, misplaced) : branchHash(misplaced, sibling)) as Digest;
    expect(verifyStateProof(root, 'asked', null, { siblings: [sibling], other: { path: elsewhere, valueHash } })).toBe(false);
  });

  test('with one bit changed is refused', () => {
    fc.assert(
      fc.property(arbitraryState, key, fc.nat(), fc.nat({ max: 255 }), (state, asked, place, bit) => {
        const root = stateRoot(state);
        const proof = proveKey(state, asked);
        const held = getValue(state, asked);
        const damaged: StateProof[] = [];
        if (proof.siblings.length > 0) {
          const at = place % proof.siblings.length;
          damaged.push({ ...proof, siblings: proof.siblings.map((hash, index) => (index === at ? flipped(hash, bit) : hash)) });
          damaged.push({ ...proof, siblings: proof.siblings.slice(1) });
        }
        if (proof.other !== null) {
          damaged.push({ ...proof, other: { ...proof.other, valueHash: flipped(proof.other.valueHash, bit) } });
          damaged.push({ ...proof, other: { ...proof.other, path: flipped(proof.other.path, bit) } });
          damaged.push({ ...proof, other: null });
        }
        for (const wrong of damaged) expect(verifyStateProof(root, asked, held, wrong)).toBe(false);
        expect(verifyStateProof(toHex(flipped(Uint8Array.from({ length: 32 }), bit)) as Digest, asked, held, proof)).toBe(false);
        if (held !== null && held.byteLength > 0)
          expect(verifyStateProof(root, asked, flipped(held, bit % (8 * held.byteLength)), proof)).toBe(false);
      }),
    );
  });
});
