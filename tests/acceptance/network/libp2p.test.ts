// The network port on libp2p: nodes of this process, WebRTC on loopback, through a relay of this process.
import { openLocalSwarm } from './local-swarm.ts';
import { describeNetwork } from './suite.ts';

describeNetwork('libp2p network', async () => {
  const swarm = await openLocalSwarm();
  return {
    create: async () => (await swarm.create()).network,
    setRelay: (up) => swarm.setRelay(up),
    close: () => swarm.close(),
  };
});
