// What a final block means for what this profile has under way: versions that waited are on the ledger, keepers lack copies,
// words of a dispute can be read, keys are to be handed over.
import type { Slip } from '../contracts/index.ts';
import type { RecordRow } from '../ledger/index.ts';
import type { SlipStage } from './access.ts';
import { Errand, type Progress } from './errand.ts';
import { Changes } from './involved.ts';
import type { Offers } from './offers.ts';
import type { Repair } from './repair.ts';
import type { Sharing } from './sharing.ts';
import type { Verdicts } from './verdicts.ts';
import type { Workplace } from './workplace.ts';
import type { Writing } from './writing.ts';

export interface LedgerNewsInit {
  readonly work: Workplace;
  readonly writing: Writing;
  readonly offers: Offers;
  readonly verdicts: Verdicts;
  readonly sharing: Sharing;
  readonly repair: Repair;
}

export class LedgerNews {
  private readonly init: LedgerNewsInit;
  private readonly errand: Errand;
  private readonly copies = new Changes();
  /** What the person's keys are needed for is looked at again after every unlock. */
  private personal = new Changes();

  constructor(init: LedgerNewsInit) {
    this.init = init;
    this.errand = new Errand('ledger-news', init.work.environment, () => this.run());
  }

  kick(): void {
    this.errand.kick();
  }

  /** The person's keys came: everything is new to them. */
  unlocked(): void {
    this.personal = new Changes();
    this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  /** A slip on its way, whoever handed it in: the page of its clinic shows how it moves on. */
  follow({ body, consent }: Slip, stage: SlipStage): void {
    const { ways, facts } = this.init.work;
    if (body.action.kind !== 'record' || !ways.knows(body.action)) return;
    const { action } = body;
    if (stage.stage !== 'final') ways.reach(action, 'signed', consent === null ? 'by the clinic alone' : 'by patient and clinic');
    if (stage.stage === 'proposed') ways.reach(action, 'proposed', `by ${facts.nameOf(stage.proposer)}`);
  }

  private async run(): Promise<Progress> {
    const { work, writing, offers, verdicts, sharing, repair } = this.init;
    const projection = work.environment.channel.projection();
    await repair.review(this.copies.since(projection));
    if (work.environment.person() !== null) {
      for (const row of this.personal.since(projection)) {
        this.finish(row);
        await verdicts.read(row, work.environment.party);
      }
      await offers.review();
    }
    await writing.review();
    sharing.kick();
    work.environment.changed();
    return 'done';
  }

  private finish(row: RecordRow): void {
    const { ways, facts, environment } = this.init.work;
    for (const { version, height, unconfirmedReason } of row.versions) {
      const of = { record: row.record, version };
      if (!ways.knows(of) || ways.has(of, 'final')) continue;
      const block = environment.channel.projection().blocks.at(height);
      ways.finish(of, {
        signed: unconfirmedReason === null ? 'by patient and clinic' : 'by the clinic alone',
        proposed: block === undefined ? '' : `by ${facts.nameOf(block.proposer)}`,
        agreed: block === undefined ? '' : `${block.signatures} of ${block.voters}`,
        final: `height ${height}`,
      });
    }
  }
}
