// When a node asks for a voting seat (R13, R17): certified, synchronised, not voting, not asked just now.
import type { PartyId } from '../base/index.ts';
import type { Action } from '../contracts/index.ts';
import { type Ledger, seatReason } from '../ledger/index.ts';

/** The state's own answer takes an epoch; asking again sooner would only fill the ledger. */
export const SEAT_REPEAT_MS = 30_000;

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
  const seated = ledger.configuration.members.some((member) => member.party === self && member.voting);
  if (seated || (seatAskedMs !== null && nowMs - seatAskedMs < SEAT_REPEAT_MS)) return null;
  return seatReason(ledger, self) === null ? { kind: 'seat', height: ledger.height } : null;
}
