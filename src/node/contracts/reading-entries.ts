// What the state holds of reading keys (P3-10): each epoch of a patient for good, because what was sealed to it is read by it; which
// epoch is her newest; each reader's receiving key.
import type { PartyId } from '../base/index.ts';
import { type Decoded, struct, uint } from '../codec/index.ts';
import { classKeys, curveKey } from './slip.ts';
import { table } from './table.ts';

const readingKeys = struct({
  /** Signs her key fragments. */
  signer: curveKey,
  keys: classKeys,
  height: uint(),
});
export type ReadingKeysEntry = Decoded<typeof readingKeys>;

const readingEpoch = struct({ epoch: uint() });
const receivingKey = struct({ key: curveKey });

export const readingKeysTable = table<string, ReadingKeysEntry>('reading-keys', readingKeys);
export const readingEpochTable = table<PartyId, Decoded<typeof readingEpoch>>('reading-epoch', readingEpoch);
export const receivingKeyTable = table<PartyId, Decoded<typeof receivingKey>>('receiving-key', receivingKey);

/** Id of an epoch's keys in their table. */
export function readingKey(party: PartyId, epoch: number): string {
  return `${party}/${epoch}`;
}
