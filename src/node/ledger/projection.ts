// What the ledger says, arranged for looking at: an immutable index that follows the final blocks. It decides nothing; it is
// rebuilt by replaying the blocks, and a slip without effect changes nothing here but its fate. Rows that a block does not
// touch stay the same objects.
import { type Slip, slipIdOf } from '../contracts/index.ts';
import { type FinalBlock, headerDigest } from './block.ts';
import type { Ledger, SlipOutcome } from './ledger.ts';
import { OrderedIndex, Sequence } from './ordered-index.ts';
import type { BlockRow, Projection, SlipFate } from './projection-rows.ts';
import { isWithin } from './projection-within.ts';
import { applySlip } from './projection-slip.ts';
import { encodeEpochLink, epochLinkOf } from './trust.ts';

export const emptyProjection: Projection = {
  height: -1,
  since: 0,
  epochs: Sequence.empty,
  parties: OrderedIndex.empty,
  records: OrderedIndex.empty,
  grants: OrderedIndex.empty,
  requests: OrderedIndex.empty,
  emergencies: OrderedIndex.empty,
  reads: Sequence.empty,
  blocks: Sequence.empty,
  slips: OrderedIndex.empty,
  recordsOfPatient: OrderedIndex.empty,
  grantsOfRecord: OrderedIndex.empty,
  requestsOfRecord: OrderedIndex.empty,
  readsOfRecord: OrderedIndex.empty,
  itemsOfPatient: OrderedIndex.empty,
};

/** The projection with the founding block alone, all of whose slips took effect. */
export function openProjection(final: FinalBlock, ledger: Ledger): Projection {
  const outcomes = final.block.slips.map((slip) => ({ slip: slipIdOf(slip), outcome: 'done' as const }));
  return project(emptyProjection, { final, outcomes, ledger });
}

/** The projection after one more final block. `outcomes` and `ledger` are what `extend` gave for it. */
export function project(
  before: Projection,
  added: { readonly final: FinalBlock; readonly outcomes: readonly SlipOutcome[]; readonly ledger: Ledger },
): Projection {
  const { block } = added.final;
  const link = epochLinkOf(added.ledger);
  let after: Projection = {
    ...before,
    height: block.header.height,
    epochs: link === null ? before.epochs : before.epochs.append(encodeEpochLink(link)),
    blocks: before.blocks.append(summary(added.final, added.ledger)),
  };
  block.slips.forEach((slip, index) => {
    const result = added.outcomes[index];
    if (result === undefined) return;
    const where = { height: block.header.height, timestampMs: block.header.timestampMs, slip: result.slip };
    after = withFate(after, slip, result, { height: where.height, index });
    if (result.outcome === 'done' && isWithin(after, slip.body.action)) after = applySlip(after, slip.body, where);
  });
  return after;
}

function summary({ block, certificate }: FinalBlock, ledger: Ledger): BlockRow {
  const { height, timestampMs, epoch, proposer, view, slipCount } = block.header;
  return {
    height,
    digest: headerDigest(block.header),
    timestampMs,
    epoch,
    proposer,
    view,
    slips: slipCount,
    signatures: certificate?.votes.length ?? 0,
    voters: ledger.decidedByConsensus.voters.length,
  };
}

/** A slip that is brought up again keeps the fate in which it took effect. */
function withFate(
  before: Projection,
  slip: Slip,
  result: SlipOutcome,
  where: { readonly height: number; readonly index: number },
): Projection {
  if (before.slips.get(result.slip)?.outcome === 'done') return before;
  const { outcome } = result;
  const fate: SlipFate = {
    slip: result.slip,
    kind: slip.body.action.kind,
    ...where,
    outcome: outcome === 'done' ? 'done' : outcome.reason,
    detail: outcome === 'done' ? '' : outcome.detail,
  };
  return { ...before, slips: before.slips.set(result.slip, fate) };
}
