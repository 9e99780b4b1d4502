// R14: before it votes, a node that starts asks the members that it reaches for the highest thing they heard it say. One thing above
// its row means that the row is an older copy: this key must never vote again, for it would say the same place differently. Only
// its own signature proves that, so nobody can silence a node by a lie.
import { type ChannelId, MAX_BULK_FRAME_BYTES, type PartyId, isRejection, reject } from '../base/index.ts';
import type { Bulk } from '../care/index.ts';
import { decode, encode, nullable, struct } from '../codec/index.ts';
import { type Configuration, type ConsensusMessage, type VoteRow, consensusMessage, statementBytes } from '../consensus/index.ts';
import { channelId, partyId } from '../contracts/index.ts';
import type { PeerId, Verifier } from '../ports/index.ts';
import type { HighestVotes } from './highest-votes.ts';

const question = struct({ channel: channelId, party: partyId });
const answer = struct({ said: nullable(consensusMessage) });
const KIND = 'highest-vote';
const ASK_TIMEOUT_MS = 3_000;

/** Why the key must not vote, as the page shows it. */
export const ROLLED_BACK =
  'This browser holds an older copy of the votes than the other members have heard, so its voting key is not used any more. Remove this profile and restore it with its 24 words: that makes a new key, which the supervision centre certifies.';

/** Answers what was heard of a party. */
export function serveHighestVotes(bulk: Bulk, channel: ChannelId, votes: HighestVotes): void {
  bulk.handle(KIND, async (from, body) => {
    const asked = decode(question, body, 200);
    if (isRejection(asked)) return asked;
    if (asked.channel !== channel) return reject('unknown-channel', 'this node does not hold that ledger');
    if (from.party === null) return reject('not-certified', 'only certified parties may ask');
    return encode(answer, { said: votes.of(asked.party) });
  });
}

export interface RollbackInit {
  readonly bulk: Bulk;
  readonly verifier: Verifier;
  readonly channel: ChannelId;
  readonly self: PartyId;
}

/** Asks one peer. Throws AppError where it does not answer. */
export async function askHighestVote({ bulk, channel, self }: RollbackInit, peer: PeerId): Promise<ConsensusMessage | null> {
  const body = encode(question, { channel, party: self });
  const told = decode(answer, await bulk.ask(peer, KIND, body, { timeoutMs: ASK_TIMEOUT_MS }), MAX_BULK_FRAME_BYTES);
  return isRejection(told) ? null : told.said;
}

/**
 * Whether `said`, which somebody claims to have heard from this node, shows that `row` is not the last one: signed by the own key
 * in this epoch, about an open height, and not in the row.
 */
export async function isRolledBack(
  { verifier, self }: Pick<RollbackInit, 'verifier' | 'self'>,
  said: ConsensusMessage,
  at: { readonly row: VoteRow | null; readonly height: number; readonly configuration: Configuration },
): Promise<boolean> {
  if ((said.kind !== 'vote' && said.kind !== 'view-change') || said.signer !== self || said.height <= at.height) return false;
  const own = at.configuration.voters.find((voter) => voter.party === self);
  if (own === undefined || said.epoch !== at.configuration.epoch) return false;
  const signed = await verifier.verify(own.memberKey, statementBytes(said, at.configuration), said.signature);
  return signed && !covers(at.row, said);
}

/** Whether a member with this row may have said so. What it said in views below the row's is not remembered, and never repeated. */
function covers(row: VoteRow | null, said: Extract<ConsensusMessage, { kind: 'vote' | 'view-change' }>): boolean {
  if (row === null || row.epoch !== said.epoch) return false;
  if (row.height !== said.height) return row.height > said.height;
  if (said.kind === 'view-change') return said.view <= row.askedView;
  if (said.view !== row.view) return said.view < row.view;
  return row.said.some(
    ({ phase, view, digest }) =>
      view === said.view && digest === said.digest && (phase === said.phase || (said.phase === 'prepare' && phase === 'propose')),
  );
}
