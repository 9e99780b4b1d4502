// Whom a node links to. Where the voters agree flat: voters to one another. With groups there is no full mesh: the own group, the
// ways that the engine's routes take to other groups, and a few keepers; what else is said opens a link on demand. Everybody
// who does not vote follows the archive members, which hold everything.
import { type PartyId, present } from '../base/index.ts';
import { type Configuration, type Place, authorOf, membersOf, placeOf, seated } from '../consensus/index.ts';
import { type Ledger, toConsensusConfiguration } from '../ledger/index.ts';
import type { Clock, Network, PeerId } from '../ports/index.ts';

/** Links of a node that does not vote. */
const MAX_FOLLOWER_LINKS = 8;
/** Keepers that a grouped clinic links to, beyond the copies that a record needs. One that falls silent is replaced by the next. */
const SPARE_KEEPERS = 1;
/** Links opened for single messages, at once (R18): a leader past its carriers speaks to everybody. */
export const MAX_DEMANDED_LINKS = 128;
/** A link that was opened on demand and carried nothing of ours for this long is given up. */
export const IDLE_LINK_MS = 30_000;

export interface LinkPlan {
  readonly parties: readonly PartyId[];
  /** Whether links beyond these are opened on demand and given up when they are idle. */
  readonly grouped: boolean;
}

export interface LinkNews {
  /** Of the own lane: its author changes with it (R8). */
  readonly localView: number;
  /** Parties that nobody has heard lately. */
  readonly away: ReadonlySet<PartyId>;
}

export function planLinks(ledger: Ledger, self: PartyId, { localView, away }: LinkNews): LinkPlan {
  const configuration = toConsensusConfiguration(ledger);
  const place = placeOf(configuration, self);
  const parties =
    place === null ? flatLinks(ledger, self) : [...groupLinks(configuration, place, self, localView), ...keeperLinks(ledger, self, away)];
  return { parties: [...new Set(parties)].filter((party) => party !== self), grouped: place !== null };
}

function flatLinks(ledger: Ledger, self: PartyId): readonly PartyId[] {
  const { members, groups } = ledger.configuration;
  const takesPart = groups.length === 0 && members.some((member) => member.party === self);
  return takesPart ? members.map((member) => member.party) : followed(ledger, MAX_FOLLOWER_LINKS);
}

/** The first that keep what everybody needs; the same for all, so that who looks for something finds where it was put. */
function followed(ledger: Ledger, count: number, away: ReadonlySet<PartyId> = new Set()): readonly PartyId[] {
  const { members } = ledger.configuration;
  const archives = members.filter((member) => member.kind === 'archive');
  const followable = (archives.length > 0 ? archives : members).map((member) => member.party);
  return followable.filter((party) => !away.has(party)).slice(0, count);
}

/** Where records are written and read. Archive members hold what their own people need, and replicate over the groups' links. */
function keeperLinks(ledger: Ledger, self: PartyId, away: ReadonlySet<PartyId>): readonly PartyId[] {
  const own = ledger.configuration.members.find((member) => member.party === self);
  return own?.kind === 'archive' ? [] : followed(ledger, ledger.settings.copies + SPARE_KEEPERS, away);
}

/**
 * The own group. In each other group the member of the own rank, by whom requests for views travel (R7). Between seats, by which
 * votes and proposals travel (P0-30). From an author to the members that relay its lane, by the group's number (R8).
 */
function groupLinks(configuration: Configuration, { group, rank }: Place, self: PartyId, localView: number): readonly PartyId[] {
  const { groups, seats } = configuration;
  const isSeated = seated(groups, seats, group) === self;
  const isAuthor = authorOf(configuration, group, localView) === self;
  const others = groups.flatMap((members, other) => {
    if (other === group) return [];
    const ofRank = (wanted: number): PartyId => present(members[wanted % members.length], 'a member');
    return [ofRank(rank), ...(isSeated ? [seated(groups, seats, other)] : []), ...(isAuthor ? [ofRank(group)] : [])];
  });
  return [...membersOf(configuration, group), ...others];
}

/** The links that this node wishes for. A wish is told once, not after every block: the network keeps dialling by itself. */
export class LinkWishes {
  private readonly network: Pick<Network, 'self' | 'connect' | 'release'>;
  private readonly clock: Clock;
  private wished: ReadonlySet<PeerId> = new Set();
  /** Beyond those: when each was last of use. */
  private readonly demanded = new Map<PeerId, number>();

  constructor(network: Pick<Network, 'self' | 'connect' | 'release'>, clock: Clock) {
    this.network = network;
    this.clock = clock;
  }

  /** Who was away from `peers` is wished for anew: a refusal that came in between is lifted. */
  set(peers: readonly PeerId[], options: { readonly givesUp: boolean }): void {
    const before = this.wished;
    this.wished = new Set(peers.filter((peer) => peer !== this.network.self));
    for (const peer of this.wished) {
      this.demanded.delete(peer);
      if (!before.has(peer)) this.network.connect(peer);
    }
    if (options.givesUp) for (const peer of before) if (!this.wished.has(peer)) this.demanded.set(peer, this.clock.nowMs());
  }

  /** A link that nobody here planned: it is given up when it is idle. */
  adopt(peer: PeerId): void {
    if (!this.wished.has(peer) && !this.demanded.has(peer)) this.demanded.set(peer, this.clock.nowMs());
  }

  /** Something is to be said to this peer, or was. */
  use(peer: PeerId): void {
    if (this.wished.has(peer) || peer === this.network.self) return;
    const isNew = !this.demanded.delete(peer);
    this.demanded.set(peer, this.clock.nowMs());
    if (isNew) this.network.connect(peer);
    for (const oldest of this.demanded.keys()) if (this.demanded.size > MAX_DEMANDED_LINKS) this.giveUp(oldest);
  }

  /** Gives up what has been idle. */
  tick(): void {
    for (const [peer, usedMs] of this.demanded) if (this.clock.nowMs() - usedMs >= IDLE_LINK_MS) this.giveUp(peer);
  }

  private giveUp(peer: PeerId): void {
    this.demanded.delete(peer);
    this.network.release(peer);
  }
}
