// The vote journal in IndexedDB: reading the stored revision, comparing it and writing the new row are one strict
// transaction (R3), so a tab whose lock was stolen cannot overwrite what the thief has voted (R16).
import { assert } from '../../base/index.ts';
import { textToBytes } from '../../codec/index.ts';
import { digestOf } from '../../crypto/index.ts';
import type { Journal } from '../../ports/index.ts';
import { type ProfileDatabase, STRICT } from './profile-database.ts';
import { damagedJournal, guarded, stolenJournal } from './trouble.ts';

export function createBrowserJournal(database: ProfileDatabase): Journal {
  return {
    read: (channel) =>
      guarded(async () => {
        const stored = await database.use().get('journal', channel);
        if (stored === undefined) return null;
        if (stored.sum !== sumOf(channel, stored.revision, stored.bytes)) throw damagedJournal();
        return { revision: stored.revision, bytes: stored.bytes };
      }),
    write: (channel, expectedRevision, row) =>
      guarded(async () => {
        assert(row.revision === expectedRevision + 1, 'a row follows the row that it replaces');
        const sum = sumOf(channel, row.revision, row.bytes);
        const transaction = database.use().transaction('journal', 'readwrite', STRICT);
        // A failed transaction rejects `done` as well as the request; only one of them is waited for.
        transaction.done.catch(() => undefined);
        const stored = await transaction.store.get(channel);
        if ((stored?.revision ?? 0) !== expectedRevision) {
          transaction.abort();
          throw stolenJournal();
        }
        await transaction.store.put({ revision: row.revision, bytes: row.bytes, sum }, channel);
        await transaction.done;
      }),
    close: async () => database.close(),
  };
}

function sumOf(channel: string, revision: number, bytes: Uint8Array): string {
  return digestOf(textToBytes(`${channel}/${revision}/`), bytes);
}
