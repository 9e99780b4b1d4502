// What the state holds of committees, of the uses that they judge, and of every use that was made.
import { type ItemId } from '../../base/index.ts';
import { type Decoded, flag, list, nullable, oneOf, struct, uint } from '../../codec/index.ts';
import { MAX_NAMED_PARTIES } from '../deeds.ts';
import { digest, itemId, partyId } from '../fields.ts';
import { table } from '../table.ts';

const committee = struct({ members: list(partyId, MAX_NAMED_PARTIES), threshold: uint() });
export type CommitteeEntry = Decoded<typeof committee>;

const use = struct({
  committee: itemId,
  user: partyId,
  subject: digest,
  untilMs: uint(),
  /** Allowed, and made. */
  uses: uint(),
  used: uint(),
  votes: list(struct({ party: partyId, approve: flag }), MAX_NAMED_PARTIES),
  status: oneOf('open', 'approved', 'refused', 'stopped'),
});
export type UseEntry = Decoded<typeof use>;

const usage = struct({ height: uint(), timestampMs: uint(), result: nullable(digest) });
export type UsageEntry = Decoded<typeof usage>;

export const committeeTable = table<ItemId, CommitteeEntry>('committee', committee);
export const useTable = table<ItemId, UseEntry>('use', use);
export const usageTable = table<string, UsageEntry>('usage', usage);

/** Id of the n-th use in its table, counted from 0. */
export function usageKey(use: ItemId, number: number): string {
  return `${use}/${number}`;
}
