// Members that contradicted themselves, as this node saw it, for the page. What is proved goes onto the ledger besides (R15).
import type { Evidence } from '../consensus/index.ts';
import type { Clock, Log } from '../ports/index.ts';
import type { ProvedFault } from './channel-init.ts';

/** Proved faults that are shown; a member is shown once per kind of fault. */
const MAX_FAULTS = 100;

export class FaultBook {
  private readonly clock: Clock;
  private readonly log: Log;
  private faults: readonly ProvedFault[] = [];

  constructor(clock: Clock, log: Log) {
    this.clock = clock;
    this.log = log;
  }

  note({ culprit, fault }: Evidence): void {
    this.log.warn('evidence', { culprit, fault });
    if (this.faults.some((known) => known.culprit === culprit && known.fault === fault)) return;
    this.faults = [...this.faults, { culprit, fault, atMs: this.clock.nowMs() }].slice(-MAX_FAULTS);
  }

  /** Newest last. */
  all(): readonly ProvedFault[] {
    return this.faults;
  }
}
