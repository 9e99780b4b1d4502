// All stores of one profile on a server, in one folder: journal/ (with the member key beside the rows), ledger/, notes/.
import { join } from 'node:path';
import type { Stores } from '../../ports/index.ts';
import { openFileJournal } from './file-journal.ts';
import { openFileLedger } from './file-ledger.ts';
import { openFileMemberKeys } from './file-member-key.ts';
import { openFileNotes } from './file-notes.ts';

export async function openFileStores(folder: string): Promise<Stores> {
  const journal = await openFileJournal(join(folder, 'journal'));
  const memberKeys = await openFileMemberKeys(join(folder, 'journal'));
  const ledger = await openFileLedger(join(folder, 'ledger'));
  const notes = await openFileNotes(join(folder, 'notes'));
  return {
    journal,
    ledger,
    notes,
    memberKeys,
    close: async () => {
      await Promise.all([journal.close(), ledger.close(), notes.close()]);
    },
  };
}
