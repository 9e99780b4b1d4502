// What a simulated member keeps beside its engine: requests that wait, batches that it holds, and what it makes of them: batches
// for its lane, blocks for its height, judgements of the blocks of others. Stands for the product's participant.
import type { Digest } from '../../src/node/base/index.ts';
import { encode } from '../../src/node/codec/index.ts';
import {
  type BatchReference,
  type Configuration,
  type HeldBatch,
  type LanePosition,
  type Value,
  type VoteRow,
  certificate,
} from '../../src/node/consensus/index.ts';
import { type Judge, type SimBlock, batchBytes, blockOf, digestOfBytes, requestsInBatch, valueOfBlock } from './block.ts';
import { type Place, parentCertificate } from './history.ts';
import type { Decided, World } from './world.ts';

interface Shelved {
  readonly batch: HeldBatch;
  readonly requests: readonly string[];
  readonly sinceMs: number;
}

export class Bookkeeper {
  /** Whether the engine has asked for a batch. */
  wantsBatch = false;
  private readonly world: World;
  private readonly index: number;
  /** Requests that are not executed, oldest first. */
  private readonly pool = new Set<string>();
  /** Those of the pool that no batch holds, with the time they came. */
  private readonly unbatched = new Map<string, number>();
  /** Changes of the configuration that were asked for: they go into blocks directly. */
  private readonly control = new Set<string>();
  private readonly shelf = new Map<string, Shelved>();
  private epoch = 0;
  private ordered: readonly LanePosition[] = [];

  constructor(world: World, index: number) {
    this.world = world;
    this.index = index;
  }

  /** After a start: what the disk and the chain say. */
  restart(chain: readonly Place[], row: VoteRow | null): void {
    const tip = chain.at(-1) ?? this.world.history.genesis;
    this.wantsBatch = false;
    this.shelf.clear();
    this.epoch = tip.next.epoch;
    this.ordered = tip.ordered;
    for (const request of [...this.pool]) if (this.world.history.hasExecuted(request, chain)) this.forget(request);
    for (const request of this.pool) this.unbatched.set(request, this.world.clock.nowMs);
    if (row?.epoch === this.epoch) for (const batch of row.batches) this.noteBatch(batch);
  }

  /** Returns whether any of the requests is new. */
  note(requests: readonly string[], chain: readonly Place[]): boolean {
    let fresh = false;
    for (const request of requests) {
      if (this.pool.has(request) || this.control.has(request) || this.world.history.hasExecuted(request, chain)) continue;
      fresh = true;
      if (request.startsWith('epoch:')) this.control.add(request);
      else {
        this.pool.add(request);
        this.unbatched.set(request, this.world.clock.nowMs);
      }
    }
    return fresh;
  }

  /** What waits for a block, and what waits for a batch of the own group. */
  waiting({ groups }: Configuration): { readonly pending: boolean; readonly unbatched: boolean } {
    if (groups.length === 0) return { pending: this.pool.size + this.control.size > 0, unbatched: false };
    return { pending: this.control.size > 0 || this.certified().length > 0, unbatched: this.unbatched.size > 0 };
  }

  /** A block for a view, after `tip`. */
  compose(view: number, tip: Place, last: Decided | null, salt = ''): Value {
    return valueOfBlock(this.block(view, tip, last, salt), this.world.charge?.requestBytes ?? 0);
  }

  block(view: number, tip: Place, last: Decided | null, salt = ''): SimBlock {
    const { groups, epoch } = tip.next;
    const { batching } = this.world;
    const control = [...this.control].filter((request) => request === `epoch:${epoch}`);
    const requests = groups.length > 0 ? control : [...control, ...first(this.pool, batching.requests)];
    return {
      height: tip.height + 1,
      parent: tip.digest,
      certificate: last === null ? '' : Buffer.from(encode(certificate, last.certificate)).toString('base64'),
      proposer: this.index,
      view,
      requests,
      cut: groups.length > 0 ? this.cut(tip.height + 1, groups.length) : [],
      salt,
    };
  }

  /** The next batch of the own lane, when its author may make one; `again` is called when it is worth another look. */
  takeBatch(
    configuration: Configuration,
    again: (delayMs: number) => void,
  ): { readonly digest: Digest; readonly bytes: Uint8Array } | null {
    const { batching, clock, history, charge } = this.world;
    const [oldest] = this.unbatched;
    if (!this.wantsBatch || configuration.groups.length === 0 || oldest === undefined) return null;
    const waitedMs = clock.nowMs - oldest[1];
    if (this.unbatched.size < batching.requests && waitedMs < batching.waitMs) {
      again(batching.waitMs - waitedMs);
      return null;
    }
    this.wantsBatch = false;
    const requests = first(this.unbatched.keys(), batching.requests);
    for (const request of requests) this.unbatched.delete(request);
    const bytes = batchBytes(requests, charge?.requestBytes ?? 0);
    const digest = digestOfBytes(bytes);
    history.noteBatch(digest, requests);
    return { digest, bytes };
  }

