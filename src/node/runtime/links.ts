// Whom a node links to: voters to one another, everybody else to the archive members, which hold everything. Groups refine
// this when the engine has them.
import type { PartyId } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Network, PeerId } from '../ports/index.ts';
import type { PeerBook } from './peer-book.ts';

/** Links of a node that does not vote. */
const MAX_FOLLOWER_LINKS = 8;

export function chooseLinks(ledger: Ledger, self: PartyId, book: PeerBook): readonly PeerId[] {
  const { members } = ledger.configuration;
  const votes = members.some((member) => member.party === self);
  const archives = members.filter((member) => member.kind === 'archive');
  const followed = (archives.length > 0 ? archives : members).slice(0, MAX_FOLLOWER_LINKS);
  const wanted = votes ? members : followed;
  return wanted.filter((member) => member.party !== self).flatMap((member) => book.peersOf(member.party));
}

/** The links that this node wishes for. A wish is told once, not after every block: the network keeps dialling by itself. */
export class LinkWishes {
  private readonly network: Pick<Network, 'self' | 'connect'>;
  private wished: ReadonlySet<PeerId> = new Set();

  constructor(network: Pick<Network, 'self' | 'connect'>) {
    this.network = network;
  }

  /** Who was away from `peers` is wished for anew: a refusal that came in between is lifted. */
  set(peers: readonly PeerId[]): void {
    for (const peer of peers) if (peer !== this.network.self && !this.wished.has(peer)) this.network.connect(peer);
    this.wished = new Set(peers);
  }
}
