// Slips of others that wait in this voter's pool, passed on so that each becomes final, in stages. Where the voters agree flat: to the
// leader, who can propose it at once, and to the next one where the height ended without it; after a while to every voter, who then
// all press for it (R7). With groups: to the author of the own lane; after a while to the own group, which then asks for another author
// (R8); after more patience to the authors of other groups, one after another (R10). An author of a slip reaches several voters
// itself: if each told all the others at once, a slip would cost as many frames as a round of votes.
import type { PartyId, SlipId } from '../base/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';

export interface SlipRoute {
  /** Whom it is handed to first, now. */
  readonly first: PartyId;
  /** After `ticks` ticks that a slip has waited: these as well. In order. */
  readonly later: readonly { readonly ticks: number; readonly parties: readonly PartyId[] }[];
}

export interface SlipRelayInit {
  readonly self: PartyId;
  readonly route: () => SlipRoute;
  /** Whether the slip still waits in the own pool. */
  readonly waits: (id: SlipId) => boolean;
  /** Whether it is on its way in a batch: then it is left alone. */
  readonly rests: (id: SlipId) => boolean;
  readonly sendTo: (parties: readonly PartyId[], slip: Slip) => void;
}

interface Entry {
  readonly slip: Slip;
  first: PartyId | null;
  ticks: number;
  /** Later stages that are done. */
  done: number;
}

export class SlipRelay {
  private readonly init: SlipRelayInit;
  /** Not yet told to everybody who should know; a part of the pool, and bounded like it (R18). */
  private readonly entries = new Map<SlipId, Entry>();

  constructor(init: SlipRelayInit) {
    this.init = init;
  }

  /** A slip that is new in the pool, or that its author hands out again. */
  came(slip: Slip): void {
    const id = slipIdOf(slip);
    if (this.entries.has(id)) return;
    const entry: Entry = { slip, first: null, ticks: 0, done: 0 };
    this.entries.set(id, entry);
    this.tellFirst(entry);
  }

  /** Another height is open. */
  grew(): void {
    for (const entry of this.waiting()) this.tellFirst(entry);
  }

  tick(): void {
    const { later } = this.init.route();
    for (const entry of this.waiting()) {
      const id = slipIdOf(entry.slip);
      if (this.init.rests(id)) continue;
      this.tellFirst(entry);
      entry.ticks += 1;
      for (let stage = later[entry.done]; stage !== undefined && entry.ticks >= stage.ticks; stage = later[entry.done]) {
        entry.done += 1;
        this.tell(stage.parties, entry.slip);
      }
      if (entry.done >= later.length) this.entries.delete(id);
    }
  }

  private waiting(): readonly Entry[] {
    for (const id of this.entries.keys()) if (!this.init.waits(id)) this.entries.delete(id);
    return [...this.entries.values()];
  }

  /** Once to each that is first: the next leader, the next author. */
  private tellFirst(entry: Entry): void {
    const { first } = this.init.route();
    if (entry.first === first) return;
    entry.first = first;
    this.tell([first], entry.slip);
  }

  private tell(parties: readonly PartyId[], slip: Slip): void {
    const others = parties.filter((party) => party !== this.init.self);
    if (others.length > 0) this.init.sendTo(others, slip);
  }
}
