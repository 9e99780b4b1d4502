// Cuts (R4): which certified batches a block orders, and how a proposal travels: its header, and which slips of those batches it
// takes. Everybody who votes holds the batches, so no slip crosses the wire twice; the whole block is rebuilt before it is
// judged and stored. Whether a batch is certified is the engine's to know.
import { type Rejection, MAX_BLOCK_BYTES, MAX_CUT_BATCHES, MAX_SLIPS_PER_BLOCK, reject } from '../base/index.ts';
import { type Decoded, decode, encode, list, struct, uint } from '../codec/index.ts';
import type { BatchReference } from '../consensus/index.ts';
import { type Slip, lanesOf } from '../contracts/index.ts';
import { type Block, type BlockHeader, blockHeader } from './block.ts';
import type { Ledger } from './ledger.ts';

/** Slips of all batches of a cut, at most: a batch holds no more than its bytes allow. */
const MAX_CUT_SLIPS = 1_000_000;

const cutValue = struct({
  header: blockHeader,
  /** Ascending: where the block's slips stand among those of its batches, one batch after another. */
  picks: list(uint(MAX_CUT_SLIPS), MAX_SLIPS_PER_BLOCK),
});
export type CutValue = Decoded<typeof cutValue>;

/** What voters agree on; its digest is the header's. */
export function encodeCutValue(value: CutValue): Uint8Array {
  return encode(cutValue, value);
}

export function decodeCutValue(bytes: Uint8Array): CutValue | Rejection {
  return decode(cutValue, bytes, MAX_BLOCK_BYTES);
}

/** The whole block. `batches` are the slips of the batches in the header's cut, in its order. */
export function expandCut({ header, picks }: CutValue, batches: readonly (readonly Slip[])[]): Block | Rejection {
  if (batches.length !== header.cut.length)
    return reject('wrong-batches', `${header.cut.length} batches are named, ${batches.length} given`);
  const all = batches.flat();
  const ascending = picks.every((pick, index) => index === 0 || pick > (picks[index - 1] ?? pick));
  if (!ascending) return reject('picks-out-of-order', 'a block takes slips in the order of its batches, each once');
  const slips = picks.flatMap((pick) => all[pick] ?? []);
  if (slips.length !== picks.length) return reject('no-such-slip', 'the block takes a slip that is in none of its batches');
  return { header, slips };
}

/** Why a block with this cut cannot follow the head, or null. Follows from the bytes and final state alone (R15). */
export function cutRefusal(ledger: Ledger, { cut, slipCount }: Pick<BlockHeader, 'cut' | 'slipCount'>): Rejection | null {
  if (ledger.configuration.groups.length === 0) return cut.length === 0 ? null : reject('stray-cut', 'without groups there are no batches');
  if (cut.length > MAX_CUT_BATCHES) return reject('long-cut', `at most ${MAX_CUT_BATCHES} batches are ordered at once`);
  if (ledger.settings.engine === 'grouped' && cut.length === 0 && slipCount > 0)
    return reject('no-batches', 'slips come in certified batches');
  const open = lanes(ledger);
  for (const reference of cut) {
    const refusal = open.refuses(reference);
    if (refusal !== null) return refusal;
  }
  return null;
}

/** Follows the lanes through one cut: each batch strictly above what its lane has ordered, so at most one digest at a position. */
export function lanes(ledger: Ledger): { refuses(reference: BatchReference): Rejection | null } {
  const last = new Map(lanesOf(ledger.state).map((position) => [position.group, position]));
  return {
    refuses: (reference) => {
      const { group, localView, sequence } = reference;
      if (group >= ledger.configuration.groups.length) return reject('no-such-group', `there is no group ${group}`);
      const before = last.get(group);
      const above = before === undefined || localView > before.localView || (localView === before.localView && sequence > before.sequence);
      if (!above) return reject('cut-out-of-order', `lane ${group} has ordered that position or a later one`);
      last.set(group, reference);
      return null;
    },
  };
}
