// What the state holds of a record that is about to go to another clinic; the record itself names its clinic.
import type { RecordId } from '../../base/index.ts';
import { type Decoded, flag, struct, uint } from '../../codec/index.ts';
import { partyId } from '../fields.ts';
import { table } from '../table.ts';

const transfer = struct({ to: partyId, untilMs: uint(), agreed: flag });
export type TransferEntry = Decoded<typeof transfer>;

/** At most one for a record; gone once it is done or given up. */
export const custodyTable = table<RecordId, TransferEntry>('custody', transfer);
