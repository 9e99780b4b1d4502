// What the state holds of an erased record: the order, and who has left a receipt.
import { type RecordId, MAX_MEMBERS } from '../../base/index.ts';
import { type Decoded, list, struct, uint } from '../../codec/index.ts';
import { partyId } from '../fields.ts';
import { table } from '../table.ts';

const erased = struct({ height: uint(), receipts: list(partyId, MAX_MEMBERS) });
export type ErasureEntry = Decoded<typeof erased>;

export const erasureTable = table<RecordId, ErasureEntry>('erasure', erased);
