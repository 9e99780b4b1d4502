// The grouped engine: messages counted against the formulas, ways past bad carriers, lanes.
import { describe, expect, test } from 'vitest';
import { leadingGroup } from '../seats.ts';
import { Parish, groupedConfiguration } from './lockstep.ts';

const sizes = (members: number, groups: number) => new Array<number>(groups).fill(members / groups);

/** A member in the group that leads the first height, and one in another group. */
function seatsOf(parish: Parish): { readonly leader: number; readonly other: number } {
  const { groups, seats } = parish.configuration;
  const led = leadingGroup(seats, parish.firstHeight);
  const first = (group: number) => Number.parseInt(groups[group]?.[0] ?? '', 16);
  return { leader: first(led), other: first((led + 1) % groups.length) };
}

describe('one request without faults', () => {
  test.each([
    [16, 4, 102, 114],
    [28, 4, 195, 216],
    [64, 8, 462, 518],
    [100, 10, 738, 828],
    [200, 20, 1778, 1968],
  ])('%i members in %i groups: %i messages where the own group leads, %i where another does', (members, groups, own, other) => {
    for (const [at, expected] of [
      ['leader', own],
      ['other', other],
    ] as const) {
      const parish = new Parish(groupedConfiguration(sizes(members, groups)));
      parish.submit('a', seatsOf(parish)[at]);
      expect(parish.fellows.map((fellow) => fellow.finals.length)).toEqual(new Array(members).fill(1));
      expect(parish.sent).toHaveLength(expected);
    }
  });
});
