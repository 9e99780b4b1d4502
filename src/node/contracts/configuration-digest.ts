// What an epoch fixes, bound by one digest that every vote names (R0, R1, R13): members and voters, F and Q, time-outs, groups in
// rank order. The channel is not in it: the founding block, whose digest names the channel, holds this digest.
import { type Digest, type PartyId, MAX_MEMBERS, MAX_NAME_CHARS, MAX_VOTERS } from '../base/index.ts';
import { encode, flag, list, struct, text, uint } from '../codec/index.ts';
import { digestOf } from '../crypto/index.ts';
import { type Member, memberKind } from './entries.ts';
import { MAX_GROUPS } from './group-entries.ts';
import { tally } from './roster.ts';
import { type ChannelSettings, engineName, partyId, publicKey } from './slip.ts';

const digested = struct({
  epoch: uint(),
  name: text(MAX_NAME_CHARS),
  engine: engineName,
  members: list(struct({ party: partyId, memberKey: publicKey, kind: memberKind, voting: flag }), MAX_MEMBERS),
  tolerated: uint(),
  quorum: uint(),
  baseTimeoutMs: uint(),
  groups: list(list(partyId, MAX_VOTERS), MAX_GROUPS),
});

export function configurationDigest({
  epoch,
  members,
  settings,
  groups,
}: {
  readonly epoch: number;
  readonly members: readonly Member[];
  readonly settings: ChannelSettings;
  readonly groups: readonly (readonly PartyId[])[];
}): Digest {
  const { tolerated, quorum } = tally(members);
  const { name, engine, baseTimeoutMs } = settings;
  return digestOf(encode(digested, { epoch, name, engine, members, tolerated, quorum, baseTimeoutMs, groups }));
}
