// The keepers that this node can reach now, itself among them where it is one. Which parties keep is on the ledger; which are
// linked is the network's news.
import type { PartyId } from '../base/index.ts';
import type { CareEnvironment } from './access.ts';
import type { Addressee } from './desk.ts';
import type { Facts } from './facts.ts';

export type Keeper = Addressee;

export class Keepers {
  private readonly environment: Pick<CareEnvironment, 'channel' | 'party' | 'isKeeper'>;
  private readonly facts: Facts;

  constructor(environment: Pick<CareEnvironment, 'channel' | 'party' | 'isKeeper'>, facts: Facts) {
    this.environment = environment;
    this.facts = facts;
  }

  /** Linked keepers, one peer each, others before this node itself: what a tab keeps for itself closes with it. */
  linked(): readonly Keeper[] {
    const parties = new Set(this.facts.keepers());
    const found = new Map<PartyId, Keeper>();
    for (const { party, peer } of this.environment.channel.peers()) {
      if (parties.has(party) && party !== this.environment.party) found.set(party, { party, peer });
    }
    const others = [...found.values()];
    return this.environment.isKeeper() ? [...others, { party: this.environment.party, peer: null }] : others;
  }

  /** Linked keepers but this node. */
  others(): readonly Keeper[] {
    return this.linked().filter((keeper) => keeper.peer !== null);
  }

  /** Keepers on the ledger, linked or not; this node among them where it is one. */
  count(): number {
    return this.facts.keepers().length;
  }

  /** How many other keepers must hold a version before it counts as stored: `copies`, or as many as there are. */
  wanted(): number {
    const others = this.facts.keepers().filter((party) => party !== this.environment.party).length;
    return Math.min(this.facts.copies(), others);
  }

  isKeeper(party: PartyId): boolean {
    return this.facts.keepers().includes(party);
  }
}
