// What the page says of the proxies of a grant: how many hold a piece, how many are needed, who has signed that it deleted its own.
import { expect, test } from 'vitest';
import type { PartyId, ProxiesView, ProxyCandidate, ProxyView } from '../../node.ts';
import { candidatesWords, proxiesWords } from './proxies.ts';

function view(threshold: number, ...states: readonly ProxyView['state'][]): ProxiesView {
  return {
    threshold,
    proxies: states.map((state, index) => ({ party: String(index) as PartyId, name: `Archive ${index + 1}`, state, atMs: null })),
  };
}

const candidates = (...names: readonly string[]): readonly ProxyCandidate[] => names.map((name) => ({ party: name as PartyId, name }));
const ALONE = 'One proxy alone decides: together with the reader it could turn keys without asking the ledger.';

test('a live grant says how many hold their pieces and how many are needed', () => {
  expect(proxiesWords(view(2, 'held', 'held', 'sent'), 'no')).toBe('2 of 3 proxies hold their pieces; 2 are needed to read.');
  expect(proxiesWords(view(2, 'held', 'sent'), 'no')).toBe('1 of 2 proxies holds a piece; 2 are needed to read.');
});

test('one proxy alone is said to be alone', () => {
  expect(proxiesWords(view(1, 'held'), 'no')).toMatch(/^1 of 1 proxy holds a piece; 1 is needed to read\. One proxy alone decides/u);
  const two = candidates('East', 'West');
  expect(candidatesWords(two, two[0]?.party ?? null)).toBe(`Your permission is cut into pieces for 1 proxy (West). ${ALONE}`);
});

test('an ended grant says who deleted its pieces, and names who has not', () => {
  expect(proxiesWords(view(2, 'deleted', 'deleted'), 'revoked')).toBe('2 of 2 proxies deleted their pieces, and signed that they did.');
  expect(proxiesWords(view(2, 'deleted', 'held'), 'expired')).toBe('1 of 2 proxies deleted their pieces; not yet: Archive 2.');
});

test('before a grant the proxies are named, or it is said that there are none', () => {
  expect(candidatesWords(candidates('East', 'West'), null)).toContain('2 proxies (East, West); more than half of them are needed to read');
  expect(candidatesWords([], null)).toContain('No proxy is there');
});
