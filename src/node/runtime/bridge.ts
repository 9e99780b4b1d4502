// A bridge member's duty (P3-06, P3-17): what is final on a further channel is shown on the consortium's chain, ten headers and ten items
// to a slip, after ten blocks or the channel's time. Every member can do it; they take turns, so that each slip is written once. What was
// shown is read from the consortium's state, never remembered, so a restart repeats nothing.
import { type ChannelId, type PartyId, isRejection } from '../base/index.ts';
import { type Action, MAX_ANCHORED_HEADERS, anchorHeadIn, anchoredIn, channelIn, hasItem, slipIdOf } from '../contracts/index.ts';
import { type FinalBlock, type WantedItems, anchorOf, decodeFinalBlock, itemOf, summaryOf } from '../ledger/index.ts';
import type { Clock, LedgerStore, Log, Timers } from '../ports/index.ts';
import type { Channel } from './channel.ts';

export interface BridgeInit {
  readonly opened: ChannelId;
  readonly self: PartyId;
  readonly home: Channel;
  readonly channel: Channel;
  readonly store: LedgerStore;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
}

const LOOK_MS = 1_000;
/** For so long the member whose turn it is has it for itself, and then the next one. */
const TURN_MS = 5_000;
/** Blocks looked through at once. */
const BATCH_BLOCKS = 64;

export class Bridge {
  private readonly init: BridgeInit;
  /** Every record up to here has its item. */
  private done = 0;
  private busy = false;
  private stopped = false;
  private cancel: () => void = () => undefined;
  /** Since when something is due at this height of the channel's shown head. */
  private due: { readonly height: number; readonly sinceMs: number } | null = null;

  constructor(init: BridgeInit) {
    this.init = init;
  }

  start(): void {
    this.cancel = this.init.timers.after(LOOK_MS, () => {
      void this.look();
      if (!this.stopped) this.start();
    });
  }

  stop(): void {
    this.stopped = true;
    this.cancel();
  }

  private async look(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const action = await this.next();
      if (action !== null && this.isTurn() && !this.stopped) {
        const { outcome } = await this.init.home.act(action);
        if (outcome !== 'done') this.init.log.debug('summary-without-effect', { outcome });
      }
    } catch (error) {
      this.init.log.debug('summary-failed', { reason: String(error) });
    } finally {
      this.busy = false;
    }
  }

  /** What is to be said now, or null. */
  private async next(): Promise<Action | null> {
    const { opened, home, channel, clock } = this.init;
    const shown = anchorHeadIn(home.ledger().state, opened).height;
    const wanted = await this.wanted(shown);
    const items = summaryOf(opened, wanted);
    if (items !== null) return items;
    const { height, settings } = channel.ledger();
    const unshown = await this.read(shown + 1, MAX_ANCHORED_HEADERS);
    const waiting = unshown.find((final) => this.recordsIn(final).length > 0);
    const waitedMs = waiting === undefined ? 0 : clock.nowMs() - waiting.block.header.timestampMs;
    const isDue = height - shown >= MAX_ANCHORED_HEADERS || (waiting !== undefined && waitedMs >= settings.blockMs);
    if (isDue) return anchorOf(opened, unshown);
    this.due = null;
    return null;
  }

  /** Records of shown blocks that have no item yet. */
  private async wanted(shown: number): Promise<readonly WantedItems[]> {
    const { opened, home } = this.init;
    const blocks = await this.read(this.done + 1, Math.min(BATCH_BLOCKS, shown - this.done));
    const wanted = blocks.map((final): WantedItems => {
      const entry = anchoredIn(home.ledger().state, opened, final.block.header.height);
      return { final, indexes: this.recordsIn(final).filter((index) => entry === null || !hasItem(entry, index)) };
    });
    for (const { final, indexes } of wanted) {
      if (indexes.length > 0) break;
      this.done = final.block.header.height;
    }
    return wanted.filter(({ indexes }) => indexes.length > 0);
  }

  /** Places of the records that took effect in the block. */
  private recordsIn(final: FinalBlock): readonly number[] {
    const { slips } = this.init.channel.projection();
    const { height } = final.block.header;
    return final.block.slips.flatMap((slip, index) => {
      const fate = slips.get(slipIdOf(slip));
      return itemOf(final, index) !== null && fate?.outcome === 'done' && fate.height === height ? [index] : [];
    });
  }

  private async read(from: number, count: number): Promise<readonly FinalBlock[]> {
    const { opened, store, channel } = this.init;
    const most = Math.min(count, channel.ledger().height - from + 1);
    const blocks = most > 0 ? await store.read(opened, from, most) : [];
    return blocks.flatMap((bytes) => {
      const final = decodeFinalBlock(bytes);
      return isRejection(final) ? [] : [final];
    });
  }

  /** The members that have joined take turns by the height that was shown. */
  private isTurn(): boolean {
    const { opened, home, self, clock } = this.init;
    const { state } = home.ledger();
    const height = anchorHeadIn(state, opened).height + this.done;
    if (this.due?.height !== height) this.due = { height, sinceMs: clock.nowMs() };
    const bridges = channelIn(state, opened)?.members.filter(({ standing }) => standing === 'joined') ?? [];
    const place = bridges.findIndex(({ party }) => party === self);
    if (place < 0) return false;
    const before = (place + bridges.length - (height % bridges.length)) % bridges.length;
    return clock.nowMs() - this.due.sinceMs >= before * TURN_MS;
  }
}
