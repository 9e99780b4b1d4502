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
import { ENGINES } from './engines.ts';
import { type Place, parentCertificate } from './history.ts';
import type { Decided, World } from './world.ts';

/** A request is passed over that waits so many times as long as a lane may stand still. */
const PASSED_OVER = 4;

interface Shelved {
  readonly batch: HeldBatch;
  readonly requests: readonly string[];
  readonly sinceMs: number;
  /** Its requests wait for another batch. */
  readonly released: boolean;
}

export class Bookkeeper {
  /** Whether the engine has asked for a batch. */
  wantsBatch = false;
  private readonly world: World;
  private readonly index: number;
  /** Whether blocks order batches, where there are groups. */
  private readonly lanes: boolean;
  /** Requests that are not executed, oldest first. */
  private readonly pool = new Set<string>();
  /** Those of the pool that no batch holds, with the time they came. */
  private readonly unbatched = new Map<string, number>();
  /** Changes of the configuration that were asked for: they go into blocks directly. */
  private readonly control = new Set<string>();
  private readonly shelf = new Map<string, Shelved>();
  private epoch = 0;
  /** When the own lane last had a new certified batch. */
  private movedMs = 0;
  /** When a batch is looked at again. */
  private lookMs = 0;
  private ordered: readonly LanePosition[] = [];

  constructor(world: World, index: number) {
    this.world = world;
    this.index = index;
    this.lanes = ENGINES[world.engine].lanes;
  }

  /** After a start: what the disk and the chain say. */
  restart(chain: readonly Place[], row: VoteRow | null): void {
    const tip = chain.at(-1) ?? this.world.history.genesis;
    this.wantsBatch = false;
    this.lookMs = 0;
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
    if (!this.lanes || groups.length === 0) return { pending: this.pool.size + this.control.size > 0, unbatched: false };
    return { pending: this.control.size > 0 || this.certified().length > 0, unbatched: this.unbatched.size > 0 };
  }

  /** A block for a view, after `tip`. */
  compose(view: number, tip: Place, last: Decided | null, salt = ''): Value {
    return valueOfBlock(this.block(view, tip, last, salt), this.world.charge?.requestBytes ?? 0);
  }

  block(view: number, tip: Place, last: Decided | null, salt = ''): SimBlock {
    const { epoch } = tip.next;
    const groups = this.lanes ? tip.next.groups : [];
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
    if (!this.wantsBatch || !this.lanes || configuration.groups.length === 0 || oldest === undefined) return null;
    const waitedMs = clock.nowMs - oldest[1];
    if (this.unbatched.size < batching.requests && waitedMs < batching.waitMs) {
      this.lookAgain(Math.max(1, Math.ceil(batching.waitMs - waitedMs)), again);
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

  /** Once, however often somebody asks meanwhile. */
  private lookAgain(delayMs: number, again: (delayMs: number) => void): void {
    const atMs = this.world.clock.nowMs + delayMs;
    if (this.lookMs > this.world.clock.nowMs && this.lookMs <= atMs) return;
    this.lookMs = atMs;
    again(delayMs);
  }

  /** Returns whether there is something new to do. */
  noteBatch(batch: HeldBatch): boolean {
    const { digest } = batch.reference;
    const known = this.shelf.get(shelfKey(batch.reference));
    if (known !== undefined && (known.batch.certificate !== null || batch.certificate === null)) return false;
    const requests = known?.requests ?? requestsInBatch(batch.bytes);
    this.world.history.noteBatch(digest, requests);
    this.shelf.set(shelfKey(batch.reference), { batch, requests, sinceMs: this.world.clock.nowMs, released: false });
    if (batch.certificate !== null && this.unbatched.size > 0) this.noteMove(requests);
    for (const request of requests) this.unbatched.delete(request);
    return true;
  }

  /**
   * R8: whether the own lane stands still while requests wait, or passes one over again and again. What is in a batch that nobody
   * certifies waits again.
   */
  isOverdue(limitMs: number): boolean {
    const { nowMs } = this.world.clock;
    for (const [key, shelved] of this.shelf) {
      const { batch, requests, sinceMs, released } = shelved;
      if (released || batch.certificate !== null || sinceMs > nowMs - limitMs) continue;
      for (const request of requests) if (this.pool.has(request)) this.unbatched.set(request, sinceMs);
      this.shelf.set(key, { ...shelved, released: true });
    }
    let oldestMs = nowMs;
    for (const sinceMs of this.unbatched.values()) {
      oldestMs = Math.min(oldestMs, sinceMs);
      if (oldestMs <= nowMs - PASSED_OVER * limitMs) return true;
    }
    return oldestMs <= nowMs - limitMs && this.movedMs <= nowMs - limitMs;
  }

  /** After a block became final. */
  executed(place: Place, final: Decided): void {
    for (const request of place.requests) this.forget(request);
    const { epoch } = place.next;
    this.ordered = place.ordered;
    if (epoch !== this.epoch) this.beginEpoch(epoch);
    const block = blockOf(final.value);
    for (const reference of block?.cut ?? []) this.shelf.delete(shelfKey(reference));
    for (const [key, { batch, requests }] of this.shelf) {
      if (isAbove(batch.reference, this.ordered)) continue;
      this.shelf.delete(key);
      this.release(requests);
    }
  }

  /** Whether every batch of a value that was voted for is here. */
  canServe(digest: Digest, row: VoteRow | null): boolean {
    const value = row?.values.find((candidate) => candidate.digest === digest);
    return value?.cut.every((reference) => this.shelf.has(shelfKey(reference))) !== false;
  }

  judge(height: number, tip: Place): Judge {
    return {
      height,
      parent: tip.digest,
      provesParent: (block) => this.provesParent(block, tip),
      followsLanes: (block) => followsLanes(block, tip),
      holds: (reference) => this.shelf.has(shelfKey(reference)),
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

  /** Of the own lane, whose requests this member has heard as well. */
  private noteMove(requests: readonly string[]): void {
    if (requests.some((request) => this.pool.has(request))) this.movedMs = this.world.clock.nowMs;
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
    for (const { reference } of this.certified()) {
      const lane = lanes[reference.group];
      // A captured group certifies two batches at one position: one of them is listed (R4).
      if (lane?.every((other) => inLane(other, reference) !== 0) === true) lane.push(reference);
    }
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

/** By place and digest: two lanes may hold the same requests. */
function shelfKey({ group, localView, sequence, digest }: BatchReference): string {
  return `${group} ${localView} ${sequence} ${digest}`;
}
