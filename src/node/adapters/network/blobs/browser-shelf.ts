// Blocks in IndexedDB: where a tab keeps sealed blobs.
import { IDBBlockstore } from 'blockstore-idb';
import type { BlockShelf } from '../init.ts';

/** Opens, or makes, the shelf of this name. */
export async function openBrowserShelf(name: string): Promise<BlockShelf> {
  const blockstore = new IDBBlockstore(name);
  await blockstore.open();
  return { blockstore, close: () => blockstore.close() };
}
