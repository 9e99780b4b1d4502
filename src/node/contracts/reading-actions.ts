// Public halves of reading keys (P3-10, P3-25): a patient's, one for each class of an epoch, to which clinics seal part keys; a reader's,
// towards which proxies turn them. No secret comes near the ledger. An epoch is used once and never changed: what was sealed to it stays.
import { reject } from '../base/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { readingEpochTable, readingKey, readingKeysTable, receivingKeyTable } from './reading-entries.ts';
import type { Role } from './slip.ts';
import type { State } from './state.ts';

/** Who may be let into somebody else's record. */
const READERS: readonly Role[] = ['clinic', 'data-user'];

export function publishReadingKeys(state: State, action: ActionOf<'reading-keys'>, author: Author): Judgement {
  if (author.role !== 'patient') return reject('not-a-patient', 'only a patient has reading keys');
  const newest = readingEpochTable.get(state, author.party)?.epoch ?? -1;
  if (action.epoch <= newest) return reject('epoch-taken', `epoch ${newest} is on the ledger already`);
  if (action.epoch !== newest + 1) return reject('epoch-order', `epoch ${newest + 1} comes next`);
  const { epoch, signer, keys } = action;
  const { height } = author.at;
  const next = readingKeysTable.put(state, readingKey(author.party, epoch), { signer, keys, height });
  return readingEpochTable.put(next, author.party, { epoch });
}

/** Once: who has another key has another root secret, and is another party. */
export function publishReceivingKey(state: State, action: ActionOf<'receiving-key'>, author: Author): Judgement {
  if (!READERS.includes(author.role)) return reject('not-a-reader', 'only clinics and data users are granted access');
  if (receivingKeyTable.get(state, author.party) !== null) return reject('known-key', 'this reader has a receiving key');
  return receivingKeyTable.put(state, author.party, { key: action.key });
}
