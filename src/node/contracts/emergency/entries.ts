// What the state holds of an emergency: who asked for which record, until when, who released it, and what the supervision centre said.
import { type ItemId } from '../../base/index.ts';
import { type Decoded, list, nullable, oneOf, struct, uint } from '../../codec/index.ts';
import { MAX_NAMED_PARTIES } from '../deeds.ts';
import { partyId, recordId } from '../fields.ts';
import { table } from '../table.ts';

const emergency = struct({
  record: recordId,
  version: uint(10_000),
  by: partyId,
  untilMs: uint(),
  releases: list(partyId, MAX_NAMED_PARTIES),
  review: nullable(oneOf('accepted', 'contested')),
});
export type EmergencyEntry = Decoded<typeof emergency>;

export const emergencyTable = table<ItemId, EmergencyEntry>('emergency', emergency);
