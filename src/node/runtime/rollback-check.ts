// The check of R14 at a start: asks every member that is reached, until enough have answered or time is up. Whoever reaches nobody cannot
// decide anything either, so it waits; a consortium of one has nobody to ask.
import type { PartyId } from '../base/index.ts';
import type { VoteRow } from '../consensus/index.ts';
import { type Ledger, toConsensusConfiguration } from '../ledger/index.ts';
import type { Log, PeerId, Timers } from '../ports/index.ts';
import { type RollbackInit, askHighestVote, isRolledBack } from './rollback.ts';

/** From the first member that is reached: then the others that can be reached are there as well, or answer late. */
const CHECK_MS = 3_000;

export interface RollbackCheckInit extends RollbackInit {
  readonly timers: Timers;
  readonly log: Log;
  readonly row: () => VoteRow | null;
  readonly ledger: () => Ledger;
  readonly partyOf: (peer: PeerId) => PartyId | null;
  readonly linked: () => readonly PeerId[];
  /** Only the open height shows anything: at one that is final nobody can vote twice any more. */
  readonly synchronised: () => boolean;
  /** Called once: whether the key may vote. */
  readonly done: (rolledBack: boolean) => void;
}

export class RollbackCheck {
  private readonly init: RollbackCheckInit;
  private readonly asked = new Set<PartyId>();
  private answers = 0;
  private timed = false;
  private over = false;
  private cancel: () => void = () => undefined;

  constructor(init: RollbackCheckInit) {
    this.init = init;
  }

  /** At the start, at every tick, and whenever a peer is known that was not or the ledger grew. */
  look(): void {
    if (this.over) return;
    const others = this.others();
    if (others.length > 0 && !this.init.synchronised()) return;
    if (others.length === 0) return this.end(false);
    for (const peer of this.init.linked()) {
      const party = this.init.partyOf(peer);
      if (party === null || this.asked.has(party) || !others.includes(party)) continue;
      if (!this.timed) this.cancel = this.init.timers.after(CHECK_MS, () => this.end(false));
      this.timed = true;
      this.asked.add(party);
      void this.ask(peer, party);
    }
  }

  stop(): void {
    this.over = true;
    this.cancel();
  }

  private others(): readonly PartyId[] {
    const { members } = this.init.ledger().configuration;
    return members.map((member) => member.party).filter((party) => party !== this.init.self);
  }

  private async ask(peer: PeerId, party: PartyId): Promise<void> {
    const { init } = this;
    try {
      const said = await askHighestVote(init, peer);
      const ledger = init.ledger();
      const at = { row: init.row(), height: ledger.height, configuration: toConsensusConfiguration(ledger) };
      if (said !== null && !this.over && (await isRolledBack(init, said, at))) return this.end(true);
      this.answers += 1;
      // F+1 answers hold a correct member's; whoever else is linked was asked as well, and has had as long to answer.
      if (this.answers > at.configuration.tolerated && this.answers === this.asked.size) this.end(false);
    } catch {
      // It may not know yet who asks: again at the next look.
      this.asked.delete(party);
      init.log.debug('highest-vote-not-told');
    }
  }

  private end(rolledBack: boolean): void {
    if (this.over) return;
    this.stop();
    this.init.done(rolledBack);
  }
}
