// The proof against a convicted member, found in the block that convicted it.
import type { BlockView, SlipView } from '../../node.ts';

/** The accusation that took effect; null where the block holds none of this party. */
export function proofIn({ slipList }: Pick<BlockView, 'slipList'>, party: string): SlipView | null {
  const names = (slip: SlipView): boolean => slip.fields.some(([name, value]) => name === 'culprit' && value === party);
  return slipList.find((slip) => slip.kind === 'accuse' && slip.outcome === 'done' && names(slip)) ?? null;
}
