// The blob store port on the in-memory twin.
import { createClock, createTimers } from '../../../src/node/adapters/index.ts';
import { createMemoryHub } from '../../../src/node/adapters/memory.ts';
import { describeBlobs } from './suite.ts';

describeBlobs('memory blob store', async () => {
  const hub = createMemoryHub({ clock: createClock(), timers: createTimers(), weather: { maxDelayMs: 3 } });
  const peers: string[] = [];
  return {
    create: async () => {
      const peer = `peer-${peers.length}`;
      peers.push(peer);
      const { network, blobs } = { network: hub.network(peer), blobs: hub.blobs(peer) };
      await network.start();
      return {
        network,
        blobs,
        damage: async (cid) => {
          blobs.corrupt(cid, Uint8Array.of(1, 2, 3));
        },
        fill: () => {
          blobs.setCapacity(0);
        },
      };
    },
    close: async () => {
      for (const peer of peers) await hub.network(peer).stop();
    },
  };
});
