// What a story needs around its tabs: a relay that serves the built page and, where asked for, the demonstration's seven archive
// members in a process of their own. Everything on free ports of this machine, in a folder that goes away.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Relay, startRelay } from '../../relay/index.ts';
import { type DemonstrationProcess, startDemonstrationProcess } from '../../scripts/demonstration-process.ts';

const DIST = path.resolve(import.meta.dirname, '../../dist');

export interface World {
  readonly url: string;
  /** The relay's multiaddr. */
  readonly relayAddress: string;
  /** Links that stand go on; nobody new finds anybody. */
  stopRelay(): Promise<void>;
  /** On the same port, with the same identity. */
  startRelayAgain(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWorld(options: { readonly demonstration: boolean }): Promise<World> {
  const folder = await mkdtemp(path.join(tmpdir(), 'clinicord-story-'));
  let invitation: object | null = null;
  const relayAt = (port: number): Promise<Relay> =>
    startRelay({
      port,
      dataDirectory: path.join(folder, 'relay'),
      appDirectory: DIST,
      documents: { '/demonstration.json': () => invitation },
      logLevel: 'silent',
    });
  let relay = await relayAt(0);
  let demonstration: DemonstrationProcess | null = null;
  if (options.demonstration) {
    demonstration = startDemonstrationProcess({
      folder: path.join(folder, 'demonstration'),
      relay: relay.address,
      fresh: false,
      say: () => undefined,
    });
    ({ invitation } = await demonstration.ready);
  }
  return {
    url: relay.url,
    relayAddress: relay.address,
    stopRelay: () => relay.stop(),
    startRelayAgain: async () => {
      relay = await relayAt(relay.port);
    },
    stop: async () => {
      await demonstration?.stop();
      await relay.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
