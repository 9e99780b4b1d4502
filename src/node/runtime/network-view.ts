// What the page shows of members, links and the running round. Read from the participant and the network, never kept.
import type { MemberView, NetworkView, TrafficEntry } from '../api.ts';
import type { PartyId } from '../base/index.ts';
import { type GroupedState, certifiedBatches, leaderOf, mayStillFail } from '../consensus/index.ts';
import {
  type EpochConfiguration,
  type Ledger,
  type Projection,
  orderedPositions,
  partyOf,
  toConsensusConfiguration,
} from '../ledger/index.ts';
import type { Link, Network, PeerId } from '../ports/index.ts';
import type { Channel } from './channel.ts';

/** A round that takes longer than this is shown as a stall. */
const STALL_MS = 6_000;
/** A voter that nobody has heard for so long is not counted on. */
const AWAY_MS = 40_000;

export function networkView(network: Network, channel: Channel, self: PartyId, nowMs: number): NetworkView {
  const { ledger, engine, attendance } = channel.state();
  const { configuration } = ledger;
  const linkByParty = bestLinks(network.links(), (peer) => channel.book.partyOf(peer));
  const members = configuration.members.map((member): MemberView => ({
    party: member.party,
    name: nameOf(ledger, member.party),
    kind: member.kind,
    voting: member.voting,
    self: member.party === self,
    link: linkByParty.get(member.party)?.path ?? null,
    roundTripMs: linkByParty.get(member.party)?.roundTripMs ?? null,
    lastHeardMs: attendance.heardMs.get(member.party) ?? null,
  }));
  const view = engine.core.open?.row.view ?? 0;
  const leader = leaderOf(toConsensusConfiguration(ledger), ledger.height + 1, view);
  return {
    catchingUp: channel.catchingUp.view(),
    relay: network.relay(),
    settings: ledger.settings,
    epoch: configuration.epoch,
    members,
    observers: observersOf(ledger, channel.projection(), self),
    quorum: configuration.quorum,
    tolerated: configuration.tolerated,
    mayStillFail: mayStillFail(members.filter((member) => member.voting).length, configuration.tolerated),
    height: ledger.height,
    view,
    leader: { party: leader, name: nameOf(ledger, leader) },
    faults: channel.provedFaults().map(({ culprit, fault, atMs }) => ({ name: nameOf(ledger, culprit), fault, atMs })),
    stall: stallOf(members, configuration, channel.waitingSinceMs(), nowMs),
    lanes: lanesView(ledger, engine),
    traffic: channel.traffic
      .latest()
      .map((record): TrafficEntry => ({ ...record, party: record.party === null ? 'all voters' : nameOf(ledger, record.party) })),
    links: network.links().map((link) => linkEntry(link, ledger, channel.book.partyOf(link.peer))),
  };
}

function lanesView(ledger: Ledger, engine: GroupedState): NetworkView['lanes'] {
  const ordered = orderedPositions(ledger);
  const waiting = certifiedBatches(engine);
  return ledger.configuration.groups.map((_, group) => {
    const last = ordered.find((position) => position.group === group);
    return {
      ordered: last === undefined ? null : { localView: last.localView, sequence: last.sequence },
      waiting: waiting.filter(({ reference }) => reference.group === group).length,
    };
  });
}

/** Before the ledger is there: only what the transport knows. */
export function unconnectedView(network: Network): NetworkView {
  return {
    catchingUp: null,
    relay: network.relay(),
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
    links: network
      .links()
      .map(({ path, roundTripMs, bytesSent, bytesReceived }) => ({ name: 'not known yet', path, roundTripMs, bytesSent, bytesReceived })),
  };
}

/** A party's name as certified; a short form of the pseudonym for patients. */
export function nameOf(ledger: Ledger, party: PartyId): string {
  const name = partyOf(ledger, party)?.certificate.name ?? '';
  return name === '' ? `${party.slice(0, 8)}…` : name;
}

function bestLinks(links: readonly Link[], partyOfPeer: (peer: PeerId) => PartyId | null): Map<PartyId, Link> {
  const best = new Map<PartyId, Link>();
  for (const link of links) {
    const party = partyOfPeer(link.peer);
    if (party !== null && best.get(party)?.path !== 'direct') best.set(party, link);
  }
  return best;
}

function linkEntry(link: Link, ledger: Ledger, party: PartyId | null): NetworkView['links'][number] {
  const { path, roundTripMs, bytesSent, bytesReceived } = link;
  return { name: party === null ? 'stranger' : nameOf(ledger, party), path, roundTripMs, bytesSent, bytesReceived };
}

function observersOf(ledger: Ledger, projection: Projection, self: PartyId): NetworkView['observers'] {
  const seated = new Set(ledger.configuration.members.map((member) => member.party));
  return [...projection.parties.values()]
    .filter((row) => (row.role === 'clinic' || row.role === 'archive') && row.revoked === null && !seated.has(row.party))
    .map(({ party, name }) => ({ party, name, self: party === self }));
}

function stallOf(
  members: readonly MemberView[],
  { quorum, groups }: EpochConfiguration,
  waitingSinceMs: number | null,
  nowMs: number,
): NetworkView['stall'] {
  const voters = members.filter((member) => member.voting);
  // With groups nobody is linked to everybody: others say whom they hear.
  const heard = ({ lastHeardMs }: MemberView): boolean => groups.length > 0 && lastHeardMs !== null && nowMs - lastHeardMs <= AWAY_MS;
  const reachable = voters.filter((member) => member.self || member.link !== null || heard(member));
  if (voters.some((member) => member.self) && reachable.length < quorum) {
    const away = voters.filter((member) => !reachable.includes(member)).map((member) => member.name);
    const sinceMs = Math.min(nowMs, waitingSinceMs ?? nowMs);
    return { missing: `${quorum - reachable.length} more of these members must be reachable: ${away.join(', ')}`, sinceMs };
  }
  if (waitingSinceMs === null || nowMs - waitingSinceMs < STALL_MS) return null;
  return { missing: 'Entries wait to be agreed on; members are choosing another leader.', sinceMs: waitingSinceMs };
}
