// Whether the seat of a party is this node's (R14), and when a node asks for one (R13, R17): certified, synchronised, not voting, not
// asked just now.
import type { PartyId } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import type { Action } from '../contracts/index.ts';
import { type Ledger, seatReason } from '../ledger/index.ts';

/** A wish that was lost or refused is repeated, but not at every tick. */
export const SEAT_REPEAT_MS = 5_000;

export interface SeatWisher {
  readonly self: PartyId;
  readonly wantsSeat: boolean;
  readonly ledger: Ledger;
  readonly seatAskedMs: number | null;
}

/** The action that asks for a seat, or null where there is no reason or no room. */
export function seatWish(wisher: SeatWisher, nowMs: number): Action | null {
  if (!wisher.wantsSeat) return null;
  const { ledger, self, seatAskedMs } = wisher;
  if (seatAskedMs !== null && nowMs - seatAskedMs < SEAT_REPEAT_MS) return null;
  return seatReason(ledger, self, nowMs)?.mayAsk === true ? { kind: 'seat', height: ledger.height } : null;
}

/** False where the party's seat is under another key than this node's: after a loss the ledger has the lost key for a while. */
export function ownsSeat({
  ledger,
  self,
  memberKey,
}: Pick<SeatWisher, 'ledger' | 'self'> & { readonly memberKey: Uint8Array | null }): boolean {
  const seat = ledger.configuration.members.find((member) => member.party === self);
  return seat === undefined || (memberKey !== null && equalBytes(seat.memberKey, memberKey));
}
