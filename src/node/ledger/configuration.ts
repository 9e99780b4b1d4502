// What an epoch fixes (R0, R13): members and voters, F and Q, time-outs, all bound by one digest that every vote names. It
// follows from the state alone, so whoever holds the state holds the configuration.
import { type ChannelId, type Digest, type PartyId, DIGEST_BYTES, present } from '../base/index.ts';
import type { Configuration, Seat } from '../consensus/index.ts';
import { type MemberKind, type State, ONLY, epochKeysIn, foundedTable, groupingOf, groupsOf, rosterOf, tally } from '../contracts/index.ts';

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
  /** By group, in rank order; empty where the voters agree flat. */
  readonly groups: readonly (readonly PartyId[])[];
  /** Voters that were convicted before the epoch began (P0-27); of channels with groups alone, where a conviction begins an epoch. */
  readonly barred?: readonly PartyId[];
}

export function configurationOf(state: State): EpochConfiguration {
  const { epoch, members } = rosterOf(state);
  const { settings } = present(foundedTable.get(state, ONLY), "the channel's founding");
  const { tolerated, quorum } = tally(members);
  return {
    epoch,
    name: settings.name,
    members: members.map(({ party, memberKey, kind, voting }) => ({ party, memberKey, kind, voting })),
    tolerated,
    quorum,
    baseTimeoutMs: settings.baseTimeoutMs,
    groups: groupsOf(state),
    ...barredIn(state),
    digest: present(epochKeysIn(state, epoch), "the epoch's keys").configuration,
  };
}

function barredIn(state: State): Pick<EpochConfiguration, 'barred'> {
  const electors = groupingOf(state)?.electors ?? [];
  const barred = electors.flatMap(({ party, eligibility }) => (eligibility === 'barred' ? [party] : []));
  return barred.length === 0 ? {} : { barred };
}

/** The configuration as engines know it: its voters alone, in the order of the roster, and who sits in the groups' seats now. */
export function consensusConfiguration(channel: ChannelId, configuration: EpochConfiguration, seats: readonly Seat[]): Configuration {
  const { epoch, digest, members, tolerated, quorum, baseTimeoutMs, groups, barred } = configuration;
  const voters = members.filter((member) => member.voting).map(({ party, memberKey }) => ({ party, memberKey }));
  return { channel, epoch, digest, voters, tolerated, quorum, baseTimeoutMs, groups, seats, ...(barred === undefined ? {} : { barred }) };
}

/** The channel id inside the founding block, which has none yet. */
export const NO_CHANNEL = '00'.repeat(DIGEST_BYTES) as ChannelId;
/** The parent of the founding block. */
export const NO_PARENT = '00'.repeat(DIGEST_BYTES) as Digest;
