// `npm run bench -- capture`: how likely it is that b randomly placed faulty members can break safety, by engine, counted exactly. Beside
// it what paper 000 prints, labelled for what it is: formula (6) is a race between miners and says nothing about PBFT (T9).
import { toleratedFaults } from '../src/node/consensus/index.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { paperFigures } from './capture-paper.ts';
import { rounded } from './statistics.ts';

interface Chance {
  readonly faulty: number;
  /** Members' votes against one quorum, wherever the faulty ones sit: 0 up to F, then 1. */
  readonly pbft: number;
  readonly grouped: number;
  /** Primaries speak for their groups: floor((k-1)/3)+1 bad ones are enough. */
  readonly groupedPaper: number;
  /** What a certificate of each group for its vote would give; no engine of ours. */
  readonly groupCertificates: number;
}

interface Layout {
  readonly members: number;
  readonly groups: number;
  readonly survivesWherever: {
    readonly pbft: number;
    readonly grouped: number;
    readonly groupedPaper: number;
    readonly groupCertificates: number;
  };
  readonly chances: readonly Chance[];
}

const LAYOUTS = [
  [16, 4],
  [28, 4],
  [64, 8],
  [100, 10],
  [200, 20],
] as const;
const DIGITS = 6;
const METHOD =
  'exact: faulty members are drawn without replacement, primaries and groups are given; broken means one more than its formulas survive';

export async function run(_options: BenchOptions): Promise<BenchResult> {
  const layouts = LAYOUTS.map(([members, groups]) => layoutOf(members, groups));
  const paper = paperFigures();
  const document = { method: METHOD, layouts, paper };
  return { document, lines: [...layouts.flatMap(linesOf), '', ...paper.lines] };
}

function layoutOf(members: number, groups: number): Layout {
  const tolerated = toleratedFaults(members);
  const size = members / groups;
  const forkAt = tolerated + 1;
  const badPrimaries = toleratedFaults(groups) + 1;
  const captured = toleratedFaults(size) + 1;
  const chances: Chance[] = [];
  for (let faulty = 1; faulty <= tolerated + 1; faulty += 1) {
    const global = faulty >= forkAt ? 1 : 0;
    chances.push({
      faulty,
      pbft: global,
      grouped: global,
      groupedPaper: rounded(atLeastAmong(members, groups, faulty, badPrimaries), DIGITS),
      groupCertificates: rounded(groupsCaptured({ groups, size, faulty }, captured, badPrimaries), DIGITS),
    });
  }
  return {
    members,
    groups,
    survivesWherever: {
      pbft: forkAt - 1,
      grouped: forkAt - 1,
      groupedPaper: badPrimaries - 1,
      groupCertificates: badPrimaries * captured - 1,
    },
    chances,
  };
}

/** At least `least` of the `chosen` seats fall on the `faulty` of `members`: the hypergeometric tail. */
export function atLeastAmong(members: number, chosen: number, faulty: number, least: number): number {
  let sum = 0;
  for (let hit = least; hit <= Math.min(chosen, faulty); hit += 1)
    sum += Math.exp(logChoose(faulty, hit) + logChoose(members - faulty, chosen - hit) - logChoose(members, chosen));
  return Math.min(1, sum);
}

/** At least `least` of the groups hold `captured` faulty members or more: ways to place them, group by group. */
export function groupsCaptured(
  { groups, size, faulty }: { readonly groups: number; readonly size: number; readonly faulty: number },
  captured: number,
  least: number,
): number {
  // ways[lost][placed], in shares of all ways to place, so that the numbers stay small.
  let shares = new Map<string, number>([['0 0', 1]]);
  for (let group = 0; group < groups; group += 1) {
    const next = new Map<string, number>();
    for (const [key, share] of shares) {
      const [lost = 0, placed = 0] = key.split(' ').map(Number);
      const left = size * (groups - group);
      for (let here = 0; here <= Math.min(size, faulty - placed); here += 1) {
        const rest = faulty - placed - here;
        if (rest > left - size) continue;
        const chance = Math.exp(logChoose(size, here) + logChoose(left - size, rest) - logChoose(left, faulty - placed));
        const to = `${lost + (here >= captured ? 1 : 0)} ${placed + here}`;
        next.set(to, (next.get(to) ?? 0) + share * chance);
      }
    }
    shares = next;
  }
  let sum = 0;
  for (const [key, share] of shares) if (Number(key.split(' ')[0]) >= least) sum += share;
  return Math.min(1, sum);
}

function logChoose(from: number, count: number): number {
  if (count < 0 || count > from) return -Infinity;
  let sum = 0;
  for (let i = 1; i <= count; i += 1) sum += Math.log((from - count + i) / i);
  return sum;
}

function linesOf({ members, groups, survivesWherever, chances }: Layout): readonly string[] {
  const { grouped, groupedPaper, groupCertificates } = survivesWherever;
  const shown = chances.filter(({ faulty }) => chances.length <= 12 || faulty % 5 === 0 || faulty === chances.length);
  return [
    `${members} members in ${groups} groups: survives, wherever they sit, ${grouped} (members counted), ${groupedPaper} (paper), ${groupCertificates} (certificates of groups)`,
    ...shown.map(
      (chance) =>
        `  ${String(chance.faulty).padStart(3)} faulty: broken with chance ${chance.grouped} grouped and pbft, ${chance.groupedPaper} paper, ${chance.groupCertificates} certificates of groups`,
    ),
  ];
}
