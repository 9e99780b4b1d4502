// A member's storage: the vote row and the final blocks. Strict, what was written is there after a kill; relaxed, the last
// writes of the row may be lost, as in a browser profile without strict durability (fault 15); corrupting, the row may be
// unreadable, which its owner notices (fault 16). Writes that were not finished may or may not be there.
import type { VoteRow } from '../../src/node/consensus/index.ts';
import type { Random } from './random.ts';
import type { Decided } from './world.ts';

export interface DiskFaults {
  readonly random: Random;
  /** Whether finished writes of the row may be lost. */
  readonly relaxed: boolean;
  /** Whether a kill may leave the row unreadable. */
  readonly corrupting: boolean;
}

/** Rows that a relaxed disk may forget. */
const MAX_LOST_ROWS = 4;
/** Final blocks that a disk may lose where the row does not show them to be durable: they are fetched again. */
const MAX_LOST_FINALS = 3;
/** How often a corrupting disk damages the row in a kill. */
const DAMAGE_CHANCE = 0.3;

export class Disk {
  readonly finals: Decided[] = [];
  faults: DiskFaults | null = null;
  /** R14: the row was there and cannot be read. It stays so. */
  damaged = false;
  private rows: VoteRow[] = [];
  private unfinished: VoteRow | null = null;

  /** What is durable, as far as the member knows. */
  get row(): VoteRow | null {
    return this.damaged ? null : (this.rows.at(-1) ?? null);
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
    const { random, relaxed, corrupting } = this.faults;
    if (random.chance(0.5)) this.sync();
    this.unfinished = null;
    if (relaxed) this.rows.splice(Math.max(0, this.rows.length - random.between(1, MAX_LOST_ROWS)));
    if (corrupting && this.rows.length > 0 && random.chance(DAMAGE_CHANCE)) this.damaged = true;
    // A block is durable before the row of the next height is, or the members could forget a height together.
    const least = relaxed ? 0 : (this.row?.height ?? 0);
    const kept = Math.max(Math.min(least, this.finals.length), this.finals.length - random.between(0, MAX_LOST_FINALS));
    if (random.chance(0.3)) this.finals.splice(kept);
  }
}
