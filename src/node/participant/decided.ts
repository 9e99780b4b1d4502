// The last final block as the engine knows it: what whoever still votes below it is told (R9).
import type { Decided } from '../consensus/index.ts';
import { type FinalBlock, encodeBlock } from '../ledger/index.ts';

/** A final block as the answer to whoever is still below it; null for the founding block, which nobody decided. */
export function decidedOf({ block, certificate }: FinalBlock): Decided | null {
  return certificate === null ? null : { height: block.header.height, certificate, value: encodeBlock(block) };
}
