// Who is a member and who votes (R0, R13, R17): how waiting changes turn one epoch's roster into the next. F comes from the
// members and changes only when somebody joins or leaves; attendance changes the voters alone. Every step keeps what R17
// demands of it, or waits.
import { MAX_MEMBERS, MAX_VOTERS, type PartyId } from '../base/index.ts';
import { quorum, toleratedFaults } from '../consensus/index.ts';
import { equalBytes } from '../codec/index.ts';
import { type Asks, type Member, type PartyEntry, type Roster, ONLY, asksTable, foundedTable, partyTable, rosterTable } from './entries.ts';
import type { ChannelSettings } from './slip.ts';
import type { State } from './state.ts';

/** For this long a seat slip says "ready" for its member (R13); one that could not be honoured lapses then. */
export const READY_LIFETIME_MS = 120_000;

export interface Tally {
  readonly members: number;
  /** v. */
  readonly voters: number;
  /** F. */
  readonly tolerated: number;
  /** Q. */
  readonly quorum: number;
  readonly archiveVoters: number;
}

/** Where the next block stands. */
export interface Moment {
  readonly height: number;
  /** Block time. */
  readonly timestampMs: number;
}

export const noAsks: Asks = { seats: [], departures: [], reelect: false };

/** R0. Without voters the quorum is out of reach. */
export function tally(members: readonly Member[]): Tally {
  const voting = members.filter((member) => member.voting);
  const tolerated = members.length === 0 ? 0 : toleratedFaults(members.length);
  return {
    members: members.length,
    voters: voting.length,
    tolerated,
    quorum: voting.length === 0 ? 1 : quorum(voting.length, tolerated),
    archiveVoters: voting.filter((member) => member.kind === 'archive').length,
  };
}

/** Whether the party's certificate holds at this time. */
export function isLive(entry: PartyEntry, timestampMs: number): boolean {
  const { notBeforeMs, notAfterMs } = entry.certificate;
  return entry.revoked === null && notBeforeMs <= timestampMs && timestampMs < notAfterMs;
}

/** P0-26: a rating that excludes from the channel's members. Who is not rated is not excluded. */
export function isRatedBelow(state: State, rating: number | null): boolean {
  const threshold = foundedTable.get(state, ONLY)?.settings.ratingThreshold ?? 0;
  return rating !== null && rating < threshold;
}

export interface Plan {
  readonly members: readonly Member[];
  /** What could not be honoured and waits on. */
  readonly asks: Asks;
  /** Whether the next epoch differs from this one. */
  readonly changed: boolean;
}

/** The roster that the waiting changes would give at `at`, one by one, each only where the result still works. */
export function planRoster(state: State, roster: Roster, asks: Asks, at: Moment): Plan {
  const settings = foundedTable.get(state, ONLY)?.settings;
  if (settings === undefined) return { members: roster.members, asks, changed: false };
  const planner = new Planner(state, roster, settings, at);
  const departures = asks.departures.filter((departure) => !planner.depart(departure.party, departure.cause));
  if (at.timestampMs >= roster.nextExpiryMs) planner.expire();
  const seats = asks.seats.filter((ask) => !planner.seat(ask));
  const members = planner.members;
  return { members, asks: { ...asks, seats, departures }, changed: !sameVote(members, roster.members) };
}

type Departure = Asks['departures'][number]['cause'] | 'expired';

/** Applies changes in turn. Nothing of it outlives one plan. */
class Planner {
  members: readonly Member[];
  private readonly state: State;
  private readonly roster: Roster;
  private readonly settings: ChannelSettings;
  private readonly at: Moment;

  constructor(state: State, roster: Roster, settings: ChannelSettings, at: Moment) {
    this.members = roster.members;
    this.state = state;
    this.roster = roster;
    this.settings = settings;
    this.at = at;
  }

