// Pages of the ledger, newest first. The first page follows the node; older ones are asked of it block by block.
import type { BlockSummary, ClinicordNode, NodeView } from '../../node.ts';
import { Task } from '../../shared/state/index.ts';

export const BLOCKS_PER_PAGE = 15;

type Ledger = NodeView['ledger'];

export class BlockPages {
  /** Height at the top of an older page; null follows the newest. */
  top = $state<number | null>(null);
  older = $state.raw<readonly BlockSummary[]>([]);
  readonly task = new Task();
  readonly #node: Pick<ClinicordNode, 'block'>;

  constructor(node: Pick<ClinicordNode, 'block'>) {
    this.#node = node;
  }

  shown(ledger: Ledger): readonly BlockSummary[] {
    return this.top === null ? ledger.newest.slice(0, BLOCKS_PER_PAGE) : this.older;
  }

  /** Lowest height on the page; 0 at the founding block. */
  bottom(ledger: Ledger): number {
    return this.shown(ledger).at(-1)?.height ?? 0;
  }

  showOlder(ledger: Ledger): void {
    this.#show(this.bottom(ledger) - 1, ledger);
  }

  showNewer(ledger: Ledger): void {
    this.#show((this.top ?? ledger.height) + BLOCKS_PER_PAGE, ledger);
  }

  #show(top: number, ledger: Ledger): void {
    if (top >= ledger.height) {
      this.top = null;
      return;
    }
    const heights = Array.from({ length: Math.min(BLOCKS_PER_PAGE, top + 1) }, (_, index) => top - index);
    this.task.start(
      () => Promise.all(heights.map((height) => this.#node.block(height))),
      (blocks) => {
        this.older = blocks;
        this.top = top;
      },
    );
  }
}
