// Why somebody is in a group, sits in its seat or leads: what the page adds to the sentences of the node, in words and figures.
// Every term stands on the ledger; nothing here is decided, only told (P0-12 to P0-27).
import type { Attested, GroupMemberView, GroupView, GroupsView, NetworkView } from '../../node.ts';
import { countText } from '../../shared/index.ts';

/** Below it all voters agree as one (P0-12). */
const LEAST_GROUPED_VOTERS = 8;
const MOST_RATING = 1_000_000;
/** Of one term, of alpha and beta. */
const MILLIONTHS = 1_000_000;

export interface Absent {
  readonly title: string;
  readonly words: string;
}

/** Why there are no groups to show. */
export function noGroupsWords({ settings, members }: Pick<NetworkView, 'settings' | 'members'>): Absent {
  const voters = members.filter(({ voting }) => voting).length;
  if (settings === null) return { title: 'Not known yet', words: 'Groups are read from the ledger, once this node has it.' };
  if (settings.engine === 'pbft')
    return {
      title: 'This channel agrees without groups',
      words: 'It was founded with the engine pbft: every voter speaks with every other, and they lead by turns.',
    };
  if (voters < LEAST_GROUPED_VOTERS)
    return {
      title: 'Too few voters for groups',
      words: `Groups begin with ${LEAST_GROUPED_VOTERS} voters; there ${voters === 1 ? 'is' : 'are'} ${voters}. Until then all of them agree as one.`,
    };
  return { title: 'No groups yet', words: `The ${countText(voters, 'voter')} are grouped when the next epoch begins.` };
}

/** "2.1": the first in rank of the second group; the same in picture, list and table. */
export function memberCode(group: number, rank: number): string {
  return `${group + 1}.${rank + 1}`;
}

export function metresText(metres: number): string {
  return metres < 1_000 ? `${metres} m` : `${Math.round(metres / 100) / 10} km`;
}

export function placeText(place: Attested['place']): string {
  return place === null ? 'Not attested' : `${metresText(place.xMetres)} east, ${metresText(place.yMetres)} north`;
}

export function ratingText(rating: number | null): string {
  return rating === null ? 'Not attested' : `${rating.toLocaleString('en-GB')} of ${MOST_RATING.toLocaleString('en-GB')}`;
}

/** Part of the highest possible, from 0.00 to 100.00. */
export function scoreText(electionScore: number): string {
  return ((100 * electionScore) / (MILLIONTHS * MILLIONTHS)).toFixed(2);
}

/** 37.5 %, of millionths. */
export function shareText(millionths: number): string {
  return `${Math.round((1_000 * millionths) / MILLIONTHS) / 10} %`;
}

/** Who sits in the group's seat. */
export function seatHolder({ members }: GroupView): GroupMemberView | undefined {
  return members.find(({ sits }) => sits);
}

/** The answer to "why does this clinic lead", one reason after the other. `height` is the last final one. */
export function seatReasons({ groups, leading, leadingWords }: GroupsView, index: number, height: number): readonly string[] {
  const group = groups[index];
  const holder = group === undefined ? undefined : seatHolder(group);
  if (group === undefined || holder === undefined) return [];
  return [
    turnWords({ group, index, height }, leading === index ? leadingWords : null),
    rankWords(group.members, holder),
    holder.rankedWords,
  ];
}

function turnWords(
  { group, index, height }: { readonly group: GroupView; readonly index: number; readonly height: number },
  leads: string | null,
): string {
  if (leads !== null) return leads;
  if (group.restUntilHeight > height + 1)
    return `Group ${index + 1} leads no height before ${group.restUntilHeight}: it led ${countText(group.failures, 'height')} in a row that needed another leader.`;
  return `Group ${index + 1} leads when its turn comes.`;
}

function rankWords(members: readonly GroupMemberView[], holder: GroupMemberView): string {
  const above = members.slice(0, members.indexOf(holder)).map(({ name }) => name);
  if (above.length === 0) return `${holder.name} is first in rank, so the seat is its own.`;
  return `The seat came down to ${holder.name}: every height that needed another leader moves it one rank, and ${above.join(', ')} had it before.`;
}
