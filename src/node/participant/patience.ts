// How long a request may wait for its lane (R8), by this node's clock: longer than a view gets, without any batch of the own lane
// having been ordered and without another author having had a try. Nothing global depends on it.
import type { LanePosition } from '../consensus/index.ts';

/** A lane's author gets as long as so many views at their first time-out to bring a request into a certified batch. */
const LANE_PATIENCE_VIEWS = 1;

export interface Patience {
  /** Since when something waits without the lane moving; null while nothing waits. */
  readonly sinceMs: number | null;
  /** What the lane looked like then: its last ordered position, and the local view that this member follows. */
  readonly lane: string;
}

export const restedPatience: Patience = { sinceMs: null, lane: '' };

/** What counts as movement of a lane. */
export function laneMark(ordered: LanePosition | undefined, localView: number, epoch: number): string {
  return `${epoch} ${localView} ${ordered?.localView ?? -1} ${ordered?.sequence ?? -1}`;
}

/** After a look at the lane: the new patience, and whether it has run out. */
export function look(
  patience: Patience,
  at: { readonly waits: boolean; readonly lane: string; readonly nowMs: number; readonly baseTimeoutMs: number },
): { readonly patience: Patience; readonly overdue: boolean } {
  if (!at.waits) return { patience: restedPatience, overdue: false };
  const anew = { sinceMs: at.nowMs, lane: at.lane };
  const { sinceMs } = patience;
  if (sinceMs === null || patience.lane !== at.lane) return { patience: anew, overdue: false };
  const overdue = at.nowMs - sinceMs >= LANE_PATIENCE_VIEWS * at.baseTimeoutMs;
  return { patience: overdue ? anew : patience, overdue };
}
