// Verifies the whole ledger in this tab, block by block from the founding block, and can be stopped. What failed is kept.
import type { BlockCheck, ClinicordNode } from '../../node.ts';
import { Task } from '../../shared/state/index.ts';

export class LedgerVerifier {
  done = $state(0);
  total = $state(0);
  /** Whether the last run went through to the end. */
  finished = $state(false);
  failures = $state.raw<readonly BlockCheck[]>([]);
  readonly task = new Task();
  #stop = false;
  readonly #node: Pick<ClinicordNode, 'verifyBlock'>;

  constructor(node: Pick<ClinicordNode, 'verifyBlock'>) {
    this.#node = node;
  }

  /** Heights 0 to `height`. */
  async run(height: number): Promise<void> {
    if (this.task.busy) return;
    this.#stop = false;
    this.done = 0;
    this.total = height + 1;
    this.finished = false;
    this.failures = [];
    await this.task.run(async () => {
      for (let at = 0; at <= height && !this.#stop; at += 1) {
        const check = await this.#node.verifyBlock(at);
        if (check.checks.some(({ ok }) => !ok)) this.failures = [...this.failures, check];
        this.done = at + 1;
      }
      this.finished = !this.#stop;
    });
  }

  stop(): void {
    this.#stop = true;
  }
}
