// What the page is told about groups: "why does this clinic lead" has an answer, from the ledger alone (P0-24, T3).
import { describe, expect, test } from 'vitest';
import { leaderOf } from '../consensus/index.ts';
import { Consortium, people } from '../ledger/consortium.ts';
import { toConsensusConfiguration } from '../ledger/index.ts';
import { groupsView } from './groups-view.ts';

const clinics = people('clinic', 17);

function consortium(): Consortium {
  const attested = clinics.slice(0, 15).map(({ party }, index) => ({
    kind: 'attest' as const,
    party,
    place: { xMetres: 10_000 * index, yMetres: 300 * index },
    rating: 500_000 + index,
  }));
  const seated = clinics.slice(0, 16);
  return new Consortium({ clinics: seated, others: clinics.slice(16), attested, settings: { engine: 'grouped', archiveQuorum: false } });
}

describe('groups on the page', () => {
  const on = consortium();
  const self = clinics[3]!.party;
  const view = groupsView(on.ledger, self)!;
  const members = view.groups.flatMap((group) => group.members);

  test('every voter is shown once, with where it is, how it is rated and both reasons', () => {
    expect(members.map(({ party }) => party).toSorted()).toEqual(on.voters());
    expect(members.filter((member) => member.self).map(({ party }) => party)).toEqual([self]);
    for (const { name, groupedWords, rankedWords } of members) {
      expect(groupedWords).toMatch(new RegExp(`^${name} .*[.]$`, 'u'));
      expect(rankedWords).toMatch(new RegExp(`^${name} .*lowest score leads.*[.]$`, 'u'));
    }
    expect(members.find(({ party }) => party === clinics[15]!.party)).toMatchObject({ place: null, rating: null });
    expect(members.find(({ party }) => party === clinics[4]!.party)).toMatchObject({ place: { xMetres: 40_000 }, rating: 500_004 });
  });

  test('who sits in the seat of the group whose turn it is, leads', () => {
    const leading = view.groups[view.leading]!;
    expect(leading.members.filter((member) => member.sits).map(({ party }) => party)).toEqual([
      leaderOf(toConsensusConfiguration(on.ledger), on.ledger.height + 1, 0),
    ]);
    expect(view.leadingWords).toBe('Groups take turns: height 1 belongs to group 2 of 4.');
    const scores = leading.members.map(({ ranked }) => ranked.electionScore);
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });

  test('distances and ties are said in words', () => {
    const words = members.map((member) => member.groupedWords).join('\n');
    expect(words.match(/was drawn as a centre/gu)).toHaveLength(4);
    expect(words).toMatch(/is \d+(?:\.\d)? km from clinic \d+, the centre: nearer than/u);
  });
});

test('rows stay the same objects while neither epoch nor seats change; a lost seat is told', () => {
  const on = consortium();
  const self = clinics[0]!.party;
  const before = groupsView(on.ledger, self)!;
  on.final([], { view: 1 });
  expect(groupsView(on.ledger, self)!.groups).toBe(before.groups);
  on.final();
  const after = groupsView(on.ledger, self)!;
  expect(after.groups[1]).toMatchObject({ failures: 1, restUntilHeight: 6 });
  expect(after.groups[1]!.members.map((member) => member.sits)).toEqual([false, true, false, false]);
  for (let height = 3; height < 5; height += 1) on.final();
  expect(groupsView(on.ledger, self)).toMatchObject({
    leading: 2,
    leadingWords:
      'Groups take turns: height 5 belongs to group 2 of 4, which rests after a height that needed another leader, so group 3 leads.',
  });
});

test('a flat channel has no groups', () => {
  expect(
    groupsView(new Consortium({ clinics: clinics.slice(0, 8), settings: { archiveQuorum: false } }).ledger, clinics[0]!.party),
  ).toBeNull();
});
