// The network between simulated members: delays by region, loss, duplicates, reordering, partitions, one-way links. Frames
// that a partition cuts are lost, as on a broken link. Where it is charged, a member's frames wait for one another on its uplink.
// What crosses is counted.
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';
import { type NetName, delayMs } from './regions.ts';
import { sizeOf } from './wire.ts';
import type { Charge, Packet } from './world.ts';

export interface NetFaults {
  /** Probabilities per packet. */
  readonly loss: number;
  readonly duplicate: number;
  /** Share of packets that take up to `slowMs` longer, so that others overtake them. */
  readonly reorder: number;
  readonly slowMs: number;
  /** Whether packets from one member to another are cut. */
  readonly cut: (from: number, to: number) => boolean;
}

export const CALM: NetFaults = { loss: 0, duplicate: 0, reorder: 0, slowMs: 0, cut: () => false };

export interface NetworkInit {
  readonly clock: Clock;
  readonly random: Random;
  readonly net: NetName;
  readonly members: number;
  readonly charge: Charge | null;
  deliver(from: number, to: number, packet: Packet): void;
}

export class SimNetwork {
  faults: NetFaults = CALM;
  total = 0;
  /** Encoded bytes of everything that was sent; counted where the network is charged. */
  totalBytes = 0;
  readonly countByType = new Map<string, number>();
  private readonly init: NetworkInit;
  /** When each member's uplink has sent what waits on it. */
  private readonly uplinkFreeMs: number[];

  constructor(init: NetworkInit) {
    this.init = init;
    this.uplinkFreeMs = new Array<number>(init.members).fill(0);
  }

  send(from: number, to: number, packet: Packet): void {
    this.note(packet);
    const { faults } = this;
    const { random } = this.init;
    const waitMs = this.uplinkMs(from, packet);
    if (faults.cut(from, to) || (faults.loss > 0 && random.chance(faults.loss))) return;
    this.carry(from, to, packet, waitMs);
    if (faults.duplicate > 0 && random.chance(faults.duplicate)) this.carry(from, to, packet, waitMs);
  }

  private carry(from: number, to: number, packet: Packet, waitMs: number): void {
    const { faults } = this;
    const { random, net, members, clock, deliver } = this.init;
    const late = faults.reorder > 0 && random.chance(faults.reorder) ? random.unit() * faults.slowMs : 0;
    const takesMs = delayMs(net, members, from, to) * (1 + 0.2 * random.unit());
    clock.after(waitMs + takesMs + late, () => deliver(from, to, packet));
  }

  /** How long the packet waits and takes to leave its member, in milliseconds. */
  private uplinkMs(from: number, packet: Packet): number {
    const { charge, clock } = this.init;
    // Requests come from people, over links of their own.
    if (charge === null || packet.kind === 'requests') return 0;
    const bytes = sizeOf(packet, charge.requestBytes);
    this.totalBytes += bytes;
    const startMs = Math.max(clock.nowMs, this.uplinkFreeMs[from] ?? 0);
    const freeMs = startMs + (bytes * 8) / (charge.uplinkMbits * 1000);
    this.uplinkFreeMs[from] = freeMs;
    return freeMs - clock.nowMs;
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
