// What the consortium's chain says of further channels (P1-05): who opened each, by which rules, and who takes part.
import { type ChannelId, type PartyId } from '../base/index.ts';
import { type Decoded, list, oneOf, struct, uint } from '../codec/index.ts';
import { MAX_CHANNEL_MEMBERS, channelId, channelSettings, partyId } from './slip.ts';
import type { State } from './state.ts';
import { table } from './table.ts';

/** Channels that one party may open: who wants more leaves the ones that it no longer needs to others. */
export const MAX_CHANNELS_OPENED = 16;
/** Channels that one party is named in and has not left. An archive member keeps the private chains of many. */
export const MAX_CHANNELS_OF_PARTY = 64;

const channel = struct({
  settings: channelSettings,
  openedBy: partyId,
  height: uint(),
  /** In the order of the opening. Who left may be named by no later slip. */
  members: list(struct({ party: partyId, standing: oneOf('named', 'joined', 'left') }), MAX_CHANNEL_MEMBERS),
});
export type ChannelEntry = Decoded<typeof channel>;

const partyChannels = struct({ opened: uint(MAX_CHANNELS_OPENED), channels: list(channelId, MAX_CHANNELS_OF_PARTY) });

export const channelTable = table<ChannelId, ChannelEntry>('channel', channel);
export const partyChannelsTable = table<PartyId, Decoded<typeof partyChannels>>('channels-of', partyChannels);

/** Null of a channel that this consortium does not know. */
export function channelIn(state: State, opened: ChannelId): ChannelEntry | null {
  return channelTable.get(state, opened);
}

/** Channels that the party is named in and has not left, oldest first. */
export function channelsOf(state: State, party: PartyId): readonly ChannelId[] {
  return partyChannelsTable.get(state, party)?.channels ?? [];
}
