// Batches under way as this member knows them, each with its slips: what a leader may order, and what needs no other batch. Slips
// count as good only once every signature of theirs was checked; the others of a batch are passed over (T6).
import { type Digest, type PartyId, type SlipId, isRejection } from '../base/index.ts';
import { type GroupedState, batchesUnderWay, certifiedBatches, placeOf } from '../consensus/index.ts';
import { type Slip, slipIdOf } from '../contracts/index.ts';
import { type Ledger, toConsensusConfiguration } from '../ledger/index.ts';
import { type CheckedBatch, decodeBatch } from './cut.ts';

export interface DeskEntry {
  /** All of them, good or not. */
  readonly slips: readonly Slip[];
  readonly ids: ReadonlySet<SlipId>;
  /** Which are signed as they must be; null while that is being checked. */
  readonly good: readonly boolean[] | null;
}

/** By the batch's digest. */
export type Desk = ReadonlyMap<Digest, DeskEntry>;

export interface UncheckedBatch {
  readonly digest: Digest;
  readonly slips: readonly Slip[];
}

export const emptyDesk: Desk = new Map();

/** A batch that has just come. Bytes that are no batch hold no slips. */
export function deskEntry(bytes: Uint8Array, good: readonly boolean[] | null): DeskEntry {
  const decoded = decodeBatch(bytes);
  const slips = isRejection(decoded) ? [] : decoded;
  return { slips, ids: new Set(slips.map(slipIdOf)), good };
}

/** The desk as the engine's lanes are now; `unchecked` are batches that are new here. */
export function reviewDesk(desk: Desk, engine: GroupedState): { readonly desk: Desk; readonly unchecked: readonly UncheckedBatch[] } {
  const underWay = batchesUnderWay(engine);
  const isSame = underWay.length === desk.size && underWay.every(({ reference }) => desk.has(reference.digest));
  if (isSame) return { desk, unchecked: [] };
  const next = new Map<Digest, DeskEntry>();
  const unchecked: UncheckedBatch[] = [];
  for (const { reference, bytes } of underWay) {
    const { digest } = reference;
    const entry = next.get(digest) ?? desk.get(digest) ?? deskEntry(bytes, null);
    if (!desk.has(digest) && !next.has(digest)) unchecked.push({ digest, slips: entry.slips });
    next.set(digest, entry);
  }
  return { desk: next, unchecked };
}

/** The desk with the news which slips of a batch are good. */
export function withChecked(desk: Desk, digest: Digest, good: readonly boolean[]): Desk {
  const known = desk.get(digest);
  return known === undefined ? desk : new Map(desk).set(digest, { ...known, good });
}

/** Certified batches that can be ordered, in order by lane; a lane ends before its first batch that is not checked yet (R4). */
export function checkedBatches(desk: Desk, engine: GroupedState): readonly CheckedBatch[] {
  const ended = new Set<number>();
  return certifiedBatches(engine).flatMap(({ reference, bytes }): readonly CheckedBatch[] => {
    const entry = desk.get(reference.digest);
    const good = entry?.good ?? null;
    if (entry === undefined || good === null) ended.add(reference.group);
    if (entry === undefined || good === null || ended.has(reference.group)) return [];
    return [{ reference, sizeBytes: bytes.byteLength, slips: entry.slips, good }];
  });
}

/** Whether a batch under way holds the slip. */
export function isBatched(desk: Desk, slip: SlipId): boolean {
  for (const { ids } of desk.values()) if (ids.has(slip)) return true;
  return false;
}

/** Slips of certified batches: their groups have admitted them, and the rest is the leader's. */
export function admittedSlips(desk: Desk, engine: GroupedState): ReadonlySet<SlipId> {
  return new Set(certifiedBatches(engine).flatMap(({ reference }) => [...(desk.get(reference.digest)?.ids ?? [])]));
}

/** Whether this node takes part in a lane: it votes, and the voters are grouped. */
export function hasLane(ledger: Ledger, self: PartyId): boolean {
  return placeOf(toConsensusConfiguration(ledger), self) !== null;
}
