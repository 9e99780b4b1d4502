// Notes in IndexedDB. What is private in them was sealed before it came here.
import type { NoteStore } from '../../ports/index.ts';
import { type ProfileDatabase, STRICT } from './profile-database.ts';
import { guarded } from './trouble.ts';

export function createBrowserNotes(database: ProfileDatabase): NoteStore {
  async function write(change: (store: NotesForWriting) => Promise<unknown>): Promise<void> {
    await guarded(async () => {
      const transaction = database.use().transaction('notes', 'readwrite', STRICT);
      transaction.done.catch(() => undefined);
      await change(transaction.store);
      await transaction.done;
    });
  }

  return {
    get: (table, key) => guarded(async () => (await database.use().get('notes', [table, key])) ?? null),
    put: (table, key, value) => write((store) => store.put(value, [table, key])),
    delete: (table, key) => write((store) => store.delete([table, key])),
    entries: (table, prefix = '') =>
      guarded(async () => {
        const transaction = database.use().transaction('notes', 'readonly');
        // Keys are ordered as arrays: a table ends before the empty list, which is greater than every text.
        const range = IDBKeyRange.bound([table, prefix], [table, []], false, true);
        const [keys, values] = await Promise.all([transaction.store.getAllKeys(range), transaction.store.getAll(range)]);
        return keys.map(([, key], index) => [key, values[index] ?? new Uint8Array()] as const).filter(([key]) => key.startsWith(prefix));
      }),
    clear: () => write((store) => store.clear()),
    close: async () => database.close(),
  };
}

interface NotesForWriting {
  put(value: Uint8Array, key: [string, string]): Promise<unknown>;
  delete(key: [string, string]): Promise<void>;
  clear(): Promise<void>;
}
