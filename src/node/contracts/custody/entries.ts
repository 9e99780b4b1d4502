// What the state holds of a record's custody beside the clinic that the record itself names: an offer that is open, and the clinics that kept
// it before.
import type { RecordId } from '../../base/index.ts';
import { type Decoded, flag, list, nullable, struct, uint } from '../../codec/index.ts';
import { partyId } from '../fields.ts';
import { table } from '../table.ts';

/** How often one record passes from clinic to clinic. */
export const MAX_PASSES = 64;

const custody = struct({
  open: nullable(struct({ to: partyId, untilMs: uint(), agreed: flag })),
  /** Who gave it away, and when; in order. */
  passes: list(struct({ from: partyId, height: uint() }), MAX_PASSES),
});
export type CustodyEntry = Decoded<typeof custody>;

export const custodyTable = table<RecordId, CustodyEntry>('custody', custody);
