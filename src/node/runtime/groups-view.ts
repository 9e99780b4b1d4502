// What the page shows of groups and seats: the grouping as the ledger holds it, its elections recomputed from the inputs beside
// it, and sentences that say why. Read from final state alone, never kept but for the configuration that it was read under.
import type { GroupMemberView, GroupView, GroupsView } from '../api.ts';
import { type PartyId, present } from '../base/index.ts';
import { type Configuration, type Ranked, type Reason, type Tie, MILLIONTHS, leadingGroup, rankings } from '../consensus/index.ts';
import { type GroupingEntry, groupingOf } from '../contracts/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { nameOf } from './network-view.ts';

const groupsBySelf = new WeakMap<Configuration, Map<PartyId, readonly GroupView[]>>();

/** Null where the voters agree without groups. */
export function groupsView(ledger: Ledger, self: PartyId): GroupsView | null {
  const grouping = groupingOf(ledger.state);
  if (grouping === null) return null;
  const { alphaMillionths, radius } = ledger.settings;
  const groups = remembered(ledger, grouping, self);
  const { seats } = ledger.consensus;
  const height = ledger.height + 1;
  const leading = leadingGroup(seats, height);
  return {
    formedMs: grouping.formedMs,
    seed: grouping.seed,
    alphaMillionths,
    betaMillionths: MILLIONTHS - alphaMillionths,
    radius,
    groups,
    leading,
    leadingWords: leadingWords(leading, height, groups.length),
  };
}

/** The same objects while neither epoch nor seats change. */
function remembered(ledger: Ledger, grouping: GroupingEntry, self: PartyId): readonly GroupView[] {
  const known = groupsBySelf.get(ledger.consensus)?.get(self);
  if (known !== undefined) return known;
  const parties = grouping.groups.map((group) => group.map(({ party }) => party));
  const ranked = rankings(parties, grouping.electors, ledger.settings.alphaMillionths);
  const groups = ranked.map((members, index): GroupView => {
    const seat = present(ledger.consensus.seats[index], 'the seat');
    return {
      members: members.map((entry, rank) => memberView(ledger, grouping, entry, { self, sits: rank === seat.rank })),
      failures: seat.failures,
      restUntilHeight: seat.restUntilHeight,
    };
  });
  const views = groupsBySelf.get(ledger.consensus) ?? new Map<PartyId, readonly GroupView[]>();
  groupsBySelf.set(ledger.consensus, views.set(self, groups));
  return groups;
}

function memberView(
  ledger: Ledger,
  { groups, electors }: GroupingEntry,
  ranked: Ranked,
  { self, sits }: { readonly self: PartyId; readonly sits: boolean },
): GroupMemberView {
  const { party } = ranked;
  const isIt = (other: { readonly party: PartyId }): boolean => other.party === party;
  const { place, rating } = present(electors.find(isIt), 'the elector');
  const { reason } = present(groups.flat().find(isIt), 'the member');
  const name = nameOf(ledger, party);
  return {
    party,
    name,
    self: party === self,
    sits,
    place,
    rating,
    grouped: reason,
    groupedWords: groupedWords(name, reason, (other) => nameOf(ledger, other)),
    ranked,
    rankedWords: rankedWords(name, ranked),
  };
}

function leadingWords(leading: number, height: number, groups: number): string {
  const turn = height % groups;
  const own = `Groups take turns: height ${height} belongs to group ${turn + 1} of ${groups}`;
  return turn === leading ? `${own}.` : `${own}, which rests after a height that needed another leader, so group ${leading + 1} leads.`;
}

function groupedWords(name: string, reason: Reason, called: (party: PartyId) => string): string {
  switch (reason.kind) {
    case 'centre':
      return `${name} was drawn as a centre.`;
    case 'radius':
      return `${name} is ${metresText(reason.distanceMetres)} from ${called(reason.centre)}, the centre: nearer than ${metresText(reason.radiusMetres)}, the mean of those who were left.`;
    case 'average':
      return `${name} was left over; this is the group with room that is nearest on average, ${metresText(reason.averageMetres)}${tieWords(reason.tie)}.`;
    case 'joined':
      return `${name} came later and joined the group that is nearest on average, ${metresText(reason.averageMetres)}${tieWords(reason.tie)}.`;
  }
}

function tieWords(tie: Tie): string {
  if (tie === 'none') return '';
  return tie === 'deviation' ? '; of two that are equally near, the one with the smaller deviation' : '; of equal ones, the first by id';
}

function rankedWords(name: string, ranked: Ranked): string {
  const { eligibility, distanceMillionths, rankMillionths } = ranked;
  const terms = `${percentText(distanceMillionths)} of the largest average distance in its group, ${percentText(rankMillionths)} of the way down the ratings`;
  const score = `${name} has ${terms}: the lowest score leads`;
  if (eligibility === 'barred') return `${name} was convicted by two of its own signatures: it ranks last and never leads.`;
  if (eligibility === 'replaced') return `${score}, but it lost the seat before, so the others come first.`;
  switch (ranked.aheadBy) {
    case 'deviation':
      return `${score}; the next has the same, and distances that differ more.`;
    case 'id':
      return `${score}; the next has the same, so the first by id comes first.`;
    case 'score':
    case 'eligibility':
    case null:
      return `${score}.`;
  }
}

function metresText(metres: number): string {
  return metres < 1_000 ? `${metres} m` : `${Math.round(metres / 100) / 10} km`;
}

function percentText(millionths: number): string {
  return `${Math.round((100 * millionths) / MILLIONTHS)} %`;
}
