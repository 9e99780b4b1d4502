// Who is heard and who is not (R17). A member that says nothing for the channel's silence is declared absent by those who
// listen; a clock that jumped, or a tab that slept, is nobody's silence.
import type { PartyId } from '../base/index.ts';

/** When a node last heard from each party, by its own clock. */
export interface Attendance {
  readonly heardMs: ReadonlyMap<PartyId, number>;
  readonly lastTickMs: number;
  /** Absences that this node has declared, by party and epoch, so that it says each once. */
  readonly declared: ReadonlySet<string>;
}

/** A gap between two ticks above this is sleep or a clock jump, and starts everybody's silence anew. */
export const MAX_TICK_GAP_MS = 10_000;

export function emptyAttendance(nowMs: number): Attendance {
  return { heardMs: new Map(), lastTickMs: nowMs, declared: new Set() };
}

export function heard(attendance: Attendance, parties: readonly PartyId[], nowMs: number): Attendance {
  const heardMs = new Map(attendance.heardMs);
  for (const party of parties) heardMs.set(party, nowMs);
  return { ...attendance, heardMs };
}

/** After a tick: parties among `watched` that have been silent for `silenceMs` and are not declared yet in `epoch`. */
export function tick(
  attendance: Attendance,
  watched: readonly PartyId[],
  at: { readonly nowMs: number; readonly epoch: number; readonly silenceMs: number },
): { readonly attendance: Attendance; readonly silent: readonly PartyId[]; readonly woke: boolean } {
  const gapMs = at.nowMs - attendance.lastTickMs;
  const woke = gapMs > MAX_TICK_GAP_MS || gapMs < 0;
  const heardMs = new Map<PartyId, number>();
  for (const party of watched) heardMs.set(party, woke ? at.nowMs : (attendance.heardMs.get(party) ?? at.nowMs));
  const silent = watched.filter((party) => {
    const sinceMs = at.nowMs - (heardMs.get(party) ?? at.nowMs);
    return sinceMs >= at.silenceMs && !attendance.declared.has(`${at.epoch}/${party}`);
  });
  const declared = new Set([...attendance.declared].filter((key) => key.startsWith(`${at.epoch}/`)));
  for (const party of silent) declared.add(`${at.epoch}/${party}`);
  return { attendance: { heardMs, lastTickMs: at.nowMs, declared }, silent, woke };
}
