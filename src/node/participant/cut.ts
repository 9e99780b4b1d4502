// What a block on a channel with groups is made of: batches of slips that groups certified (R4). A batch is the canonical list of
// its slips; one whose signatures do not hold is passed over by whoever makes a block, and convicts nobody.
import {
  type Digest,
  type PartyId,
  type Rejection,
  MAX_BATCH_BYTES,
  MAX_BLOCK_BYTES,
  MAX_SLIPS_PER_BLOCK,
  isRejection,
  present,
} from '../base/index.ts';
import { decode, encode, list } from '../codec/index.ts';
import type { BatchReference, Value } from '../consensus/index.ts';
import { type Moment, type Slip, type State, encodeSlip, execute, slip as slipCodec } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';
import {
  type Block,
  type BlockHeader,
  type CutValue,
  type Ledger,
  composeBlock,
  decodeBlock,
  decodeCutValue,
  encodeCutValue,
  expandCut,
} from '../ledger/index.ts';
import { inCounterOrder } from './pool.ts';

/** Slips of one batch: as many as one block takes. */
const MAX_SLIPS_PER_BATCH = MAX_SLIPS_PER_BLOCK;
/** Bytes of all batches that one block lists: with header and certificates they may have to travel in one frame. */
const MAX_CUT_BYTES = MAX_BLOCK_BYTES;

const batchOfSlips = list(slipCodec, MAX_SLIPS_PER_BATCH);

export interface SlipBatch {
  readonly digest: Digest;
  readonly bytes: Uint8Array;
}

/** A certified batch: all its slips, and which of them are signed as they must be. */
export interface CheckedBatch {
  readonly reference: BatchReference;
  readonly sizeBytes: number;
  readonly slips: readonly Slip[];
  readonly good: readonly boolean[];
}

export function encodeBatch(slips: readonly Slip[]): SlipBatch {
  const bytes = encode(batchOfSlips, slips);
  return { bytes, digest: digestOf(bytes) };
}

/** The slips of a batch, unchecked; a Rejection where the bytes are no batch. */
export function decodeBatch(bytes: Uint8Array): readonly Slip[] | Rejection {
  return decode(batchOfSlips, bytes, 2 * MAX_BATCH_BYTES);
}

/** The next batch of the own lane: slips that work one after another on the state, as many as there is room for; null where none does. */
export function gatherBatch(slips: readonly Slip[], state: State, at: Moment): SlipBatch | null {
  const chosen: Slip[] = [];
  let sizeBytes = 0;
  let after = state;
  for (const slip of inCounterOrder(slips)) {
    if (chosen.length >= MAX_SLIPS_PER_BATCH) break;
    const slipBytes = encodeSlip(slip).byteLength;
    if (chosen.length > 0 && sizeBytes + slipBytes > MAX_BATCH_BYTES) continue;
    const { state: next, spent } = execute(after, slip, at);
    if (!spent) continue;
    after = next;
    sizeBytes += slipBytes;
    chosen.push(slip);
  }
  return chosen.length === 0 ? null : encodeBatch(chosen);
}

/**
 * `batches`, in order by lane, in the order in which a block takes them: the first of every lane, then the second, as far as a
 * frame holds them. Another lane is first at every height, so that none is always last.
 */
export function inTurns(batches: readonly CheckedBatch[], height: number): readonly CheckedBatch[] {
  const lanes = [...Map.groupBy(batches, ({ reference }) => reference.group).values()];
  const turns = lanes.map((_, index) => present(lanes[(index + height) % lanes.length], 'a lane'));
  const depth = Math.max(0, ...lanes.map((lane) => lane.length));
  const ordered = Array.from({ length: depth }, (_, place) => turns.flatMap((lane) => lane[place] ?? [])).flat();
  let sizeBytes = 0;
  // A lane that is cut off here loses nothing of what stands below: later batches of it are dropped as well.
  return ordered.filter((batch) => (sizeBytes += batch.sizeBytes) <= MAX_CUT_BYTES);
}

export interface ComposedCut {
  readonly block: Block;
  /** The header and which slips of the batches it takes. */
  readonly value: Value;
}

/** The next block from certified batches. */
export function composeCut(
  ledger: Ledger,
  batches: readonly CheckedBatch[],
  options: { readonly timestampMs: number; readonly proposer: PartyId; readonly view: number },
): ComposedCut {
  const given = inTurns(batches, ledger.height + 1);
  const offered = given.map(({ reference, slips, good }) => ({ reference, slips: slips.filter((_, index) => good[index] === true) }));
  const { block, picks, digest } = composeBlock(ledger, [], { ...options, batches: offered });
  const { header } = block;
  const listed = header.cut.map((reference) =>
    present(
      given.find((batch) => batch.reference.digest === reference.digest && batch.reference.group === reference.group),
      'a batch that was offered',
    ),
  );
  const bytes = encodeCutValue({ header, picks: amongAll(picks, listed) });
  return { block, value: { digest, bytes, cut: header.cut } };
}

/** Picks among the good slips of these batches as picks among all of their slips: who judges them need not know which are good. */
function amongAll(picks: readonly number[], batches: readonly CheckedBatch[]): readonly number[] {
  const places: number[] = [];
  let offset = 0;
  for (const { good } of batches) {
    good.forEach((isGood, index) => {
      if (isGood) places.push(offset + index);
    });
    offset += good.length;
  }
  return picks.map((pick) => present(places[pick], 'a good slip'));
}

/** What the bytes of a value are: a whole block, or one to be rebuilt from its batches. */
export type Opened = { readonly kind: 'whole'; readonly block: Block } | { readonly kind: 'cut'; readonly value: CutValue };

/** Whole blocks travel in answers to stragglers, and wherever voters agree flat. */
export function openValue(bytes: Uint8Array): Opened | Rejection {
  const block = decodeBlock(bytes);
  // Without slips both forms are the same bytes, and no batch is needed to rebuild it.
  if (!isRejection(block)) return { kind: 'whole', block };
  const value = decodeCutValue(bytes);
  return isRejection(value) ? value : { kind: 'cut', value };
}

/** The whole block of an opened value; null while one of its batches is not here. */
export function rebuild(opened: Opened, slipsOf: (reference: BatchReference) => readonly Slip[] | null): Block | Rejection | null {
  if (opened.kind === 'whole') return opened.block;
  const batches: (readonly Slip[])[] = [];
  for (const reference of opened.value.header.cut) {
    const slips = slipsOf(reference);
    if (slips === null) return null;
    batches.push(slips);
  }
  return expandCut(opened.value, batches);
}

/** The header of an opened value. */
export function headerOf(opened: Opened): BlockHeader {
  return opened.kind === 'whole' ? opened.block.header : opened.value.header;
}
