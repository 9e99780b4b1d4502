// The network port on the in-memory twin.
import { createClock, createTimers } from '../../../src/node/adapters/index.ts';
import { createMemoryHub } from '../../../src/node/adapters/memory.ts';
import type { Network } from '../../../src/node/ports/index.ts';
import { describeNetwork } from './suite.ts';

describeNetwork('memory network', async () => {
  const hub = createMemoryHub({ clock: createClock(), timers: createTimers(), weather: { minDelayMs: 0, maxDelayMs: 3 } });
  const nodes: Network[] = [];
  return {
    create: async () => {
      const network = hub.network(`peer-${nodes.length}`);
      nodes.push(network);
      return network;
    },
    setRelay: async (up) => {
      hub.setRelay(up);
    },
    close: async () => {
      for (const node of nodes) await node.stop();
    },
  };
});
