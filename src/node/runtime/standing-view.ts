// What the page says of this node's own seat, of certified parties, and before there is a ledger.
import type { NodeView, PartyView, Seat } from '../api.ts';
import type { PartyId } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import { type Projection, seatReason } from '../ledger/index.ts';
import type { Channel } from './channel.ts';
import { unconnectedView } from './network-view.ts';
import type { NetworkAndBlobs } from './platform.ts';
import type { Profile } from './profile.ts';

const AWAITS_COUNTERSIGNATURE =
  'This node was away for more than 30 days and the members have changed: it waits until a supervision centre has countersigned them (R13).';

/** `memberKey` is this profile's own; null for those who never vote. */
export function seatOf(channel: Channel, self: PartyId, memberKey: Uint8Array | null, nowMs: number): Seat {
  const { ledger, barred } = channel.state();
  if (memberKey === null) return { kind: 'none' };
  if (barred !== null) return { kind: 'barred', reason: barred };
  if (channel.awaitsCountersignature()) return { kind: 'observing', reason: AWAITS_COUNTERSIGNATURE };
  const seat = ledger.configuration.members.find((member) => member.party === self);
  if (seat?.voting === true && equalBytes(seat.memberKey, memberKey)) return { kind: 'voting' };
  const target = channel.sync.target();
  if (target > ledger.height) return { kind: 'synchronising', height: ledger.height, target };
  const why = seatReason(ledger, self, nowMs);
  if (why?.reason === 'not-certified') return { kind: 'none' };
  if (why === null || why.reason === 'asked' || why.reason === 'not-asked') return { kind: 'asked' };
  return { kind: 'observing', reason: why.detail };
}

export function partiesView(projection: Projection): readonly PartyView[] {
  return [...projection.parties.values()].map(({ notBeforeMs: _, ...row }) => row);
}

/** R17 and the plan of copies: archive members keep for all; where there are too few of them, every member does. */
export function keeps(channel: Channel, self: PartyId): boolean {
  const { members } = channel.ledger().configuration;
  const own = members.find((member) => member.party === self);
  const archives = members.filter((member) => member.kind === 'archive').length;
  return own !== undefined && (own.kind === 'archive' || archives < channel.ledger().settings.copies);
}

export function emptyView(profile: Profile, transport: NetworkAndBlobs | null): Omit<NodeView, 'identity' | 'keys' | 'storage' | 'alarm'> {
  const network = transport === null ? null : unconnectedView(transport.network);
  return {
    network: network ?? { ...NO_NETWORK, relay: { address: profile.invitation.relays[0] ?? '', connected: false } },
    ledger: { height: -1, channel: profile.invitation.channel, name: profile.invitation.name, newest: [] },
    parties: [],
    groups: null,
    channels: [],
    records: [],
    ways: [],
    patients: [],
    grants: [],
    proxies: [],
    requests: [],
    reads: [],
    applications: [],
    search: { ready: false, granted: [] },
    serials: { key: null, registered: [], wishes: [], candidates: null },
    managers: { option: null, openings: [], notices: [], uncopied: 0 },
    emergencies: [],
  };
}

const NO_NETWORK: Omit<NodeView['network'], 'relay'> = {
  catchingUp: null,
  settings: null,
  epoch: 0,
  members: [],
  observers: [],
  quorum: 0,
  tolerated: 0,
  mayStillFail: 0,
  height: -1,
  view: 0,
  leader: null,
  stall: null,
  faults: [],
  lanes: [],
  traffic: [],
  links: [],
};