  /** Returns whether there is something new to do. */
  noteBatch(batch: HeldBatch): boolean {
    const { digest } = batch.reference;
    const known = this.shelf.get(digest);
    if (known !== undefined && (known.batch.certificate !== null || batch.certificate === null)) return false;
    const requests = known?.requests ?? requestsInBatch(batch.bytes);
    this.world.history.noteBatch(digest, requests);
    this.shelf.set(digest, { batch, requests, sinceMs: this.world.clock.nowMs });
    for (const request of requests) this.unbatched.delete(request);
    return true;
  }

  /** R8: whether a request has waited so long, or a batch that nobody certifies. What is in such a batch waits again. */
  isOverdue(limitMs: number): boolean {
    const since = this.world.clock.nowMs - limitMs;
    let overdue = false;
    for (const [digest, { batch, requests, sinceMs }] of this.shelf) {
      if (batch.certificate !== null || sinceMs > since) continue;
      const waiting = requests.filter((request) => this.pool.has(request));
      for (const request of waiting) this.unbatched.set(request, since);
      if (waiting.length > 0) overdue = true;
      this.shelf.delete(digest);
    }
    const [oldest] = this.unbatched;
    return overdue || (oldest !== undefined && oldest[1] <= since);
  }

  /** After a block became final. */
  executed(place: Place, final: Decided): void {
    for (const request of place.requests) this.forget(request);
    const { epoch } = place.next;
    this.ordered = place.ordered;
    if (epoch !== this.epoch) this.beginEpoch(epoch);
    const block = blockOf(final.value);
    for (const { digest } of block?.cut ?? []) this.shelf.delete(digest);
    for (const [digest, { batch, requests }] of this.shelf) {
      if (isAbove(batch.reference, this.ordered)) continue;
      this.shelf.delete(digest);
      this.release(requests);
    }
  }

  judge(height: number, tip: Place): Judge {
    return {
      height,
      parent: tip.digest,
      provesParent: (block) => this.provesParent(block, tip),
      followsLanes: (block) => followsLanes(block, tip),
      holds: (batch) => this.shelf.has(batch),
    };
  }

  private provesParent(block: SimBlock, tip: Place): boolean {
    if (tip.parent === null) return block.certificate === '';
    const proof = parentCertificate(block);
    if (proof?.digest !== tip.digest || proof.height !== tip.height) return false;
    return this.world.certificateHolds(proof, tip.parent.next);
  }

  /** In a new epoch certificates of lanes count for nothing (R13): what they hold waits again. */
  private beginEpoch(epoch: number): void {
    this.epoch = epoch;
    this.shelf.clear();
    this.wantsBatch = false;
    this.release([...this.pool]);
  }

  private release(requests: readonly string[]): void {
    for (const request of requests) {
      if (this.pool.has(request) && !this.unbatched.has(request)) this.unbatched.set(request, this.world.clock.nowMs);
    }
  }

  private forget(request: string): void {
    this.pool.delete(request);
    this.unbatched.delete(request);
    this.control.delete(request);
  }

  private certified(): readonly HeldBatch[] {
    const held: HeldBatch[] = [];
    for (const { batch } of this.shelf.values()) if (batch.certificate !== null && isAbove(batch.reference, this.ordered)) held.push(batch);
    return held;
  }

  /** Batches in turns by lane, beginning with the lane of the group whose turn it is; in each lane in its order. */
  private cut(height: number, groups: number): readonly BatchReference[] {
    const lanes = Array.from({ length: groups }, (): BatchReference[] => []);
    for (const { reference } of this.certified()) lanes[reference.group]?.push(reference);
    for (const lane of lanes) lane.sort(inLane);
    const longest = Math.max(...lanes.map((lane) => lane.length));
    const cut: BatchReference[] = [];
    for (let round = 0; round < longest; round += 1) {
      for (let step = 0; step < groups; step += 1) {
        const next = lanes[(height + step) % groups]?.[round];
        if (next !== undefined && cut.length < this.world.batching.cut) cut.push(next);
      }
    }
    return cut;
  }
}

function first(items: Iterable<string>, count: number): readonly string[] {
  const taken: string[] = [];
  for (const item of items) {
    if (taken.length >= count) break;
    taken.push(item);
  }
  return taken;
}

function inLane(a: LanePosition, b: LanePosition): number {
  return a.localView - b.localView || a.sequence - b.sequence;
}

function isAbove(position: LanePosition, ordered: readonly LanePosition[]): boolean {
  const last = ordered.find((candidate) => candidate.group === position.group);
  return last === undefined || inLane(position, last) > 0;
}

function followsLanes(block: SimBlock, { ordered, next }: Place): boolean {
  const last = new Map<number, LanePosition>(ordered.map((position) => [position.group, position]));
  return block.cut.every((reference) => {
    const before = last.get(reference.group);
    last.set(reference.group, reference);
    return reference.group < next.groups.length && (before === undefined || inLane(reference, before) > 0);
  });
}
