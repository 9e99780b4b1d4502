// What the opener of a further channel owes its members (P0-02, R14): whom the consortium revokes is revoked there, as is who left, so
// that nobody waits for its vote; and who got a new member key is certified for it. Decides nothing by itself.
import type { ChannelId, PartyId } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import type { ChannelEntry } from '../contracts/index.ts';
import { type Ledger, partyOf } from '../ledger/index.ts';

export type MirrorTask =
  | { readonly kind: 'revoke'; readonly channel: ChannelId; readonly party: PartyId; readonly reason: string }
  | { readonly kind: 'certify'; readonly channel: ChannelId; readonly party: PartyId };

/** The first thing that the channel says otherwise than the consortium, or null. */
export function mirrorTask(channel: ChannelId, entry: ChannelEntry, home: Ledger, there: Ledger): MirrorTask | null {
  for (const { party, standing } of entry.members) {
    const [ours, theirs] = [partyOf(home, party), partyOf(there, party)];
    if (ours === null || theirs === null || theirs.revoked !== null) continue;
    if (standing === 'left') return { kind: 'revoke', channel, party, reason: 'left the channel' };
    if (ours.revoked !== null) return { kind: 'revoke', channel, party, reason: ours.revoked.reason };
    const [now, before] = [ours.certificate.memberKey, theirs.certificate.memberKey];
    if (now !== null && before !== null && !equalBytes(now, before)) return { kind: 'certify', channel, party };
  }
  return null;
}
