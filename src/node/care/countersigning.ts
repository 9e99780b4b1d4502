// A supervision centre that is there countersigns once a day who the members are (R13), so that whoever comes back after a long time can
// tell the true ledger from one that stolen keys of long ago have written.
import { COUNTERSIGN_EVERY_MS, countersignDue } from '../contracts/index.ts';
import { act } from './acting.ts';
import { Errand, type Progress } from './errand.ts';
import type { Workplace } from './workplace.ts';

/** A day is looked at this often: the centre may be locked when its time comes. */
const LOOK_EVERY_MS = COUNTERSIGN_EVERY_MS / 24;

export class Countersigning {
  private readonly work: Workplace;
  private readonly errand: Errand;

  constructor(work: Workplace) {
    this.work = work;
    this.errand = new Errand('countersign', work.environment, () => this.run());
  }

  /** At the start, and when the person's keys come. */
  kick(): void {
    if (this.work.environment.authority() !== null) this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  private async run(): Promise<Progress> {
    const { channel, clock, authority } = this.work.environment;
    const actor = authority();
    if (actor === null) return 'done';
    const due = countersignDue(channel.ledger().state, clock.nowMs());
    if (due !== null) await act(channel, clock, actor, due);
    return LOOK_EVERY_MS;
  }
}
