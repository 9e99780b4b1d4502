// The engine's timers: one of each name runs at most.
import type { TimerName } from '../consensus/index.ts';
import type { ParticipantEffect } from '../participant/index.ts';
import type { Timers } from '../ports/index.ts';

type TimerEffect = Extract<ParticipantEffect, { kind: 'timer' }>;

export class NamedTimers {
  private readonly timers: Timers;
  private readonly cancels = new Map<TimerName, () => void>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Replaces the running one of that name; `delayMs` null stops it. */
  set({ name, delayMs }: TimerEffect, fire: () => void): void {
    this.cancels.get(name)?.();
    this.cancels.delete(name);
    if (delayMs !== null) this.cancels.set(name, this.timers.after(delayMs, fire));
  }

  stop(): void {
    for (const cancel of this.cancels.values()) cancel();
    this.cancels.clear();
  }
}
