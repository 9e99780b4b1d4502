// Slips of others that wait in this voter's pool, passed on so that each becomes final: to the leader, who can propose it at once, and
// to the next one where the height ended without it; after a while to every voter, who then all press for it (R7). An author reaches
// several voters itself: if each told all the others at once, a slip would cost as many frames as a round of votes.
import type { PartyId, SlipId } from '../base/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';

export interface SlipRelayInit {
  readonly self: PartyId;
  /** Of the open height in the view that this node is in. */
  readonly leader: () => PartyId;
  /** Whether the slip still waits in the own pool. */
  readonly waits: (id: SlipId) => boolean;
  readonly sendTo: (party: PartyId, slip: Slip) => void;
  readonly sendToAll: (slip: Slip) => void;
}

interface Entry {
  readonly slip: Slip;
  ticks: number;
}

/** Ticks that a slip has waited before everybody hears of it: one whole tick at least. */
const TICKS_BEFORE_ALL = 2;

export class SlipRelay {
  private readonly init: SlipRelayInit;
  /** Not yet told to everybody; a part of the pool, and bounded like it (R18). */
  private readonly entries = new Map<SlipId, Entry>();

  constructor(init: SlipRelayInit) {
    this.init = init;
  }

  /** A slip that is new in the pool. */
  came(slip: Slip): void {
    this.entries.set(slipIdOf(slip), { slip, ticks: 0 });
    this.tellLeader(slip);
  }

  /** Another height is open. */
  grew(): void {
    for (const { slip } of this.waiting()) this.tellLeader(slip);
  }

  tick(): void {
    for (const entry of this.waiting()) {
      entry.ticks += 1;
      if (entry.ticks < TICKS_BEFORE_ALL) continue;
      this.entries.delete(slipIdOf(entry.slip));
      this.init.sendToAll(entry.slip);
    }
  }

  private waiting(): readonly Entry[] {
    for (const id of this.entries.keys()) if (!this.init.waits(id)) this.entries.delete(id);
    return [...this.entries.values()];
  }

  private tellLeader(slip: Slip): void {
    const leader = this.init.leader();
    if (leader !== this.init.self) this.init.sendTo(leader, slip);
  }
}
