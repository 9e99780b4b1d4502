// Who votes in which epoch and who stands in which group. Groups are neighbours: members are numbered by region, and a group is a
// run of them, which is what the Distance algorithm makes of places like these (P0-12).
import type { ChannelId, Digest, PartyId } from '../../src/node/base/index.ts';
import { type Configuration, initialSeats, quorum, roleCounts, seatCounts, toleratedFaults } from '../../src/node/consensus/index.ts';
import { digestOfBytes } from './block.ts';
import { ENGINES, type EngineName, MIN_GROUPED } from './engines.ts';
import type { Random } from './random.ts';

/** One epoch: who is a member (F comes from them), who of them votes, and how voters are grouped. */
export interface EpochPlan {
  /** Members that F is counted from: those in the configuration, voting or not; with `dpos` and `dmdl` those who have a seat. */
  readonly members: number;
  /** Indexes, ascending. */
  readonly voters: readonly number[];
  /** Auditors with `dpos`, committers with `dmdl`: in the order of their turns. */
  readonly observers?: readonly number[];
  /** Whether voters lead in the order of their indexes. */
  readonly ranked?: boolean;
  /** Voters that are convicted (P0-27). */
  readonly barred?: readonly number[];
  /** Sizes of the groups in the order of the voters; empty for none. */
  readonly sizes: readonly number[];
}

export const PLACES = ['random', 'primaries', 'group'] as const;
/** Where the faulty members sit. */
export type FaultPlace = (typeof PLACES)[number];

/** As even as they can be, the larger ones first; none where there are too few voters, or where the engine knows no groups. */
export function sizesOf(engine: EngineName, voters: number, groups: number): readonly number[] {
  if (!ENGINES[engine].grouped || voters < MIN_GROUPED || groups === 0) return [];
  return Array.from({ length: groups }, (_, group) => Math.floor(voters / groups) + (group < voters % groups ? 1 : 0));
}

/** Groups for so many voters where nobody says otherwise: of four and more, near the square root (P0-13, T25). */
export function usualGroups(voters: number): number {
  return Math.max(2, Math.min(Math.floor(voters / 4), Math.round(Math.sqrt(voters))));
}

/** All members vote, from epoch 1 on. */
export function everybody(members: number, sizes: readonly number[]): EpochPlan {
  return { members, voters: Array.from({ length: members }, (_, index) => index), sizes };
}

/** The first epoch of an engine: who has a seat where not everybody votes (P3-20, P1-09). */
export function firstEpoch(engine: EngineName, members: number, sizes: readonly number[]): EpochPlan {
  if (engine !== 'dpos' && engine !== 'dmdl') return everybody(members, sizes);
  const seats = engine === 'dpos' ? seatCounts(members) : { producers: roleCounts(members).orderers, auditors: members };
  const all = everybody(members, []).voters;
  const voters = all.slice(0, seats.producers);
  const observers = all.slice(seats.producers, seats.producers + seats.auditors);
  return { members: voters.length, voters, sizes: [], observers, ranked: engine === 'dmdl' };
}

export function partyOf(member: number): PartyId {
  return member.toString(16).padStart(32, '0') as PartyId;
}

export interface LayoutInit {
  readonly seed: number;
  readonly baseTimeoutMs: number;
  readonly publicKey: (member: number) => Uint8Array;
}

export function configurationsOf(epochs: readonly EpochPlan[], init: LayoutInit): readonly Configuration[] {
  return epochs.map((plan, index) => {
    const tolerated = toleratedFaults(plan.members);
    const groups = groupsOf(plan).map((group) => group.map(partyOf));
    return {
      channel: 'c0'.repeat(32) as ChannelId,
      epoch: index + 1,
      digest: digestOfBytes(new Uint8Array(Buffer.from(`configuration ${init.seed} ${index}`))) satisfies Digest,
      voters: plan.voters.map((member) => ({ party: partyOf(member), memberKey: init.publicKey(member) })),
      tolerated,
      quorum: quorum(plan.voters.length, tolerated),
      baseTimeoutMs: init.baseTimeoutMs,
      groups,
      seats: initialSeats(groups),
      ...(plan.barred === undefined ? {} : { barred: plan.barred.map(partyOf) }),
      ...(plan.ranked === true ? { order: plan.voters.map(partyOf) } : {}),
      ...(plan.observers === undefined
        ? {}
        : { observers: plan.observers.map((member) => ({ party: partyOf(member), memberKey: init.publicKey(member) })) }),
    };
  });
}

/** Members' indexes by group, in rank order. */
export function groupsOf({ voters, sizes }: EpochPlan): readonly (readonly number[])[] {
  let next = 0;
  return sizes.map((size) => {
    next += size;
    return voters.slice(next - size, next);
  });
}

/** Which members are faulty: anywhere; those with the first seats, then the next in rank; or whole groups, one after another. */
export function placesOf(place: FaultPlace, count: number, plan: EpochPlan, random: Random): readonly number[] {
  const groups = groupsOf(plan);
  if (place === 'random' || groups.length === 0) return random.shuffled(plan.voters).slice(0, count);
  if (place === 'group') return groups.flat().slice(0, count);
  const deepest = Math.max(...groups.map((group) => group.length));
  const byRank = Array.from({ length: deepest }, (_, rank) => groups.flatMap((group) => group.slice(rank, rank + 1))).flat();
  return byRank.slice(0, count);
}
