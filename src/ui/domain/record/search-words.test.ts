// What a search has found, in words.
import { expect, test } from 'vitest';
import type { GrantId, RecordId } from '../../../node/base/index.ts';
import type { SearchFinding } from '../../node.ts';
import { foundText, searchGrantText, searchRemarks } from './search-words.ts';

const NOBODY = { answered: [], silent: [], refuted: [], incomplete: [] };
const hit = { record: 'ab'.repeat(16) as RecordId, version: 1 };
const found = (change: Partial<SearchFinding>): SearchFinding => ({
  words: 1,
  hits: [],
  searched: 3,
  unsearched: 0,
  keepers: NOBODY,
  ...change,
});

test.each([
  [found({}), 'Searched 3 records: none have it.'],
  [found({ hits: [hit], searched: 1 }), 'Searched 1 record: 1 has it.'],
  [found({ hits: [hit, hit], words: 2 }), 'Searched 3 records: 2 have all 2 words.'],
])('says how much was searched and found', (finding, words) => expect(foundText(finding)).toBe(words));

test('says who did not answer, who lied, who left something out, and what was not searched', () => {
  expect(searchRemarks(found({}))).toEqual([]);
  expect(
    searchRemarks(
      found({ unsearched: 2, keepers: { answered: ['Aare', 'Birs'], silent: ['Inn'], refuted: ['Rhine'], incomplete: ['Thur'] } }),
    ),
  ).toEqual([
    '2 keepers answered: Aare, Birs.',
    'Inn did not answer.',
    'What Rhine said does not match the ledger and is left out. Tell the supervision centre.',
    'Thur did not find what another keeper showed.',
    '2 records could not be searched: without search tags, or nobody answered for them.',
  ]);
});

test('says whether a grant lets search, and what receipts there are after its end', () => {
  const grant = 'cd'.repeat(16) as GrantId;
  const view = { ready: true, granted: [{ grant, keepers: 2, receipts: 1 }] };
  expect(searchGrantText({ grant, ended: 'no' }, view)).toBe('Can be searched by 2 keepers.');
  expect(searchGrantText({ grant, ended: 'revoked' }, view)).toBe('1 of 2 keepers have signed that they destroyed the search key.');
  expect(searchGrantText({ grant, ended: 'no' }, { ready: true, granted: [] })).toBe('');
});
