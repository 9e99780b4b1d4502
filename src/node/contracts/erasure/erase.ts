// Erasing on a ledger that forgets nothing (T16): the order ends everything that could still be done with the record, and makes whoever
// holds its salt, wraps, tags or ciphertext destroy them. A receipt says that its author has. That the record was there stays.
import { MAX_MEMBERS, reject } from '../../base/index.ts';
import type { ActionOf, Author, Judgement } from '../author.ts';
import { recordTable } from '../entries.ts';
import type { State } from '../state.ts';
import { erasureTable } from './entries.ts';

export function erase(state: State, { record, deed }: ActionOf<'erasure'>, author: Author): Judgement {
  const head = recordTable.get(state, record);
  if (head === null) return reject('unknown-record', 'the ledger knows no such record');
  const before = erasureTable.get(state, record);
  if (deed.kind === 'order') {
    if (head.patient !== author.party) return reject('not-the-patient', 'only its patient has a record erased');
    if (before !== null) return reject('erased', 'it was ordered before');
    return erasureTable.put(state, record, { height: author.at.height, receipts: [] });
  }
  if (before === null) return reject('not-erased', 'nobody has ordered that');
  if (author.role === 'patient') return reject('no-keeper', 'a patient keeps nothing for others');
  if (before.receipts.includes(author.party)) return reject('already-said', 'it left its receipt before');
  if (before.receipts.length >= MAX_MEMBERS) return reject('too-many-receipts', 'more receipts than the channel has members');
  return erasureTable.put(state, record, { ...before, receipts: [...before.receipts, author.party].sort() });
}
