// Members in one process that check everything themselves: what one of them found good counts for nobody else. Messages are handed
// over in waves; within a wave every receiver's signatures are checked with many calls in flight, then each takes its step in order.
import type { PartyId } from '../src/node/base/index.ts';
import type { ConsensusMessage, TimerName } from '../src/node/consensus/index.ts';

export type Send = (to: readonly PartyId[], message: ConsensusMessage) => void;

export interface Seat {
  readonly party: PartyId;
  /** Slips that are final here. */
  readonly finalSlips: number;
  /** Checks a message; what is to be done with it then, or null where it is refused or of no use. */
  check(message: ConsensusMessage): Promise<(() => Promise<void>) | null>;
  /** Time has passed. */
  tick(): Promise<void>;
  /** Timers that run: they stand in for the time that does not pass here. */
  fire(name: TimerName): Promise<void>;
}

/** What takes longer is not measured. */
const RUN_LIMIT_MS = 60_000;
/** Time that passes where nobody has anything to say; timers fire only after some of it. */
const IDLE_MS = 2;
const TICKS = 10;
const MAX_IDLE = 20;
const TIMERS: readonly TimerName[] = ['patience', 'bypass', 'view'];

export class Wire {
  readonly seats = new Map<PartyId, Seat>();
  messages = 0;
  private queue: { readonly to: PartyId; readonly message: ConsensusMessage }[] = [];

  /** For the seat of this party. */
  sender(from: PartyId): Send {
    return (to, message) => {
      for (const party of to) if (party !== from) this.queue.push({ to: party, message });
    };
  }

  /** Again, for a message that came before its height. */
  again(to: PartyId, message: ConsensusMessage): void {
    this.queue.push({ to, message });
  }

  /** Until so many slips are final at everybody who takes part. `onWave` after every wave. */
  async run(slips: number, onWave: () => void): Promise<void> {
    let fired = 0;
    const startMs = performance.now();
    while (performance.now() - startMs < RUN_LIMIT_MS) {
      if ([...this.seats.values()].every(({ finalSlips }) => finalSlips >= slips)) return;
      const items = this.queue;
      this.queue = [];
      this.messages += items.length;
      if (items.length === 0) {
        if (fired >= MAX_IDLE) throw new Error('the members stand still');
        fired += 1;
        // Blocks of one millisecond are dated one after another: the clock has to catch up.
        await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
        const name = fired <= TICKS ? null : TIMERS[fired % TIMERS.length];
        for (const seat of this.seats.values()) await (name === null || name === undefined ? seat.tick() : seat.fire(name));
        continue;
      }
      fired = 0;
      const checked = await Promise.all(items.map(async ({ to, message }) => (await this.seats.get(to)?.check(message)) ?? null));
      for (const take of checked) await take?.();
      onWave();
    }
    throw new Error('the members come to no end in time');
  }
}
