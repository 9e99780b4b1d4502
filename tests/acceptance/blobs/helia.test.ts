// The blob store port on Helia: libp2p nodes of this process, blocks in directories, Bitswap over WebRTC on loopback.
import path from 'node:path';
import { FsBlockstore } from 'blockstore-fs';
import { CID } from 'multiformats/cid';
import { openLocalSwarm } from '../network/local-swarm.ts';
import { describeBlobs } from './suite.ts';

/** A directory of blocks that a test can fill up. */
class FillableBlocks extends FsBlockstore {
  full = false;

  override async put(...words: Parameters<FsBlockstore['put']>): Promise<CID> {
    if (this.full) throw new Error('Error: ENOSPC: no space left on device, write');
    return super.put(...words);
  }
}

describeBlobs('helia blob store', async () => {
  const swarm = await openLocalSwarm();
  let count = 0;
  return {
    create: async () => {
      const blockstore = new FillableBlocks(path.join(swarm.folder, `shelf-${count}`));
      count += 1;
      await blockstore.open();
      const { network, blobs } = await swarm.create({ shelf: { blockstore, close: () => blockstore.close() } });
      await network.start();
      return {
        network,
        blobs,
        damage: async (cid) => {
          await blockstore.put(CID.parse(cid), Uint8Array.of(1, 2, 3));
        },
        fill: () => {
          blockstore.full = true;
        },
      };
    },
    close: () => swarm.close(),
  };
});
