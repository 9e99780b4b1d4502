// Who is grouped with whom (P0-12 to P0-21): properties of every grouping, and fixed results that every JavaScript engine must find.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Digest, PartyId } from '../../base/index.ts';
import { permutation } from '../roster.ts';
import { digestNamed, party } from '../transcript.ts';
import { type GroupingInput, formGroups, nearestGroup } from './distance-algorithm.ts';
import {
  MAX_PLACE_METRES,
  type Placed,
  averageMetres,
  compareDeviations,
  deviationMetres,
  distanceMetres,
  placed,
  spreadOf,
  squareRoot,
} from './exact.ts';
import { groupSizes } from './group-sizes.ts';

function at(index: number, xMetres: number, yMetres: number): Placed {
  return { party: party(index), xMetres, yMetres };
}

const seedArbitrary = fc.array(fc.nat({ max: 255 }), { minLength: 32, maxLength: 32 }).map((bytes) => digestOf(bytes));
/** Few distinct coordinates make ties, many make none. */
const members = fc.oneof(...[3, 100_000, MAX_PLACE_METRES].map((max) => membersWithin(max)));
const inputs: fc.Arbitrary<GroupingInput> = fc.record({
  members,
  seed: seedArbitrary,
  groupCount: fc.option(fc.nat({ max: 60 }), { nil: null }),
  radius: fc.constantFrom('pseudo-code', 'formula-1'),
});

function membersWithin(max: number): fc.Arbitrary<Placed[]> {
  const place = fc.tuple(fc.nat({ max }), fc.nat({ max }));
  return fc
    .oneof(fc.array(place, { minLength: 1, maxLength: 12 }), fc.array(place, { minLength: 12, maxLength: 70 }))
    .map((places) => places.map(([x, y], index) => at(index, x, y)));
}

function digestOf(bytes: readonly number[]): Digest {
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('') as Digest;
}

function parties(groups: ReturnType<typeof formGroups>): readonly (readonly PartyId[])[] {
  return groups.map((group) => group.map((member) => member.party));
}

describe('sizes are planned first (T25)', () => {
  test('the layouts of docs/protocol.md', () => {
    const layout = (members: number): string => {
      const sizes = groupSizes(members, null);
      return `${sizes.length} x ${[...new Set(sizes)].join('|')}`;
    };
    expect([8, 16, 28, 30, 64, 100, 120, 200].map(layout)).toEqual([
      '2 x 4',
      '4 x 4',
      '4 x 7',
      '4 x 8|7',
      '8 x 8',
      '10 x 10',
      '12 x 10',
      '20 x 10',
    ]);
  });

  test('fewer than eight make no groups; otherwise everybody has a place, and no group is below four (P0-20)', () => {
    for (let count = 0; count <= 200; count += 1) {
      for (const groupCount of [null, 0, 1, 2, 3, 7, 50, 1000]) {
        const sizes = groupSizes(count, groupCount);
        if (count < 8) expect(sizes).toEqual([]);
        else
          expect([sizes.reduce((sum, size) => sum + size, 0), sizes.every((size) => size >= 4), sizes.length >= 2]).toEqual([
            count,
            true,
            true,
          ]);
      }
    }
  });

  test('a wished number of groups is taken where it can be', () => {
    expect([groupSizes(17, 4), groupSizes(17, 9), groupSizes(17, 1)]).toEqual([
      [5, 4, 4, 4],
      [5, 4, 4, 4],
      [9, 8],
    ]);
  });
});

