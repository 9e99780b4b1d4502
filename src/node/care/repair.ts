// Keepers make good what one of them lacks: a final version without its manifest here is fetched from another keeper, parts
// and all, until this one holds it too (P0-03: copies outlive any one member).
import { AppError } from '../base/index.ts';
import type { RecordRow } from '../ledger/index.ts';
import type { FinalVersion } from './facts.ts';
import { Errand, type Progress } from './errand.ts';
import type { Keeping } from './keeping.ts';
import { REQUEST_KINDS, manifestAnswer, manifestWish } from './requests.ts';
import { versionName } from './ways.ts';
import type { Workplace } from './workplace.ts';

export class Repair {
  private readonly work: Workplace;
  private readonly keeping: Keeping;
  private readonly missing = new Map<string, FinalVersion>();
  private readonly errand: Errand;

  constructor(work: Workplace, keeping: Keeping) {
    this.work = work;
    this.keeping = keeping;
    this.errand = new Errand('repair', work.environment, () => this.run());
  }

  /** Records with new versions. */
  async review(rows: readonly RecordRow[]): Promise<void> {
    for (const { record, versions, erased } of rows) {
      if (erased !== null) {
        for (const { version } of versions) this.missing.delete(versionName({ record, version }));
        continue;
      }
      for (const { version } of versions) {
        const final = this.work.facts.version(record, version);
        if (final === null) continue;
        await this.keeping.settle(final);
        if (!this.keeping.holds(final)) this.missing.set(versionName(final), final);
      }
    }
    this.kick();
  }

  kick(): void {
    if (this.missing.size > 0 && this.work.environment.isKeeper()) this.errand.kick();
  }

  async stop(): Promise<void> {
    await this.errand.stop();
  }

  private async run(): Promise<Progress> {
    for (const [name, version] of [...this.missing]) {
      if (this.work.facts.isErased(version.record) || this.keeping.holds(version) || (await this.fetch(version))) this.missing.delete(name);
    }
    return this.missing.size === 0 ? 'done' : 'later';
  }

  private async fetch(version: FinalVersion): Promise<boolean> {
    const { desk, keepers, environment } = this.work;
    const wish = { record: version.record, version: version.version, commitment: null };
    for (const keeper of keepers.others()) {
      try {
        const { manifest } = await desk.ask(keeper, REQUEST_KINDS.replicate, manifestWish, manifestAnswer, wish);
        const refused = await this.keeping.replicate(version, manifest);
        if (refused === null) return true;
        environment.log.warn('copy-refused', { reason: refused.reason });
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        environment.log.debug('copy-failed', { code: error.code });
      }
    }
    return false;
  }
}
