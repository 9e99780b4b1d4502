// Why a party does not vote, for the page that must say so (R17), and whether asking would help now.
import type { PartyId } from '../base/index.ts';
import { asksOf, isHonoured, isLive, isRatedBelow, partyIn, rosterOf } from '../contracts/index.ts';
import { type Ledger, nextMoment } from './ledger.ts';

export interface SeatReason {
  readonly reason: 'not-certified' | 'no-member-key' | 'asked' | 'rated-below' | 'seats-full' | 'suspended' | 'replaced-key' | 'not-asked';
  /** A sentence for a person. */
  readonly detail: string;
  /** Whether a `seat` slip would be honoured now. */
  readonly mayAsk: boolean;
}

/** Null where the party votes with its newest key. */
export function seatReason(ledger: Ledger, party: PartyId, nowMs: number): SeatReason | null {
  const { state } = ledger;
  const at = nextMoment(ledger, nowMs);
  const entry = partyIn(state, party);
  if (entry === null || !isLive(entry, at.timestampMs)) return never('not-certified', 'It holds no certificate that is valid now.');
  const { role, memberKey } = entry.certificate;
  if (memberKey === null || (role !== 'archive' && role !== 'clinic'))
    return never('no-member-key', 'It has no member key, so it never votes.');
  if (isRatedBelow(state, entry.rating)) return never('rated-below', 'Its rating is below what this channel asks of its members (P0-26).');
  const asks = asksOf(state);
  if (asks.seats.some((ask) => ask.party === party && isHonoured(state, asks, { party, at }))) {
    return { reason: 'asked', detail: 'It takes its seat at the next epoch.', mayAsk: false };
  }
  const member = rosterOf(state).members.find((candidate) => candidate.party === party);
  const sameKey = member?.memberKey.every((byte, index) => byte === memberKey[index]) === true;
  if (member?.voting === true && sameKey) return null;
  const others = asks.seats.filter((ask) => ask.party !== party);
  const wished = { ...asks, seats: [...others, { party, readyMs: at.timestampMs }] };
  if (!isHonoured(state, wished, { party, at })) return { reason: 'seats-full', detail: fullDetail(ledger), mayAsk: false };
  if (member === undefined) return { reason: 'not-asked', detail: 'It has not asked for a seat.', mayAsk: true };
  if (!member.voting) return { reason: 'suspended', detail: 'It was absent; it votes again one epoch after it is back.', mayAsk: true };
  return { reason: 'replaced-key', detail: 'Its member key was replaced; the new one has not asked for the seat.', mayAsk: true };
}

function never(reason: SeatReason['reason'], detail: string): SeatReason {
  return { reason, detail, mayAsk: false };
}

function fullDetail(ledger: Ledger): string {
  if (!ledger.settings.archiveQuorum) return 'Every seat of this channel is taken.';
  const { members, quorum } = ledger.configuration;
  const archives = members.filter((member) => member.kind === 'archive' && member.voting).length;
  const clinics = members.filter((member) => member.kind === 'clinic').length;
  return `Visitors hold all ${clinics} seats that they may: ${archives} archive members must reach the quorum alone, which is ${quorum} now.`;
}
