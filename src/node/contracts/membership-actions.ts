// Founding, certifying, revoking (P0-02, T10): who is who in the channel. A certificate never changes hands: its subject is
// the hash of its signing key, and a member key that was replaced never comes back (R14).
import { type PartyId, type Rejection, reject, toHex } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import { ONLY, asksTable, foundedTable, memberKeyTable, partyTable } from './entries.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { type Moment, asksOf, isLive, isRatedBelow, rosterOf } from './roster.ts';
import type { SlipBody } from './slip.ts';
import type { State } from './state.ts';

/** The first slip of the founding block; its author is the channel's first authority. */
export function found(state: State, body: SlipBody & { readonly action: ActionOf<'found'> }, at: Moment): Judgement {
  if (at.height !== 0) return reject('not-founding', 'a channel is founded by its first block');
  if (foundedTable.get(state, ONLY) !== null) return reject('already-founded', 'a channel is founded once');
  return foundedTable.put(state, ONLY, { settings: body.action.settings, authority: body.author, timestampMs: at.timestampMs });
}

/** The founder's certificate for itself: nobody else could give it. */
export function isOwnFounding(state: State, body: SlipBody, at: Moment): boolean {
  const { action, author } = body;
  if (action.kind !== 'certify' || at.height !== 0 || foundedTable.get(state, ONLY)?.authority !== author) return false;
  return action.certificate.subject === author && action.certificate.role === 'authority' && partyTable.get(state, author) === null;
}

export function certify(state: State, action: ActionOf<'certify'>, author: Pick<Author, 'role' | 'at'>): Judgement {
  const { certificate } = action;
  if (author.role !== 'authority') return reject('not-the-authority', 'only a supervision centre certifies');
  if (certificate.notAfterMs <= author.at.timestampMs) return reject('bad-period', 'the certificate has ended already');
  const before = partyTable.get(state, certificate.subject);
  if (before !== null && before.revoked !== null) return reject('revoked', 'who was revoked comes back with new keys');
  if (before !== null && before.certificate.role !== certificate.role) return reject('other-role', 'a party keeps its role');
  const { memberKey } = certificate;
  const { place = null, rating = null } = before ?? {};
  const entry = { certificate, place, rating, certifiedAtHeight: author.at.height, revoked: null };
  const next = partyTable.put(state, certificate.subject, entry);
  if (memberKey === null) return next;
  const current = before?.certificate.memberKey ?? null;
  if (current !== null && equalBytes(current, memberKey)) return next;
  if (memberKeyTable.get(state, toHex(memberKey)) !== null) return reject('known-member-key', 'a member key serves one party, once');
  return memberKeyTable.put(next, toHex(memberKey), { party: certificate.subject });
}

/** Ends every right of the party at once, its vote at the next epoch. */
export function revoke(state: State, action: ActionOf<'revoke'>, author: Author): Judgement {
  if (author.role !== 'authority') return reject('not-the-authority', 'only a supervision centre revokes');
  if (action.party === author.party) return reject('own-certificate', 'a supervision centre does not revoke itself');
  const entry = partyTable.get(state, action.party);
  if (entry === null) return reject('unknown-party', 'nobody is certified by this name');
  if (entry.revoked !== null) return reject('already-revoked', 'the certificate was revoked before');
  const next = partyTable.put(state, action.party, { ...entry, revoked: { reason: action.reason, height: author.at.height } });
  return departing(next, action.party, 'revoked');
}

/** Where a party is and how it is rated: what groups and elections look at (P0-13, P0-24). */
export function attest(state: State, action: ActionOf<'attest'>, author: Author): Judgement {
  if (author.role !== 'authority') return reject('not-the-authority', 'only a supervision centre attests');
  const entry = partyTable.get(state, action.party);
  if (entry === null) return reject('unknown-party', 'nobody is certified by this name');
  const { place, rating } = action;
  return withRating(partyTable.put(state, action.party, { ...entry, place, rating }), action.party, rating);
}

/** P0-26: a member that is rated below the channel's threshold leaves at the next epoch, unless it is rated better before. */
function withRating(state: State, party: PartyId, rating: number | null): State {
  if (isRatedBelow(state, rating)) return departing(state, party, 'rating');
  const asks = asksOf(state);
  const departures = asks.departures.filter((departure) => departure.party !== party || departure.cause !== 'rating');
  return departures.length === asks.departures.length ? state : asksTable.put(state, ONLY, { ...asks, departures });
}

/** The party asks for nothing more and, where it is a member, leaves at the next epoch. */
function departing(state: State, party: PartyId, cause: 'revoked' | 'rating'): State {
  const asks = asksOf(state);
  const seats = asks.seats.filter((ask) => ask.party !== party);
  const others = asks.departures.filter((departure) => departure.party !== party);
  const isMember = rosterOf(state).members.some((member) => member.party === party);
  const departures = isMember ? [...others, { party, cause }] : others;
  return asksTable.put(state, ONLY, { ...asks, seats, departures });
}

/** Why the author may not act now, or null. */
export function authorRefusal(entry: Parameters<typeof isLive>[0], timestampMs: number): Rejection | null {
  if (isLive(entry, timestampMs)) return null;
  if (entry.revoked !== null) return reject('revoked', 'the certificate was revoked');
  return reject('expired', 'the certificate is not valid at the time of the block');
}
