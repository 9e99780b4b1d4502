// Virtual time: a queue of what happens when. Nothing in a run waits for the machine.
export interface Clock {
  readonly nowMs: number;
  after(delayMs: number, happen: () => void): void;
  /** Runs what is due up to `untilMs`, or until `stop` says so. */
  run(untilMs: number, stop: () => boolean): void;
}

interface Happening {
  readonly atMs: number;
  readonly order: number;
  readonly happen: () => void;
}

export class VirtualClock implements Clock {
  nowMs = 0;
  private order = 0;
  /** A binary heap: the earliest first, what was planned first among equals. */
  private readonly heap: Happening[] = [];

  after(delayMs: number, happen: () => void): void {
    this.order += 1;
    const entry = { atMs: this.nowMs + delayMs, order: this.order, happen };
    let at = this.heap.push(entry) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.swapIfEarlier(at, parent)) break;
      at = parent;
    }
  }

  run(untilMs: number, stop: () => boolean): void {
    for (let next = this.heap[0]; next !== undefined && next.atMs <= untilMs; next = this.heap[0]) {
      this.removeFirst();
      this.nowMs = next.atMs;
      next.happen();
      if (stop()) return;
    }
    this.nowMs = Math.max(this.nowMs, untilMs);
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      let least = at;
      if (this.earlier(left, least)) least = left;
      if (this.earlier(right, least)) least = right;
      if (least === at) return;
      this.swapIfEarlier(least, at);
      at = least;
    }
  }

  private earlier(one: number, other: number): boolean {
    const a = this.heap[one];
    const b = this.heap[other];
    if (a === undefined || b === undefined) return false;
    return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  }

  private swapIfEarlier(one: number, other: number): boolean {
    if (!this.earlier(one, other)) return false;
    [this.heap[one], this.heap[other]] = [this.heap[other] as Happening, this.heap[one] as Happening];
    return true;
  }
}
