// Channels by ledger transactions (P1-05): opened on the consortium's chain by a member that has founded one, joined and left by
// those whom the opening names. The channel's own ledger lives apart; here is only who takes part, by which rules.
import { type ChannelId, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import {
  type ChannelEntry,
  MAX_CHANNELS_OF_PARTY,
  MAX_CHANNELS_OPENED,
  channelTable,
  channelsOf,
  partyChannelsTable,
} from './channel-entries.ts';
import { ONLY, foundedTable, partyTable } from './entries.ts';
import { isLive } from './roster.ts';
import type { State } from './state.ts';

type Standing = ChannelEntry['members'][number]['standing'];

export function openChannel(state: State, action: ActionOf<'open-channel'>, author: Author): Judgement {
  const refusal = placeRefusal(state) ?? openerRefusal(state, action, author) ?? membersRefusal(state, action, author);
  if (refusal !== null) return refusal;
  const { opened, settings, members } = action;
  const standings = members.map((party) => ({ party, standing: party === author.party ? ('joined' as const) : ('named' as const) }));
  const entry: ChannelEntry = { settings, openedBy: author.party, height: author.at.height, members: standings };
  const named = members.reduce((next, party) => withChannels(next, party, [...channelsOf(next, party), opened]), state);
  const count = partyChannelsTable.get(named, author.party)?.opened ?? 0;
  const counted = partyChannelsTable.put(named, author.party, { opened: count + 1, channels: [...channelsOf(named, author.party)] });
  return channelTable.put(counted, opened, entry);
}

/** Further channels are opened on the one consortium chain, never inside each other. */
function placeRefusal(state: State): Rejection | null {
  const kind = foundedTable.get(state, ONLY)?.settings.kind;
  return kind === 'consortium' ? null : reject('not-the-consortium', 'channels are opened on the consortium chain');
}

function openerRefusal(state: State, { opened, members }: ActionOf<'open-channel'>, { party, certificate }: Author): Rejection | null {
  if (channelTable.get(state, opened) !== null) return reject('known-channel', 'this channel was opened before');
  if (certificate.memberKey === null) return reject('no-member-key', 'who opens a channel votes in it');
  if (!members.includes(party)) return reject('opener-not-named', 'who opens a channel takes part in it');
  const count = partyChannelsTable.get(state, party)?.opened ?? 0;
  return count < MAX_CHANNELS_OPENED ? null : reject('too-many-channels', `a party opens at most ${MAX_CHANNELS_OPENED} channels`);
}

function membersRefusal(state: State, { settings, members }: ActionOf<'open-channel'>, author: Author): Rejection | null {
  for (const party of members) {
    const entry = partyTable.get(state, party);
    if (entry === null || !isLive(entry, author.at.timestampMs)) return reject('unknown-member', 'a member holds no certificate');
    const { memberKey, role, name } = entry.certificate;
    if (memberKey === null) return reject('no-member-key', 'every member of a channel has a member key');
    // P3-03, P3-06: a hospital's own nodes, and common nodes of the authorities.
    if (settings.kind === 'private' && role !== 'archive' && name !== author.certificate.name) {
      return reject('other-institution', 'a private chain is of one institution and of archive members');
    }
    if (channelsOf(state, party).length >= MAX_CHANNELS_OF_PARTY) return reject('member-full', 'a member takes part in too many channels');
  }
  return null;
}

/** By one who was named. */
export function joinChannel(state: State, { opened }: ActionOf<'join-channel'>, { party }: Author): Judgement {
  const entry = memberEntry(state, opened, party);
  if (isRejection(entry)) return entry;
  const standing = standingOf(entry, party);
  if (standing === 'joined') return reject('already-joined', 'it takes part already');
  if (standing === 'left') return reject('has-left', 'who left a channel does not come back to it');
  return withStanding(state, opened, entry, party, 'joined');
}

/** Also by one who was named and never joined: a refusal. */
export function leaveChannel(state: State, { opened }: ActionOf<'leave-channel'>, { party }: Author): Judgement {
  const entry = memberEntry(state, opened, party);
  if (isRejection(entry)) return entry;
  if (standingOf(entry, party) === 'left') return reject('has-left', 'it left before');
  const others = channelsOf(state, party).filter((known) => known !== opened);
  return withStanding(withChannels(state, party, others), opened, entry, party, 'left');
}

function memberEntry(state: State, opened: ChannelId, party: PartyId): ChannelEntry | Rejection {
  const entry = channelTable.get(state, opened);
  if (entry === null) return reject('unknown-channel', 'no such channel was opened');
  return standingOf(entry, party) === undefined ? reject('not-named', 'the channel was opened for others') : entry;
}

function standingOf(entry: ChannelEntry, party: PartyId): Standing | undefined {
  return entry.members.find((member) => member.party === party)?.standing;
}

function withStanding(state: State, opened: ChannelId, entry: ChannelEntry, party: PartyId, standing: Standing): State {
  const members = entry.members.map((member) => (member.party === party ? { party, standing } : member));
  return channelTable.put(state, opened, { ...entry, members });
}

function withChannels(state: State, party: PartyId, channels: readonly ChannelId[]): State {
  const opened = partyChannelsTable.get(state, party)?.opened ?? 0;
  return partyChannelsTable.put(state, party, { opened, channels: [...channels] });
}
