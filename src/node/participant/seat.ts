// When a node asks for a voting seat (R13, R17): certified, synchronised, not voting, not asked just now.
import type { PartyId } from '../base/index.ts';
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
