// The picture of groups: everybody with a place is on it once, apart from the others, and marks follow the groups.
import { describe, expect, it } from 'vitest';
import type { GroupMemberView, GroupView } from '../../node.ts';
import { MAP_WIDTH, type MapDot, groupMap } from './group-map.ts';

type Site = GroupMemberView['place'];

function group(index: number, places: readonly Site[], change: Partial<GroupView> = {}): GroupView {
  const members = places.map((place, rank) => ({
    party: `${index}/${rank}`,
    name: `m${index}${rank}`,
    place,
    self: false,
    sits: rank === 0,
  }));
  return { members: members as unknown as readonly GroupMemberView[], failures: 0, restUntilHeight: 0, ...change };
}

const at = (xMetres: number, yMetres: number): Site => ({ xMetres, yMetres });
const two = [group(0, [at(0, 0), at(9_000, 0)]), group(1, [at(40_000, 20_000), at(36_000, 24_000), null], { restUntilHeight: 11 })];

function nearest(dots: readonly MapDot[]): number {
  return Math.min(...dots.flatMap((one, index) => dots.slice(index + 1).map((other) => Math.hypot(one.x - other.x, one.y - other.y))));
}

describe('the map of groups', () => {
  const map = groupMap(two);
  const dot = (party: string): MapDot => map.dots.find((known) => known.party === party)!;

  it('shows who has a place and names who has none', () => {
    expect(map.dots.map(({ code }) => code)).toEqual(['1.1', '1.2', '2.1', '2.2']);
    expect(map.unplaced).toEqual(['m12']);
  });

  it('north is up and east is right', () => {
    expect(dot('1/0').x).toBeGreaterThan(dot('1/1').x);
    expect(dot('1/0').y).toBeGreaterThan(dot('1/1').y);
  });

  it('joins each member to the seat of its group, and knows how long the group rests', () => {
    expect(dot('0/1').seat).toEqual({ x: dot('0/0').x, y: dot('0/0').y });
    expect(map.dots.filter(({ sits }) => sits).map(({ party }) => party)).toEqual(['0/0', '1/0']);
    expect(map.dots.map(({ group, restUntilHeight }) => [group, restUntilHeight])).toEqual([
      [0, 0],
      [0, 0],
      [1, 11],
      [1, 11],
    ]);
  });

  it('has a round length for the eye, no longer than a quarter', () => {
    expect(map.scale?.text).toBe('10 km');
    expect(map.scale!.width).toBeLessThanOrEqual(MAP_WIDTH / 4);
  });
});

describe('dots that would cover each other', () => {
  it('are moved apart, inside the box, the same each time', () => {
    const crowd = [0, 1, 2, 3].map((index) => group(index, [at(500, 500), at(500, 500), at(501, 500), at(90_000, 70_000)]));
    const map = groupMap(crowd);
    expect(nearest(map.dots)).toBeGreaterThan(2 * map.radius);
    for (const { x, y } of map.dots) {
      expect(x).toBeGreaterThan(map.radius);
      expect(x).toBeLessThan(MAP_WIDTH - map.radius);
      expect(y).toBeGreaterThan(map.radius);
      expect(y).toBeLessThan(map.height - map.radius);
    }
    expect(groupMap(crowd)).toEqual(map);
  });

  it('of two hundred members are small and without codes', () => {
    const many = Array.from({ length: 20 }, (_, index) =>
      group(
        index,
        Array.from({ length: 10 }, (__, rank) => at(7_000 * index + 900 * rank, 5_000 * ((index * 7) % 20) + 800 * rank)),
      ),
    );
    const map = groupMap(many);
    expect(map.dots).toHaveLength(200);
    expect(map.dots.every(({ code }) => code === '')).toBe(true);
  });
});

it('one place, or none, is a map without a scale', () => {
  expect(groupMap([group(0, [at(5, 5), null])]).scale).toBeNull();
  expect(groupMap([group(0, [null, null])])).toMatchObject({ dots: [], unplaced: ['m00', 'm01'] });
});

it('a seat holder without a place leaves its group without lines', () => {
  expect(groupMap([group(0, [null, at(5, 5)])]).dots[0]?.seat).toBeNull();
});
