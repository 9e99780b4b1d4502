// What the state holds of a policy: its conditions, how often it has released, and whether it was ended.
import { type ItemId } from '../../base/index.ts';
import { type Decoded, list, nullable, struct, text, uint } from '../../codec/index.ts';
import { MAX_NAMED_PARTIES, MAX_PURPOSE_CHARS } from '../deeds.ts';
import { grantAction, partyId, recordId, role, sensitivityClass } from '../fields.ts';
import { table } from '../table.ts';

const policy = struct({
  patient: partyId,
  record: nullable(recordId),
  grantees: list(partyId, MAX_NAMED_PARTIES),
  roles: list(role, 2),
  purposes: list(text(MAX_PURPOSE_CHARS), 8),
  classes: list(sensitivityClass, 4),
  actions: list(grantAction, 3),
  durationMs: uint(),
  fromMs: uint(),
  untilMs: uint(),
  releases: uint(),
  released: uint(),
  endedAtHeight: nullable(uint()),
});
export type PolicyEntry = Decoded<typeof policy>;

export const policyTable = table<ItemId, PolicyEntry>('policy', policy);
