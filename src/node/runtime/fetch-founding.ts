// The founding block of a channel from whoever is linked, verified before it is kept: everything else follows from it.
import { AppError, type ChannelId } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import type { LedgerStore, Log, Network, Timers, Verifier } from '../ports/index.ts';
import { type LoadedLedger, openFounding, verifyFounding } from './load.ts';
import { askFounding } from './sync.ts';

export interface FoundingFetch {
  readonly channel: ChannelId;
  readonly bulk: Bulk;
  readonly network: Pick<Network, 'links' | 'onEvent'>;
  readonly store: LedgerStore;
  readonly verifier: Verifier;
  readonly timers: Timers;
  readonly log: Log;
  readonly stopped: () => boolean;
}

const RETRY_MS = 1_000;

/** Null where the node was stopped before. */
export async function fetchFounding(fetch: FoundingFetch): Promise<LoadedLedger | null> {
  const { channel, bulk, network, store, verifier, log } = fetch;
  while (!fetch.stopped()) {
    for (const { peer } of network.links()) {
      try {
        const bytes = await askFounding(bulk, peer, channel);
        const opened = openFounding(bytes, channel);
        await verifyFounding(opened.last, verifier);
        await store.append(channel, 0, bytes);
        return opened;
      } catch (error) {
        log.debug('founding-refused', { reason: error instanceof AppError ? error.code : String(error) });
      }
    }
    await linkOrPause(fetch);
  }
  return null;
}

/** Until a new link comes up, or for a while. */
function linkOrPause({ network, timers }: FoundingFetch): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      unsubscribe();
      resolve();
    };
    const cancel = timers.after(RETRY_MS, done);
    const unsubscribe = network.onEvent((event) => {
      if (event.kind === 'link-up') done();
    });
  });
}
