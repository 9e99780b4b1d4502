// How many produce and how many audit (P3-20, T21): the paper's 101 and 20 are settings, scaled to the institutions there are.
// The number of producers is never a multiple of three: with 3m of them two thirds can be a quorum (R0), where the paper asks for
// more than two thirds, and 3m tolerate no more faulty ones than 3m-2 do.
import { assert } from '../../base/index.ts';
import { shareOf } from '../ranking.ts';

export interface SeatCounts {
  readonly producers: number;
  readonly auditors: number;
}

/** P3-20. */
export const PAPER_SEATS: SeatCounts = { producers: 101, auditors: 20 };

/** Seats for so many institutions that can take one. All seats of the preset where there are enough; whoever is left waits in the ranks. */
export function seatCounts(institutions: number, preset: SeatCounts = PAPER_SEATS): SeatCounts {
  const whole = preset.producers + preset.auditors;
  assert(institutions >= 1 && preset.producers >= 1, 'somebody produces');
  assert(preset.producers % 3 !== 0, 'more than two thirds is a quorum of the producers');
  if (institutions >= whole) return preset;
  const scaled = Math.max(1, shareOf(institutions, preset.producers, whole));
  const producers = scaled % 3 !== 0 ? scaled : scaled < institutions ? scaled + 1 : scaled - 1;
  return { producers, auditors: Math.min(institutions - producers, preset.auditors) };
}
