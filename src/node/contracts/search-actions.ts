// The search key of a clinic or a patient on the ledger (P3-11, T20): public, so that writer and patient come to the same key of search tags,
// each alone. The epochs of tags are those of the patient's reading keys; this key stays.
import { type PartyId, reject } from '../base/index.ts';
import { type Decoded, struct, uint } from '../codec/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { type Role, publicKey } from './slip.ts';
import type { State } from './state.ts';
import { table } from './table.ts';

const entry = struct({ key: publicKey, height: uint() });
export type SearchKeyEntry = Decoded<typeof entry>;

export const searchKeyTable = table<PartyId, SearchKeyEntry>('search-key', entry);

/** Who writes tags, and who lets others search by them. */
const HOLDERS: readonly Role[] = ['clinic', 'patient'];

/** Once: who has another key has another root secret, and is another party. */
export function publishSearchKey(state: State, { key }: ActionOf<'search-key'>, author: Author): Judgement {
  if (!HOLDERS.includes(author.role)) return reject('no-search-role', 'only clinics and patients have a search key');
  if (searchKeyTable.get(state, author.party) !== null) return reject('known-search-key', 'this party has a search key');
  return searchKeyTable.put(state, author.party, { key, height: author.at.height });
}
