// "Why does this clinic lead?" and "why are there no groups?" have answers in words, from what the node tells of the ledger.
import { describe, expect, it } from 'vitest';
import type { GroupMemberView, GroupView, GroupsView, NetworkView } from '../../node.ts';
import { memberCode, noGroupsWords, placeText, ratingText, scoreText, seatReasons, shareText } from './group-reasons.ts';
import { seatWords } from './group-words.ts';
import { proofIn } from './proof.ts';

function network(engine: string | null, voters: number, suspended = 0): Pick<NetworkView, 'settings' | 'members'> {
  const members = Array.from({ length: voters + suspended }, (_, index) => ({ voting: index < voters }));
  return { settings: engine === null ? null : { engine }, members } as unknown as NetworkView;
}

function group(seat: number, change: Partial<GroupView> = {}): GroupView {
  const members = ['Ahorn', 'Birke', 'Buche', 'Eiche'].map((name, rank) => ({
    name,
    party: name,
    sits: rank === seat,
    rankedWords: `${name} has a score.`,
  }));
  return { members: members as unknown as readonly GroupMemberView[], failures: 0, restUntilHeight: 0, ...change };
}

function view(leading: number, ...groups: readonly GroupView[]): GroupsView {
  return { groups, leading, leadingWords: 'It is its turn.' } as unknown as GroupsView;
}

describe('without groups the page says why', () => {
  it('names the engine, whatever the number of voters', () => {
    expect(noGroupsWords(network('pbft', 20)).words).toMatch(/founded with the engine pbft/u);
  });

  it('counts those who vote now against the eight that groups need', () => {
    expect(noGroupsWords(network('grouped', 7, 4)).words).toBe(
      'Groups begin with 8 voters; there are 7. Until then all of them agree as one.',
    );
    expect(noGroupsWords(network('grouped', 1)).words).toMatch(/there is 1\./u);
    expect(noGroupsWords(network('grouped', 8)).title).toBe('No groups yet');
  });

  it('claims nothing before the ledger is there', () => {
    expect(noGroupsWords(network(null, 0)).title).toBe('Not known yet');
  });
});

describe('why this clinic leads', () => {
  it('the turn, the rank and the score, in this order', () => {
    expect(seatReasons(view(0, group(0)), 0, 9)).toEqual([
      'It is its turn.',
      'Ahorn is first in rank, so the seat is its own.',
      'Ahorn has a score.',
    ]);
  });

  it('a seat that came down names everybody who had it before (R7)', () => {
    expect(seatReasons(view(0, group(2)), 0, 9)[1]).toMatch(/^The seat came down to Buche: .*, and Ahorn, Birke had it before\.$/u);
  });

  it('a group that rests says until when and after what (R7)', () => {
    const resting = group(0, { failures: 2, restUntilHeight: 14 });
    expect(seatReasons(view(0, group(0), resting), 1, 9)[0]).toBe(
      'Group 2 leads no height before 14: it led 2 heights in a row that needed another leader.',
    );
    expect(seatReasons(view(0, group(0), resting), 1, 13)[0]).toBe('Group 2 leads when its turn comes.');
    expect(seatWords(resting, 9)).toMatch(/^rests until height 14/u);
    expect(seatWords(resting, 13)).toBe('leads in its turn');
  });

  it('a group that does not exist has no reasons', () => {
    expect(seatReasons(view(0, group(0)), 3, 9)).toEqual([]);
  });
});

describe('figures', () => {
  it('say that nothing is attested instead of showing a nought', () => {
    expect([placeText(null), ratingText(null)]).toEqual(['Not attested', 'Not attested']);
    expect(placeText({ xMetres: 0, yMetres: 12_345 })).toBe('0 m east, 12.3 km north');
    expect(ratingText(0)).toBe('0 of 1,000,000');
  });

  it('shares and scores are parts of a hundred', () => {
    expect([shareText(375_000), shareText(1_000_000)]).toEqual(['37.5 %', '100 %']);
    expect([scoreText(0), scoreText(433_333_000_000), scoreText(10 ** 12)]).toEqual(['0.00', '43.33', '100.00']);
  });

  it('codes count from one', () => {
    expect(memberCode(0, 0)).toBe('1.1');
  });
});

describe('the proof against a convicted member', () => {
  const slip = (culprit: string, outcome: string, kind = 'accuse') => ({
    kind,
    outcome,
    fields: [['culprit', culprit]],
    id: culprit + outcome,
  });
  const block = (...slipList: readonly unknown[]) => ({ slipList }) as unknown as Parameters<typeof proofIn>[0];

  it('is the accusation of this party that took effect (R15)', () => {
    const found = proofIn(block(slip('b', 'done'), slip('a', 'already-marked'), slip('a', 'done'), slip('a', 'done', 'revoke')), 'a');
    expect(found?.id).toBe('adone');
    expect(proofIn(block(slip('b', 'done')), 'a')).toBeNull();
  });
});
