// All stores of one profile in a tab, over one database.
import type { NoteStore, Stores } from '../../ports/index.ts';
import { createBrowserJournal } from './browser-journal.ts';
import { createBrowserLedger } from './browser-ledger.ts';
import { createBrowserMemberKeys } from './browser-member-key.ts';
import { createBrowserNotes } from './browser-notes.ts';
import { eraseProfileDatabase, openProfileDatabase } from './profile-database.ts';

/** `name` names the database, for example `clinicord-a1b2`. Closing any store closes all. */
export async function openBrowserStores(name: string): Promise<Stores> {
  const database = await openProfileDatabase(name);
  return {
    journal: createBrowserJournal(database),
    ledger: createBrowserLedger(database),
    notes: createBrowserNotes(database),
    memberKeys: createBrowserMemberKeys(database),
    close: async () => database.close(),
  };
}

/** Destroys the database of a profile: key, journal, ledger, notes. */
export async function eraseBrowserStores(name: string): Promise<void> {
  await eraseProfileDatabase(name);
}

/** Notes that belong to no profile, such as the list of profiles. */
export async function openBrowserNotes(name: string): Promise<NoteStore> {
  return createBrowserNotes(await openProfileDatabase(name));
}
