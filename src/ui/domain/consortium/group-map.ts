// The picture of the groups: members where a supervision centre says that they are, a line from each to who sits in its group's
// seat. Plain geometry in a box of 340 units; dots that would cover each other are moved apart a little.
import { type GroupView } from '../../node.ts';
import { memberCode, metresText } from './group-reasons.ts';

export const MAP_WIDTH = 340;
const LEAST_HEIGHT = 180;
const MOST_HEIGHT = 300;
const MARGIN = 24;
const SPREADING_ROUNDS = 120;
/** Less than can be seen. */
const NUDGE = 0.5;
/** Turns that never meet. */
const GOLDEN_ANGLE = 2.4;
/** With more members the codes are left out; the list below the picture has them all. */
const MOST_CODES = 40;

export interface MapDot {
  readonly party: string;
  /** Index of its group. */
  readonly group: number;
  readonly code: string;
  readonly x: number;
  readonly y: number;
  readonly self: boolean;
  readonly sits: boolean;
  readonly restUntilHeight: number;
  /** Where its group's seat holder is drawn; null where that one has no place. */
  readonly seat: { readonly x: number; readonly y: number } | null;
}

export interface GroupMap {
  readonly height: number;
  readonly radius: number;
  readonly dots: readonly MapDot[];
  /** A length on the ground, for the eye. */
  readonly scale: { readonly text: string; readonly width: number } | null;
  /** Names of those who have no place. */
  readonly unplaced: readonly string[];
}

interface Spot {
  x: number;
  y: number;
}

/** Depends on groups and seats alone, which stay the same objects for many heights: whose turn it is belongs to the component. */
export function groupMap(groups: readonly GroupView[]): GroupMap {
  const all = groups.flatMap((group, index) => group.members.map((member, rank) => ({ member, group, index, rank })));
  const placed = all.flatMap((entry) => (entry.member.place === null ? [] : [{ ...entry, place: entry.member.place }]));
  const coded = all.length <= MOST_CODES;
  const radius = coded ? 12 : 5;
  const ground = fitted(placed.map(({ place }) => place));
  const spots = placed.map(({ place }) => ground.spot(place));
  spread(spots, 2 * radius + 2, ground.height);
  const seatSpots = groups.map((_, index) => spots[placed.findIndex((entry) => entry.index === index && entry.member.sits)] ?? null);
  const dots = placed.map(({ member, group, index, rank }, order): MapDot => {
    const { x, y } = spots[order] ?? { x: 0, y: 0 };
    return {
      party: member.party,
      group: index,
      code: coded ? memberCode(index, rank) : '',
      x,
      y,
      self: member.self,
      sits: member.sits,
      restUntilHeight: group.restUntilHeight,
      seat: seatSpots[index] ?? null,
    };
  });
  const unplaced = all.flatMap(({ member }) => (member.place === null ? [member.name] : []));
  return { height: ground.height, radius, dots, scale: ground.scale, unplaced };
}

type Site = NonNullable<GroupView['members'][number]['place']>;

interface Ground {
  readonly height: number;
  readonly scale: GroupMap['scale'];
  spot(site: Site): Spot;
}

/** North is up; both directions have one scale. */
function fitted(sites: readonly Site[]): Ground {
  const [west, east] = span(sites.map(({ xMetres }) => xMetres));
  const [south, north] = span(sites.map(({ yMetres }) => yMetres));
  const inner = MAP_WIDTH - 2 * MARGIN;
  const wished = east === west ? MOST_HEIGHT : ((north - south) * inner) / (east - west) + 2 * MARGIN;
  const height = Math.min(MOST_HEIGHT, Math.max(LEAST_HEIGHT, wished));
  const perMetre = Math.min(inner / Math.max(1, east - west), (height - 2 * MARGIN) / Math.max(1, north - south));
  const [middleX, middleY] = [(west + east) / 2, (south + north) / 2];
  const length = roundLength(inner / 4 / perMetre);
  return {
    height,
    scale: sites.length < 2 ? null : { text: metresText(length), width: length * perMetre },
    spot: ({ xMetres, yMetres }) => ({
      x: MAP_WIDTH / 2 + (xMetres - middleX) * perMetre,
      y: height / 2 - (yMetres - middleY) * perMetre,
    }),
  };
}

function span(values: readonly number[]): readonly [number, number] {
  return values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
}

/** 1, 2 or 5 with noughts, at most `metres`. */
function roundLength(metres: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, metres)));
  return power * (metres >= 5 * power ? 5 : metres >= 2 * power ? 2 : 1);
}

/** Moves spots apart until none is nearer than `gap` to another, as far as the box allows. The same input gives the same picture. */
function spread(spots: readonly Spot[], gap: number, height: number): void {
  // Who is in one place, or on one line with others, must have somewhere to go.
  spots.forEach((spot, index) => {
    spot.x += NUDGE * Math.cos(GOLDEN_ANGLE * index);
    spot.y += NUDGE * Math.sin(GOLDEN_ANGLE * index);
  });
  for (let round = 0; round < SPREADING_ROUNDS; round += 1) {
    let moved = false;
    for (let index = 1; index < spots.length; index += 1) moved = pushedFromEarlier(spots, index, gap) || moved;
    for (const spot of spots) {
      spot.x = Math.min(MAP_WIDTH - MARGIN, Math.max(MARGIN, spot.x));
      spot.y = Math.min(height - MARGIN, Math.max(MARGIN, spot.y));
    }
    if (!moved) return;
  }
}

function pushedFromEarlier(spots: readonly Spot[], index: number, gap: number): boolean {
  const one = spots[index];
  if (one === undefined) return false;
  let moved = false;
  for (const other of spots.slice(0, index)) {
    const distance = Math.hypot(other.x - one.x, other.y - one.y);
    if (distance >= gap) continue;
    // The box may have pressed both into one corner.
    const turn = distance === 0 ? GOLDEN_ANGLE * index : Math.atan2(other.y - one.y, other.x - one.x);
    const push = (gap + NUDGE - distance) / 2;
    one.x -= push * Math.cos(turn);
    one.y -= push * Math.sin(turn);
    other.x += push * Math.cos(turn);
    other.y += push * Math.sin(turn);
    moved = true;
  }
  return moved;
}
