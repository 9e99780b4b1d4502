// One link of the in-memory network: carries deliveries in order per direction, counts bytes, and carries nothing after it closed.
import type { Link, PeerId } from '../../../ports/index.ts';
import type { Exchange, Passage } from './exchange.ts';

interface Lane {
  readonly waiting: (() => void)[];
  bytes: number;
}

export class MemoryLink implements Passage {
  readonly ends: readonly [PeerId, PeerId];
  readonly #exchange: Exchange;
  readonly #sinceMs: number;
  readonly #laneBySender: ReadonlyMap<PeerId, Lane>;
  #open = true;

  constructor(exchange: Exchange, a: PeerId, b: PeerId) {
    this.#exchange = exchange;
    this.ends = [a, b];
    this.#sinceMs = exchange.clock.nowMs();
    this.#laneBySender = new Map([a, b].map((peer) => [peer, { waiting: [], bytes: 0 }]));
  }

  joins(peer: PeerId): boolean {
    return this.ends.includes(peer);
  }

  other(peer: PeerId): PeerId {
    return this.ends[0] === peer ? this.ends[1] : this.ends[0];
  }

  carry(sender: PeerId, sizeBytes: number, lossy: boolean, deliver: () => void): void {
    const lane = this.#laneBySender.get(sender);
    if (!this.#open || lane === undefined) return;
    lane.bytes += sizeBytes;
    if (this.#exchange.terrain.isSilent(sender, this.other(sender))) return;
    if (lossy && this.#exchange.draw() < this.#exchange.weather.loss) return;
    lane.waiting.push(deliver);
    this.#exchange.timers.after(this.#exchange.delayMs(), () => {
      const next = lane.waiting.shift();
      if (this.#open) next?.();
    });
  }

  view(peer: PeerId): Link {
    const other = this.other(peer);
    const { minDelayMs, maxDelayMs } = this.#exchange.weather;
    return {
      peer: other,
      path: 'direct',
      sinceMs: this.#sinceMs,
      roundTripMs: minDelayMs + maxDelayMs,
      bytesSent: this.#laneBySender.get(peer)?.bytes ?? 0,
      bytesReceived: this.#laneBySender.get(other)?.bytes ?? 0,
    };
  }

  close(): void {
    this.#open = false;
  }
}
