// From one epoch's groups to the next (P0-23, P0-39 to P0-42): all anew once the period T is over or sizes no longer work;
// before that those who left are taken out and newcomers join the nearest group. Seats are elected anew in every group either
// way. A function of final state: what a group did meanwhile counts only as far as the ledger says so.
import { type Digest, type PartyId, present } from '../../base/index.ts';
import { permutation } from '../roster.ts';
import { type Filling, type Grouped, type RadiusRule, formGroups, nearestGroup, siteOf } from './distance-algorithm.ts';
import { type Candidate, type Eligibility, type Ranked, type Rated, rank, ratingRanks } from './election.ts';
import { type Site, type Placed, averageMetres, byParty, placed } from './exact.ts';
import { MIN_GROUPED_VOTERS, MIN_GROUP_SIZE, groupSizes } from './group-sizes.ts';

/** A group that newcomers made larger than this, and than any that would be planned, is reason to regroup. */
export const MAX_GROWN_SIZE = 13;

export interface GroupingRules {
  readonly groupCount: number | null;
  readonly radius: RadiusRule;
  /** Weight of the distance in the score; beta is the rest of 1,000,000. */
  readonly alphaMillionths: number;
  /** T (P0-42): how long groups stay; 0: until the next epoch. */
  readonly epochLengthMs: number;
}

/** What grouping and election look at: one voter, as the ledger attests it. */
export interface Elector extends Rated {
  /** Null: grouped as if at the centroid of those whose place is known, elected as if the farthest. */
  readonly place: Site | null;
  readonly eligibility: Eligibility;
}

export interface Grouping {
  /** Since when, in block time. */
  readonly formedMs: number;
  /** In rank order. */
  readonly groups: readonly (readonly Grouped[])[];
}

export interface NextInput {
  readonly electors: readonly Elector[];
  /** Older than the block that begins the epoch (T1). */
  readonly seed: Digest;
  readonly atMs: number;
  readonly rules: GroupingRules;
}

/** The groups of the epoch that begins; none below eight voters. */
export function nextGroups(previous: Grouping | null, input: NextInput): Grouping {
  const { seed, atMs, rules } = input;
  const members = placed(byParty(input.electors));
  const moved = previous === null || isOver(previous, input) ? null : updated(previous, members, input);
  if (previous !== null && moved !== null) return { formedMs: previous.formedMs, groups: inRankOrder(moved, input) };
  return { formedMs: atMs, groups: inRankOrder(formGroups({ members, seed, ...rules }), input) };
}

/** P0-23: the period is over. */
export function isOver({ formedMs }: Grouping, { atMs, rules }: Pick<NextInput, 'atMs' | 'rules'>): boolean {
  return atMs - formedMs >= rules.epochLengthMs;
}

/** Every group's election, as anybody recomputes it from the ledger's inputs (T3). */
export function rankings(
  groups: readonly (readonly PartyId[])[],
  electors: readonly Elector[],
  alphaMillionths: number,
): readonly (readonly Ranked[])[] {
  const ranks = ratingRanks(electors);
  const candidates = new Map(
    placed(byParty(electors)).map((elector): [PartyId, Candidate] => [
      elector.party,
      {
        ...siteOf(elector),
        isPlaced: elector.place !== null,
        rankMillionths: present(ranks.get(elector.party), 'a rank'),
        eligibility: elector.eligibility,
      },
    ]),
  );
  const candidate = (party: PartyId): Candidate => present(candidates.get(party), 'an elector');
  return groups.map((group) => rank(group.map(candidate), alphaMillionths));
}

function inRankOrder(groups: readonly (readonly Grouped[])[], { electors, rules }: NextInput): Grouping['groups'] {
  const parties = groups.map((group) => group.map(({ party }) => party));
  return rankings(parties, electors, rules.alphaMillionths).map((ranked, index) => {
    const group = present(groups[index], 'the group');
    return ranked.map(({ party }) =>
      present(
        group.find((member) => member.party === party),
        'the member',
      ),
    );
  });
}

/** P0-40, P0-41: the old groups without those who left and with those who came, or null where that no longer works. */
function updated(previous: Grouping, members: readonly Placed[], { seed, rules }: NextInput): readonly (readonly Grouped[])[] | null {
  if (members.length < MIN_GROUPED_VOTERS || previous.groups.length === 0) return null;
  const largest = Math.max(MAX_GROWN_SIZE, ...groupSizes(members.length, rules.groupCount));
  const memberByParty = new Map(members.map((member) => [member.party, member]));
  let groups = previous.groups.map((group): Filling => {
    const stayed = group.flatMap(({ party, reason }) => {
      const member = memberByParty.get(party);
      return member === undefined ? [] : [{ ...siteOf(member), reason }];
    });
    return { members: stayed, size: Number.MAX_SAFE_INTEGER };
  });
  if (groups.some((group) => group.members.length === 0)) return null;
  const before = new Set(previous.groups.flat().map(({ party }) => party));
  for (const index of permutation(members.length, seed)) {
    const member = present(members[index], 'a member');
    if (!before.has(member.party)) groups = joined(groups, member);
  }
  const works = groups.every(({ members: { length } }) => length >= MIN_GROUP_SIZE && length <= largest);
  return works ? groups.map((group) => group.members.map(({ party, reason }) => ({ party, reason }))) : null;
}

function joined(groups: Filling[], newcomer: Placed): Filling[] {
  const { index, spread, tie } = nearestGroup(groups, newcomer);
  const group = present(groups[index], 'the nearest group');
  const reason = { kind: 'joined' as const, averageMetres: averageMetres(spread), tie };
  return groups.with(index, { ...group, members: [...group.members, { ...siteOf(newcomer), reason }] });
}
