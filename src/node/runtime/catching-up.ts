// All of one channel's catching up: blocks from whoever is ahead, a checkpoint for whoever is far behind, the history behind it. Tells
// how far it is, for the page. What is fetched proves itself; what it leads to is for the channel to take.
import type { CatchingUpView } from '../api.ts';
import { type Rejection, isRejection } from '../base/index.ts';
import { type FinalBlock, type Ledger, type Projection, encodeFinalBlock } from '../ledger/index.ts';
import type { PeerId } from '../ports/index.ts';
import type { ParticipantInput } from '../participant/index.ts';
import type { ChannelInit } from './channel-init.ts';
import { serveCheckpoints } from './checkpoints.ts';
import { serveProofs } from './proofs.ts';
import { type Sync, createSync, serveBlocks } from './sync.ts';
import { FastSync, type FoundCheckpoint } from './sync-fast.ts';
import { HistoryFill } from './sync-fill.ts';

export interface CatchingUpInit {
  readonly channel: ChannelInit;
  readonly ledger: () => Ledger;
  readonly projection: () => Projection;
  readonly last: () => FinalBlock;
  readonly isKnown: (peer: PeerId) => boolean;
  readonly takeFinal: (block: FinalBlock) => Promise<boolean>;
  /** One job of the channel's queue: `work`, and one step where it gives an input. */
  readonly step: (work: () => Promise<ParticipantInput | null>) => Promise<void>;
}

export class CatchingUp {
  readonly sync: Sync;
  private readonly init: CatchingUpInit;
  private readonly fast: FastSync;
  private readonly fill: HistoryFill;
  private stateBytes: number | null = null;
  private filled: number | null = null;

  constructor(init: CatchingUpInit) {
    this.init = init;
    const { channel, ledger, projection } = init;
    const { bulk, verifier, store, timers, log, onTrouble } = channel;
    this.sync = createSync({
      bulk,
      channel: channel.channel,
      log,
      height: () => ledger().height,
      isKnown: init.isKnown,
      take: init.takeFinal,
      leap: (peer) => this.leap(peer),
    });
    this.fast = new FastSync({
      bulk,
      channel: channel.channel,
      verifier,
      ledger,
      projection,
      progress: (stateBytes) => {
        this.stateBytes = stateBytes;
        channel.onChange();
      },
    });
    this.fill = new HistoryFill({
      bulk,
      channel: channel.channel,
      store,
      verifier,
      timers,
      log,
      head: ledger,
      holders: (height) => this.sync.holders(height),
      progress: (filled) => {
        this.filled = filled;
        channel.onChange();
      },
      done: (whole) => this.takeHistory(whole),
      onTrouble,
    });
  }

  /** Serves others, and goes on with what was not finished. */
  start(): void {
    const { bulk, channel, store, checkpoints } = this.init.channel;
    serveBlocks(bulk, channel, store);
    serveCheckpoints(bulk, channel, checkpoints, this.init.projection);
    serveProofs(bulk, { channel, store, ledger: this.init.ledger, last: this.init.last });
    if (this.init.projection().since > 0) this.fill.start(null);
  }

  stop(): Promise<void> {
    return this.fill.stop();
  }

  /** After the ledger grew. */
  grew(): void {
    this.init.channel.checkpoints.note(this.init.ledger(), this.init.last());
  }

  view(): CatchingUpView | null {
    if (this.stateBytes !== null) return { kind: 'state', stateBytes: this.stateBytes };
    const { height } = this.init.ledger();
    const target = this.sync.target();
    if (target > height + 1) return { kind: 'blocks', height, target };
    const { since } = this.init.projection();
    return since === 0 ? null : { kind: 'history', height: this.filled ?? 0, target: since };
  }

  private async leap(peer: PeerId): Promise<boolean | Rejection> {
    const { store, channel } = this.init.channel;
    // One gap at a time.
    if (this.init.projection().since > 0 || (await store.filled(channel)) < this.init.ledger().height) return false;
    try {
      const found = await this.fast.from(peer);
      if (found === null || isRejection(found)) return found ?? false;
      return await this.adopt(found);
    } finally {
      this.stateBytes = null;
      this.init.channel.onChange();
    }
  }

  private async adopt({ ledger, projection, last, parts }: FoundCheckpoint): Promise<boolean> {
    const { store, channel, checkpoints } = this.init.channel;
    const below = { ledger: this.init.ledger(), projection: this.init.projection(), last: this.init.last(), checkpoints };
    await this.init.step(async () => {
      // It may have grown meanwhile; what this node can execute itself is better.
      if (this.init.ledger() !== below.ledger) return null;
      await store.saveSnapshot(channel, { height: ledger.height, parts }, encodeFinalBlock(last));
      return { kind: 'checkpoint', ledger, projection, last };
    });
    if (this.init.projection().since === 0) return false;
    this.fill.start(below);
    return true;
  }

  private async takeHistory(projection: Projection): Promise<boolean> {
    const isOfHead = (): boolean => projection.height === this.init.ledger().height;
    await this.init.step(async () => (isOfHead() ? { kind: 'history', projection } : null));
    const taken = this.init.projection().since === 0;
    if (taken) this.filled = null;
    this.init.channel.onChange();
    return taken;
  }
}
