// One record version on the screen: asks the node to open it and holds what came until the view is left.
import { Task } from '../../shared/state/index.ts';
import type { OpenedRecord, ReadableSection, RecordView } from '../../node.ts';
import type { Live } from '../session/index.ts';

export class RecordReader {
  opened = $state.raw<OpenedRecord | null>(null);
  readonly task = new Task();
  readonly #live: Live;

  readonly sections: readonly ReadableSection[] = $derived.by(() =>
    this.opened === null ? [] : this.#live.door.readableRecord(this.opened.bundle),
  );

  constructor(live: Live) {
    this.#live = live;
  }

  open(record: RecordView['record'], version: number, done?: (opened: OpenedRecord) => void): void {
    this.task.start(
      () => this.#live.node.openRecord(record, version),
      (opened) => {
        this.opened = opened;
        done?.(opened);
      },
    );
  }

  close(): void {
    this.opened = null;
    this.task.clear();
  }
}