describe('the Distance algorithm', () => {
  test('partitions its members into groups of the planned sizes (P0-12)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const groups = parties(formGroups(input));
        expect(groups.map((group) => group.length)).toEqual(groupSizes(input.members.length, input.groupCount));
        if (groups.length > 0) expect(groups.flat().toSorted()).toEqual(input.members.map((member) => member.party));
      }),
    );
  });

  test('gives the same groups in whatever order its members are listed (T1)', () => {
    fc.assert(
      fc.property(inputs, seedArbitrary, (input, shuffle) => {
        const shuffled = permutation(input.members.length, shuffle).map((index) => input.members[index]!);
        expect(formGroups({ ...input, members: shuffled })).toEqual(formGroups(input));
      }),
    );
  });

  test('another seed gives other centres; a wished definition of R another radius (T2)', () => {
    const line = Array.from({ length: 16 }, (_, index) => at(index, index * index * 1_000, 0));
    const input: GroupingInput = { members: line, seed: digestNamed('a'), groupCount: null, radius: 'pseudo-code' };
    expect(formGroups({ ...input, seed: digestNamed('b') })).not.toEqual(formGroups(input));
    const radii = (['pseudo-code', 'formula-1'] as const).map((radius) => {
      const reason = formGroups({ ...input, radius })[0]![1]!.reason;
      return reason.kind === 'radius' ? reason.radiusMetres : null;
    });
    // The same sum over 15 others and over all 16.
    expect(radii[0]! * 15).toBeGreaterThan(radii[1]! * 15);
    expect(Math.abs(radii[0]! * 15 - radii[1]! * 16)).toBeLessThan(16);
  });

  test('each centre comes first, and those within R lie nearer to it than the mean (P0-14, P0-17)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const place = (id: PartyId): Placed => input.members.find((member) => member.party === id)!;
        for (const group of formGroups(input)) {
          const centre = group[0]!;
          expect(centre.reason.kind).toBe('centre');
          for (const { party: id, reason } of group.slice(1)) {
            if (reason.kind !== 'radius') continue;
            expect(reason.centre).toBe(centre.party);
            expect(reason.distanceMetres).toBe(distanceMetres(place(id), place(centre.party)));
            expect(reason.distanceMetres).toBeLessThanOrEqual(reason.radiusMetres);
          }
        }
      }),
    );
  });

  test('whoever remains joins the group with room that is nearest on average, ties by deviation, then by id (P0-18, P0-19)', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const groups = formGroups(input);
        const place = (id: PartyId): Placed => input.members.find((member) => member.party === id)!;
        const filling = groups.map((group) => group.filter(({ reason }) => reason.kind !== 'average').map((member) => place(member.party)));
        for (const index of permutation(input.members.length, input.seed)) {
          const node = input.members[index]!;
          const own = groups.findIndex((group) => group.some((member) => member.party === node.party));
          const reason = groups[own]?.find((member) => member.party === node.party)?.reason;
          if (reason?.kind !== 'average') continue;
          const choices = filling
            .map((group, i) => ({
              i,
              room: group.length < groups[i]!.length,
              average: mean(node, group),
              spread: spreadOf(node, group),
              group,
            }))
            .filter(({ room }) => room);
          const mine = choices.find(({ i }) => i === own)!;
          for (const other of choices) {
            const nearer = mine.average[0] * other.average[1] - other.average[0] * mine.average[1];
            expect(nearer <= 0n).toBe(true);
            if (nearer === 0n && other.i !== own) {
              expect(reason.tie).not.toBe('none');
              expect(compareDeviations(mine.spread, other.spread)).toBeLessThanOrEqual(0);
            }
          }
          expect(reason.averageMetres).toBe(averageMetres(mine.spread));
          filling[own] = [...filling[own]!, node];
        }
      }),
    );
  });

  test('a tie on the average goes to the smaller deviation, a tie on both to the lower id (P0-19)', () => {
    const node = at(99, 10, 0);
    const spreadOut = { members: [at(5, 10, 0), at(6, 30, 0)].map(joined), size: 9 };
    const even = { members: [at(7, 0, 0), at(8, 20, 0)].map(joined), size: 9 };
    expect(nearestGroup([spreadOut, even], node)).toMatchObject({ index: 1, tie: 'deviation' });
    expect(nearestGroup([even, { ...even, members: [at(3, 0, 0), at(9, 20, 0)].map(joined) }], node)).toMatchObject({
      index: 1,
      tie: 'id',
    });
    expect(nearestGroup([even, { ...even, members: [at(3, 0, 0)].map(joined) }, { ...even, size: 2 }], at(99, 1, 0))).toMatchObject({
      index: 1,
      tie: 'none',
    });
  });

  test('who has no place stands at the centroid of the others; without any place all stand together', () => {
    const [first, , third] = placed([
      { party: party(1), place: { xMetres: 10, yMetres: 1 } },
      { party: party(2), place: { xMetres: 21, yMetres: 2 } },
      { party: party(3), place: null },
    ]);
    expect([first?.xMetres, third?.xMetres, third?.yMetres]).toEqual([10, 15, 1]);
    expect(placed([{ party: party(1), place: null }])[0]).toMatchObject({ xMetres: 0, yMetres: 0 });
  });
});

