// What a search has found, in words: how much was looked at, by whom, and what was left out.
import type { GrantView, SearchFinding, SearchView } from '../../node.ts';
import { countText } from '../../shared/index.ts';

/** One sentence for everybody, said when it appears. */
export function foundText({ hits, words, searched }: SearchFinding): string {
  const all = words === 1 ? 'it' : `all ${words} words`;
  return `Searched ${countText(searched, 'record')}: ${hits.length === 0 ? 'none' : String(hits.length)} ${hits.length === 1 ? 'has' : 'have'} ${all}.`;
}

/** What else there is to know; none where all was searched here and nobody failed. */
export function searchRemarks({ unsearched, keepers }: SearchFinding): readonly string[] {
  const { answered, silent, refuted, incomplete } = keepers;
  return [
    answered.length > 0 ? `${countText(answered.length, 'keeper')} answered: ${answered.join(', ')}.` : '',
    silent.length > 0 ? `${silent.join(', ')} did not answer.` : '',
    refuted.length > 0 ? `What ${refuted.join(', ')} said does not match the ledger and is left out. Tell the supervision centre.` : '',
    incomplete.length > 0 ? `${incomplete.join(', ')} did not find what another keeper showed.` : '',
    unsearched > 0 ? `${countText(unsearched, 'record')} could not be searched: without search tags, or nobody answered for them.` : '',
  ].filter((remark) => remark !== '');
}

/** Whether a grant lets its clinic search, and what has become of the keepers' keys for it; empty where there is nothing to say. */
export function searchGrantText({ grant, ended }: Pick<GrantView, 'grant' | 'ended'>, { granted }: SearchView): string {
  const search = granted.find((each) => each.grant === grant);
  if (search === undefined || search.keepers === 0) return '';
  if (ended === 'no') return `Can be searched by ${search.keepers === 1 ? 'one keeper' : `${search.keepers} keepers`}.`;
  return `${search.receipts} of ${countText(search.keepers, 'keeper')} have signed that they destroyed the search key.`;
}
