// The network between simulated members: delays by region, loss, duplicates, reordering, partitions, one-way links. Frames
// that a partition cuts are lost, as on a broken link. What crosses is counted.
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import type { Packet } from './world.ts';

export type NetName = 'lan' | 'wan';

/** Median one-way delays between regions in milliseconds: Europe, US East, US West, Brazil, Japan, Australia. */
const WAN_MS = [
  [5, 45, 75, 100, 115, 140],
  [45, 5, 32, 58, 80, 100],
  [75, 32, 5, 88, 54, 70],
  [100, 58, 88, 5, 130, 155],
  [115, 80, 54, 130, 5, 55],
  [140, 100, 70, 155, 55, 5],
] as const;
/** Delay within one site. */
const LAN_MS = 0.5;

export interface NetFaults {
  /** Probabilities per packet. */
  readonly loss: number;
  readonly duplicate: number;
  /** Share of packets that take up to `slowMs` longer and so overtake none. */
  readonly reorder: number;
  readonly slowMs: number;
  /** Whether packets from one member to another are cut. */
  readonly cut: (from: number, to: number) => boolean;
}

export const CALM: NetFaults = { loss: 0, duplicate: 0, reorder: 0, slowMs: 0, cut: () => false };

export class SimNetwork {
  faults: NetFaults = CALM;
  total = 0;
  readonly countByType = new Map<string, number>();
  private readonly clock: Clock;
  private readonly random: Random;
  private readonly net: NetName;
  private readonly deliver: (from: number, to: number, packet: Packet) => void;

  constructor(clock: Clock, random: Random, net: NetName, deliver: (from: number, to: number, packet: Packet) => void) {
    this.clock = clock;
    this.random = random;
    this.net = net;
    this.deliver = deliver;
  }

  send(from: number, to: number, packet: Packet): void {
    this.note(packet);
    const { faults, random } = this;
    if (faults.cut(from, to) || (faults.loss > 0 && random.chance(faults.loss))) return;
    this.carry(from, to, packet);
    if (faults.duplicate > 0 && random.chance(faults.duplicate)) this.carry(from, to, packet);
  }

  private carry(from: number, to: number, packet: Packet): void {
    const { faults, random } = this;
    const base = this.net === 'lan' ? LAN_MS : (WAN_MS[from % 6]?.[to % 6] ?? 100);
    const late = faults.reorder > 0 && random.chance(faults.reorder) ? random.unit() * faults.slowMs : 0;
    this.clock.after(base * (1 + 0.2 * random.unit()) + late, () => {
      this.deliver(from, to, packet);
    });
  }

  /** Requests, replies and block transfer are not counted: only what members say to agree. */
  private note(packet: Packet): void {
    if (packet.kind !== 'consensus') return;
    const { message } = packet;
    const type = message.kind === 'vote' ? message.phase : message.kind;
    this.total += 1;
    this.countByType.set(type, (this.countByType.get(type) ?? 0) + 1);
  }
}
