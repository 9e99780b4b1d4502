// A member's storage: the vote row and the final blocks. Strict, what was written is there after a kill; relaxed, the
// last writes of the row may be lost, as in a browser profile without strict durability (fault 15). Writes that were not
// finished may or may not be there.
import type { VoteRow } from '../../src/node/consensus/index.ts';
import type { Random } from './random.ts';
import type { Decided } from './world.ts';

export interface DiskFaults {
  readonly random: Random;
  /** Whether finished writes of the row may be lost. */
  readonly relaxed: boolean;
}

/** Rows that a relaxed disk may forget. */
const MAX_LOST_ROWS = 4;
/** Final blocks that a disk may lose where the row does not show them to be durable: they are fetched again. */
const MAX_LOST_FINALS = 3;

export class Disk {
  readonly finals: Decided[] = [];
  faults: DiskFaults | null = null;
  private rows: VoteRow[] = [];
  private unfinished: VoteRow | null = null;

  /** What is durable, as far as the member knows. */
  get row(): VoteRow | null {
    return this.rows.at(-1) ?? null;
  }

  write(row: VoteRow): void {
    this.unfinished = row;
  }

  sync(): void {
    if (this.unfinished !== null) this.rows = [...this.rows.slice(-MAX_LOST_ROWS), this.unfinished];
    this.unfinished = null;
  }

  append(final: Decided): void {
    this.finals.push(final);
  }

  /** The machine stops here. */
  kill(): void {
    if (this.faults === null) {
      this.unfinished = null;
      return;
    }
    const { random, relaxed } = this.faults;
    if (random.chance(0.5)) this.sync();
    this.unfinished = null;
    if (relaxed) this.rows.splice(Math.max(0, this.rows.length - random.between(1, MAX_LOST_ROWS)));
    // A block is durable before the row of the next height is, or the members could forget a height together.
    const least = relaxed ? 0 : (this.row?.height ?? 0);
    const kept = Math.max(Math.min(least, this.finals.length), this.finals.length - random.between(0, MAX_LOST_FINALS));
    if (random.chance(0.3)) this.finals.splice(kept);
  }
}
