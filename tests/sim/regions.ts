// Where members are, and how long a packet takes between them. The round trips are typical published medians between data centres
// of one large provider in these places, rounded; a packet takes half of one. Members fill the regions in order, neighbours beside
// each other, so that groups of neighbours (P0-12) are what a Distance algorithm would make of them.

export const REGIONS = [
  'Stockholm',
  'Frankfurt',
  'London',
  'Virginia',
  'Sao Paulo',
  'Oregon',
  'Tokyo',
  'Sydney',
  'Singapore',
  'Mumbai',
] as const;

/** Round trips in milliseconds, in the order of REGIONS. Within a region: between two clinics, not within a data centre. */
const ROUND_TRIP_MS: readonly (readonly number[])[] = [
  [10, 22, 32, 112, 220, 172, 245, 298, 180, 145],
  [22, 10, 16, 92, 204, 158, 226, 280, 162, 128],
  [32, 16, 10, 77, 188, 138, 212, 265, 170, 122],
  [112, 92, 77, 10, 116, 66, 148, 200, 220, 188],
  [220, 204, 188, 116, 10, 178, 258, 312, 328, 302],
  [172, 158, 138, 66, 178, 10, 98, 140, 164, 218],
  [245, 226, 212, 148, 258, 98, 10, 104, 70, 128],
  [298, 280, 265, 200, 312, 140, 104, 10, 94, 152],
  [180, 162, 170, 220, 328, 164, 70, 94, 10, 60],
  [145, 128, 122, 188, 302, 218, 128, 152, 60, 10],
];

/** One way within one site. */
const LAN_MS = 0.5;

export type NetName = 'lan' | 'wan';
export const NETS: readonly NetName[] = ['lan', 'wan'];

/** The region of a member: the first members in the first region, and so on, evenly. */
export function regionOf(member: number, members: number): number {
  return Math.floor((member * REGIONS.length) / members);
}

/** Median one-way delay in milliseconds. */
export function delayMs(net: NetName, members: number, from: number, to: number): number {
  if (net === 'lan') return LAN_MS;
  const roundTrip = ROUND_TRIP_MS[regionOf(from, members)]?.[regionOf(to, members)] ?? 300;
  return roundTrip / 2;
}
