// From what was typed or dropped to what will be sealed: asks the node to check and split it, and holds either every fault or
// the preview. Nothing is written before the person says so.
import type { BundleFault, PatientEntry, RecordView, SealPreview } from '../../node.ts';
import { Task } from '../../shared/state/index.ts';
import type { Live } from '../../domain/index.ts';

type Outcome = SealPreview | readonly BundleFault[];

export class Preview {
  seal = $state.raw<SealPreview | null>(null);
  faults = $state.raw<readonly BundleFault[]>([]);
  readonly checking = new Task();
  readonly writing = new Task();
  /** Records whose way was on the screen before the writing began. */
  #before: readonly string[] = [];
  readonly #live: Live;

  /** The way of the record that is being written, as soon as the node tells of it. */
  readonly way = $derived.by(() =>
    this.writing.busy ? this.#live.view.ways.find((way) => !this.#before.includes(wayKey(way))) : undefined,
  );

  constructor(live: Live) {
    this.#live = live;
  }

  check(ask: () => Promise<Outcome>): void {
    this.checking.start(ask, (outcome) => {
      this.seal = isFaults(outcome) ? null : outcome;
      this.faults = isFaults(outcome) ? outcome : [];
    });
  }

  write(patient: PatientEntry['patient'], replaces: string | null, done: (record: RecordView['record']) => void): void {
    const { seal } = this;
    if (seal === null) return;
    this.#before = this.#live.view.ways.map(wayKey);
    const old = replaces === null ? undefined : this.#live.record(replaces);
    const options = old === undefined ? {} : { replaces: old.record };
    this.writing.start(() => this.#live.node.writeRecord(patient, seal, options), done);
  }

  /** Back to the form. */
  reset(): void {
    this.seal = null;
    this.faults = [];
    this.checking.clear();
    this.writing.clear();
  }
}

function isFaults(outcome: Outcome): outcome is readonly BundleFault[] {
  return Array.isArray(outcome);
}

function wayKey(way: { readonly record: string; readonly version: number }): string {
  return `${way.record}/${way.version}`;
}
