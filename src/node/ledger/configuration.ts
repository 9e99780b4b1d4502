// What an epoch fixes (R0, R13): members and voters, F and Q, time-outs, all bound by one digest that every vote names. It
// follows from the state alone, so whoever holds the state holds the configuration.
import { type ChannelId, type Digest, type PartyId, DIGEST_BYTES, ID_BYTES, MAX_MEMBERS, MAX_NAME_CHARS, present } from '../base/index.ts';
import { encode, fixedBytes, flag, hex, list, struct, text, uint } from '../codec/index.ts';
import type { Configuration } from '../consensus/index.ts';
import { type MemberKind, type State, KEY_BYTES, ONLY, foundedTable, memberKind, rosterOf, tally } from '../contracts/index.ts';
import { digestOf } from '../crypto/index.ts';

export interface ConfigurationMember {
  readonly party: PartyId;
  /** Ed25519, 32 bytes. */
  readonly memberKey: Uint8Array;
  readonly kind: MemberKind;
  readonly voting: boolean;
}

/** The configuration under which the next block is decided. */
export interface EpochConfiguration {
  readonly epoch: number;
  readonly digest: Digest;
  /** Ordered by party. */
  readonly members: readonly ConfigurationMember[];
  /** F. */
  readonly tolerated: number;
  /** Q. */
  readonly quorum: number;
  readonly baseTimeoutMs: number;
  /** The channel's name. */
  readonly name: string;
}

/** What the digest covers. The channel is not in it: the founding block, whose digest names the channel, holds the digest. */
const digested = struct({
  epoch: uint(),
  name: text(MAX_NAME_CHARS),
  members: list(struct({ party: hex<PartyId>(ID_BYTES), memberKey: fixedBytes(KEY_BYTES), kind: memberKind, voting: flag }), MAX_MEMBERS),
  tolerated: uint(),
  quorum: uint(),
  baseTimeoutMs: uint(),
});

export function configurationOf(state: State): EpochConfiguration {
  const { epoch, members } = rosterOf(state);
  const { settings } = present(foundedTable.get(state, ONLY), "the channel's founding");
  const { tolerated, quorum } = tally(members);
  const fields = { epoch, name: settings.name, members, tolerated, quorum, baseTimeoutMs: settings.baseTimeoutMs };
  return {
    ...fields,
    members: members.map(({ party, memberKey, kind, voting }) => ({ party, memberKey, kind, voting })),
    digest: digestOf(encode(digested, fields)),
  };
}

/** The configuration as engines know it: its voters alone, in the order of the roster. */
export function consensusConfiguration(channel: ChannelId, configuration: EpochConfiguration): Configuration {
  const { epoch, digest, members, tolerated, quorum, baseTimeoutMs } = configuration;
  const voters = members.filter((member) => member.voting).map(({ party, memberKey }) => ({ party, memberKey }));
  return { channel, epoch, digest, voters, tolerated, quorum, baseTimeoutMs, groups: [], seats: [] };
}

/** The channel id inside the founding block, which has none yet. */
export const NO_CHANNEL = '00'.repeat(DIGEST_BYTES) as ChannelId;
/** The parent of the founding block. */
export const NO_PARENT = '00'.repeat(DIGEST_BYTES) as Digest;