  /** Whether the departure is settled. A clinic's goodbye frees its seat; an archive member only stops voting. */
  depart(party: PartyId, cause: Departure): boolean {
    const member = this.members.find((candidate) => candidate.party === party);
    if (member === undefined) return true;
    const forGood = cause !== 'leave' && cause !== 'silent';
    const frees = forGood || (member.kind === 'clinic' && (cause === 'leave' || this.settings.archiveQuorum));
    if (!frees && !member.voting) return true;
    const next = this.withArchiveQuorum(frees ? this.members.filter((other) => other !== member) : this.suspended(member));
    const { voters, quorum: needed } = tally(next);
    // While anybody sleeps, a voter must be to spare (R17). Where nobody does, or a right has ended, it is enough that the rest can go on.
    const spare = !forGood && next.some((other) => !other.voting) ? 1 : 0;
    if (voters - needed < spare) return false;
    this.members = next;
    return true;
  }

  /** Members whose certificate has ended. */
  expire(): void {
    for (const { party } of this.members) {
      const entry = partyTable.get(this.state, party);
      if (entry === null || !isLive(entry, this.at.timestampMs)) this.depart(party, 'expired');
    }
  }

  /** Whether the wish is settled: honoured, or of no use any more. */
  seat({ party, readyMs }: Asks['seats'][number]): boolean {
    const entry = partyTable.get(this.state, party);
    if (this.at.timestampMs - readyMs > READY_LIFETIME_MS || entry === null || !isLive(entry, this.at.timestampMs)) return true;
    const { memberKey, role } = entry.certificate;
    if (isRatedBelow(this.state, entry.rating)) return true;
    if (memberKey === null || (role !== 'archive' && role !== 'clinic')) return true;
    const before = this.members.find((member) => member.party === party);
    const sinceEpoch = before?.voting === true ? before.sinceEpoch : this.roster.epoch + 1;
    const member: Member = { party, memberKey, kind: role, voting: true, sinceEpoch, readyMs };
    const next = [...this.members.filter((other) => other !== before), member].sort(byParty);
    if (!this.fits(next, member)) return false;
    this.members = next;
    return true;
  }

  private suspended(member: Member): readonly Member[] {
    return this.members.map((other) => (other === member ? { ...member, voting: false, sinceEpoch: this.roster.epoch + 1 } : other));
  }

  /** R17: where the channel wants it, archive members alone must reach Q; the clinics that came last make room. */
  private withArchiveQuorum(members: readonly Member[]): readonly Member[] {
    if (!this.settings.archiveQuorum) return members;
    const { archiveVoters, quorum: needed } = tally(members);
    const [last] = members.filter((member) => member.kind === 'clinic').sort(latestFirst);
    return archiveVoters >= needed || last === undefined ? members : this.withArchiveQuorum(members.filter((member) => member !== last));
  }

  private fits(next: readonly Member[], newcomer: Member): boolean {
    const { members, voters, quorum: needed, archiveVoters } = tally(next);
    if (members > MAX_MEMBERS || voters > MAX_VOTERS || voters < needed) return false;
    return newcomer.kind === 'archive' || !this.settings.archiveQuorum || archiveVoters >= needed;
  }
}

/** Whether two rosters make the same configuration. */
function sameVote(a: readonly Member[], b: readonly Member[]): boolean {
  return (
    a.length === b.length &&
    a.every((member, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        member.party === other.party &&
        member.voting === other.voting &&
        equalBytes(member.memberKey, other.memberKey)
      );
    })
  );
}

function byParty(a: Member, b: Member): number {
  return a.party < b.party ? -1 : 1;
}

function latestFirst(a: Member, b: Member): number {
  return b.sinceEpoch - a.sinceEpoch || b.readyMs - a.readyMs || byParty(b, a);
}

/** What the state says about the epoch; only the founding block begins without. */
export function rosterOf(state: State): Roster {
  return rosterTable.get(state, ONLY) ?? { epoch: 0, sinceHeight: 0, sinceMs: 0, members: [], nextExpiryMs: 0 };
}

export function asksOf(state: State): Asks {
  return asksTable.get(state, ONLY) ?? noAsks;
}
