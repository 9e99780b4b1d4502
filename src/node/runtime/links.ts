// Whom a node links to: voters to one another, everybody else to the archive members, which hold everything. Groups refine
// this when the engine has them.
import type { PartyId } from '../base/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { PeerId } from '../ports/index.ts';
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
