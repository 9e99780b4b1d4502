// Channels as the page shows them: who takes part, by which rules, and how many faults each survives (R0).
import type { ChannelMemberView, ChannelView } from '../api.ts';
import type { ChannelId, PartyId } from '../base/index.ts';
import { mayStillFail } from '../consensus/index.ts';
import type { ChannelEntry } from '../contracts/index.ts';
import type { Ledger } from '../ledger/index.ts';
import type { Channel } from './channel.ts';
import { nameOf } from './network-view.ts';

export function homeView(ledger: Ledger): ChannelView {
  const { members } = ledger.configuration;
  return {
    channel: ledger.channel,
    settings: ledger.settings,
    state: 'home',
    trouble: '',
    openedBy: '',
    members: members.map(({ party, voting }) => ({ party, name: nameOf(ledger, party), standing: 'joined', voting })),
    ...survives(ledger),
  };
}

export function channelView(
  channel: ChannelId,
  { settings, openedBy, members }: ChannelEntry,
  home: Ledger,
  self: PartyId,
  part: { readonly channel: Channel | null; readonly trouble: string } | null,
): ChannelView {
  const ledger = part?.channel?.ledger() ?? null;
  const votes = (party: PartyId): boolean =>
    ledger?.configuration.members.some((member) => member.party === party && member.voting) ?? false;
  const shown = members.map(({ party, standing }): ChannelMemberView => ({
    party,
    name: nameOf(home, party),
    standing,
    voting: votes(party),
  }));
  const named = members.some(({ party, standing }) => party === self && standing === 'named');
  const unopened = part !== null && part.trouble !== '' ? 'refused' : 'opening';
  return {
    channel,
    settings,
    state: named ? 'invited' : ledger === null ? unopened : 'running',
    trouble: part?.trouble ?? '',
    openedBy: nameOf(home, openedBy),
    members: shown,
    ...(ledger === null ? { height: -1, tolerated: 0, mayStillFail: 0 } : survives(ledger)),
  };
}

function survives({ configuration, height }: Ledger): Pick<ChannelView, 'height' | 'tolerated' | 'mayStillFail'> {
  const { members, tolerated } = configuration;
  return { height, tolerated, mayStillFail: mayStillFail(members.filter(({ voting }) => voting).length, tolerated) };
}
