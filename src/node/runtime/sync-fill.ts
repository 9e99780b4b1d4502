// Behind a node that started from a checkpoint the older blocks fill in: fetched from whoever has them, verified and executed from
// where the node stood before, kept as they come, so that it goes on after an interruption. When they reach the head the whole
// projection takes the place of the partial one. Votes never wait for this.
import { type ChannelId, AppError, isRejection } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { type FinalBlock, type Ledger, type Projection, encodeFinalBlock, extend, project } from '../ledger/index.ts';
import type { LedgerStore, Log, PeerId, Timers, Verifier } from '../ports/index.ts';
import { type LoadedLedger, loadFounding, loadUpTo } from './load.ts';
import { askBlocks } from './sync.ts';
import { createVerification } from './verify.ts';

/** Between two batches, so that votes come first. */
const PAUSE_MS = 20;
/** Where nobody gives what is missing. */
const RETRY_MS = 3_000;

export interface HistoryFillInit {
  readonly bulk: Bulk;
  readonly channel: ChannelId;
  readonly store: LedgerStore;
  readonly verifier: Verifier;
  readonly timers: Timers;
  readonly log: Log;
  readonly head: () => Ledger;
  /** Peers that claim to hold a block. */
  readonly holders: (height: number) => readonly PeerId[];
  /** Blocks up to this height are here. */
  readonly progress: (filled: number) => void;
  /** The whole projection; answers whether it is that of the head. */
  readonly done: (projection: Projection) => Promise<boolean>;
  readonly onTrouble: (error: unknown) => void;
}

export class HistoryFill {
  private readonly init: HistoryFillInit;
  private stopped = false;
  private running: Promise<void> | null = null;
  private cancel: () => void = () => undefined;

  constructor(init: HistoryFillInit) {
    this.init = init;
  }

  /** Goes on where it was, until all is there. `below` saves executing again what lies under the gap. */
  start(below: LoadedLedger | null): void {
    if (this.running !== null || this.stopped) return;
    this.running = this.run(below)
      .catch((error: unknown) => {
        if (!this.stopped) this.init.onTrouble(error);
      })
      .finally(() => {
        this.running = null;
      });
  }

  /** Resolves once nothing more is written. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.cancel();
    await this.running;
  }

  private async run(below: LoadedLedger | null): Promise<void> {
    const { store, channel } = this.init;
    const snapshot = await store.snapshot(channel);
    const founding = below ?? (await loadFounding(store, channel));
    if (snapshot === null || founding === null) return;
    let at = await loadUpTo(store, founding, Math.min(await store.filled(channel), snapshot.height - 1));
    while (at.ledger.height < snapshot.height - 1 && !this.stopped) {
      this.init.progress(at.ledger.height);
      const before = at.ledger.height;
      at = await this.batch(at, snapshot.height - 1);
      await this.pause(at.ledger.height > before ? PAUSE_MS : RETRY_MS);
    }
    while (!this.stopped) {
      at = await loadUpTo(store, at, this.init.head().height).catch((error: unknown) => {
        throw forked(error);
      });
      if (at.ledger.digest === this.init.head().digest && (await this.init.done(at.projection))) return;
    }
  }

  /** Some blocks more, from the first holder that gives good ones; the same where none does. */
  private async batch(at: LoadedLedger, until: number): Promise<LoadedLedger> {
    const { bulk, channel, log } = this.init;
    const from = at.ledger.height + 1;
    for (const peer of this.init.holders(from)) {
      if (this.stopped) return at;
      try {
        return await this.take(at, await askBlocks(bulk, peer, { channel, from, count: until - from + 1 }));
      } catch (error) {
        if (error instanceof AppError && error.code.startsWith('storage')) throw error;
        log.debug('history-refused', { from, reason: error instanceof Error ? error.message : String(error) });
      }
    }
    return at;
  }

  private async take(at: LoadedLedger, blocks: readonly FinalBlock[]): Promise<LoadedLedger> {
    const { store, channel, verifier } = this.init;
    const verification = createVerification(verifier);
    let { ledger, projection, last } = at;
    for (const final of blocks) {
      if (this.stopped) break;
      const verified = await verification.final(ledger, final);
      const extended = isRejection(verified) ? verified : extend(ledger, final);
      if (isRejection(extended)) {
        this.init.log.debug('history-refused', { height: ledger.height + 1, reason: extended.reason });
        if (ledger.height > at.ledger.height) break;
        throw new Error('the peer sent a block of the history that does not verify');
      }
      await store.fill(channel, extended.ledger.height, encodeFinalBlock(final));
      ledger = extended.ledger;
      projection = project(projection, { final, outcomes: extended.outcomes, ledger });
      last = final;
    }
    return { ...at, ledger, projection, last };
  }

  private pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.init.timers.after(delayMs, resolve);
      this.cancel = () => {
        cancel();
        resolve();
      };
      if (this.stopped) this.cancel();
    });
  }
}

/** Everything verified, and yet it does not lead to the checkpoint: more than F members of some epoch signed two histories. */
function forked(cause: unknown): AppError {
  return new AppError({
    code: 'forked-history',
    message: 'The older blocks do not lead to the state that this node started from.',
    remedy: 'Tell the supervision centre: more members than the consortium tolerates have signed contradicting blocks.',
    cause,
  });
}