describe('the result does not depend on the engine (T1, T3)', () => {
  test('square roots are exact at every edge', () => {
    for (const root of [0, 1, 2, 3, 9, 10, 99_999, 56_568_542, 94_906_265]) {
      expect([squareRoot(root * root), root === 0 ? 0 : squareRoot(root * root - 1)]).toEqual([root, Math.max(root - 1, 0)]);
    }
    expect(distanceMetres({ xMetres: 0, yMetres: 0 }, { xMetres: MAX_PLACE_METRES, yMetres: MAX_PLACE_METRES })).toBe(56_568_542);
  });

  test('a deviation is exact where floating point would see a tie', () => {
    const node = at(0, 0, 0);
    const line = (...metres: readonly number[]): ReturnType<typeof spreadOf> =>
      spreadOf(
        node,
        metres.map((x, i) => at(i + 1, x, 0)),
      );
    const a = line(20_000_000, 30_000_000, 40_000_000);
    const b = line(20_000_000, 30_000_001, 40_000_000);
    expect([compareDeviations(a, b), compareDeviations(b, a), compareDeviations(a, a)]).toEqual([-1, 1, 0]);
    expect([deviationMetres(a), deviationMetres(b)]).toEqual([8_164_965, 8_164_965]);
  });

  test('a fixed seed gives these groups', () => {
    const line = Array.from({ length: 16 }, (_, index) => at(index, index * index * 1_000, (index % 5) * 700));
    const groups = formGroups({ members: line, seed: digestNamed('golden'), groupCount: null, radius: 'pseudo-code' });
    expect(parties(groups).map((group) => group.map((id) => Number.parseInt(id, 16)))).toEqual([
      [6, 5, 7, 4],
      [8, 9, 10, 3],
      [2, 1, 0, 11],
      [14, 13, 15, 12],
    ]);
  });

  test('no file here divides but whole numbers, takes roots, compares by locale, or walks over a Map', () => {
    const folder = import.meta.dirname;
    const sources = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
    const codes = sources.map((name) => readFileSync(path.join(folder, name), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*|'[^'\n]*'/gu, ''));
    expect(codes.length).toBeGreaterThan(4);
    const all = codes.join('\n');
    // One of a multiple of the divisor, one between BigInts.
    expect(all.match(/.* \/ .*/gu)).toEqual([
      '  return (dividend - (dividend % divisor)) / divisor;',
      '  return Number(dividend / divisor);',
    ]);
    expect(all).toContain('dividend: bigint, divisor: bigint');
    expect(all).not.toMatch(/\*\*|Math\.(?!min|max)|\d\.\d|parse(?:Float|Int)/u);
    expect(all).not.toMatch(/locale|Intl|\.keys\(\)|\.values\(\)|\.entries\(\)/iu);
  });
});

function joined(member: Placed): Placed & { reason: { kind: 'centre' } } {
  return { ...member, reason: { kind: 'centre' } };
}

/** Sum and count, for comparing without rounding. */
function mean(node: Placed, group: readonly Placed[]): readonly [bigint, bigint] {
  return [group.reduce((sum, other) => sum + BigInt(distanceMetres(node, other)), 0n), BigInt(group.length)];
}
