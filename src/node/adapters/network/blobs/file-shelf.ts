// Blocks in a directory: where a Node.js process keeps sealed blobs. Not for the browser: exported by the door for Node.js only.
import { FsBlockstore } from 'blockstore-fs';
import type { BlockShelf } from '../init.ts';

/** Opens, or makes, the shelf in this directory. */
export async function openFileShelf(directory: string): Promise<BlockShelf> {
  const blockstore = new FsBlockstore(directory);
  await blockstore.open();
  return { blockstore, close: () => blockstore.close() };
}
