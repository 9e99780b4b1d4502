// `npm run bench -- messages`: what one request costs in messages without faults, counted on the wire of the simulator, with the
// formulas of the papers and our own beside it (P0-44 to P0-46). Requests and replies are not counted, nor is what members pull.
import { type PaperCount, paperMessages } from '../src/node/consensus/index.ts';
import { createCluster } from '../tests/sim/cluster.ts';
import type { EngineName } from '../tests/sim/engines.ts';
import { everybody, sizesOf } from '../tests/sim/layout.ts';
import { standInSignatures } from '../tests/sim/signer.ts';
import type { BenchOptions, BenchResult } from './bench.ts';

interface Row {
  readonly members: number;
  readonly groups: number;
  /** The paper's formula counts a primary's own prepare; Castro and Liskov's, and ours, send none. */
  readonly pbft: { readonly paperFormula: number; readonly formula: number; readonly counted: number };
  readonly sgPbft: { readonly formula: number };
  readonly paper: { readonly formula: number; readonly counted: number; readonly countedWithDeliveries: number };
  /** The group of the request leads the height; another one does. */
  readonly grouped: {
    readonly formula: number;
    readonly counted: number;
    readonly formulaOther: number;
    readonly countedOther: number;
  };
}

const LAYOUTS = [
  [16, 4],
  [28, 4],
  [64, 8],
  [100, 10],
  [200, 20],
] as const;
/** Long enough for everything that one request causes, far below any time-out. */
const LISTEN_MS = 10_000;
const NO_TIMEOUT_MS = 600_000;
/** Members of a group at least (R0). */
const LEAST_GROUP = 4;

export async function run({ args, say }: BenchOptions): Promise<BenchResult> {
  const layouts = layoutsIn(args);
  const rows = layouts.map(([members, groups]) => {
    say(`${members} members in ${groups} groups`);
    return rowOf(members, groups);
  });
  return { document: { rows }, lines: linesOf(rows) };
}

function layoutsIn(args: readonly string[]): readonly (readonly [number, number])[] {
  const valueOf = (name: string) => (args.includes(name) ? Number(args[args.indexOf(name) + 1]) : null);
  const members = valueOf('--members');
  const groups = valueOf('--groups');
  if (members === null && groups === null) return LAYOUTS;
  const valid = members !== null && groups !== null && Number.isInteger(members) && Number.isInteger(groups) && members <= 200;
  if (!valid || groups < 2 || Math.floor(members / groups) < LEAST_GROUP)
    throw new Error('--members n --groups k: integers, at most 200 members, at least two groups of at least four');
  return [[members, groups]];
}

function rowOf(members: number, groups: number): Row {
  const sizes = sizesOf('grouped', members, groups);
  const first = sizes[0] ?? members;
  const second = sizes[1] ?? first;
  const paper: PaperCount = paperMessages(sizes, 0);
  const inPaper = countOne('grouped-paper', sizes, 1);
  const deliveries = inPaper.byType.get('paper-package') ?? 0;
  return {
    members,
    groups,
    pbft: {
      paperFormula: 2 * members ** 2 - members - 1,
      formula: 2 * members * (members - 1),
      counted: countOne('pbft', [members], 1).total,
    },
    sgPbft: { formula: (members / 2 - 1) * (members / 2 + 1) },
    paper: { formula: paper.total, counted: inPaper.total - deliveries, countedWithDeliveries: inPaper.total },
    grouped: {
      formula: groupedMessages(members, groups, first),
      counted: countOne('grouped', sizes, 1).total,
      formulaOther: groupedMessages(members, groups, second) + (members - second),
      countedOther: countOne('grouped', sizes, first + 1).total,
    },
  };
}

/** Lane m²-1, cut (k-1)(2k+1), members' votes, certificates and delivery 5(n-k); m is the size of the group that has the request. */
function groupedMessages(members: number, groups: number, size: number): number {
  return size ** 2 - 1 + (groups - 1) * (2 * groups + 1) + 5 * (members - groups);
}

/** Group 0 leads height 0. The request is made at a member that leads nothing. */
function countOne(
  engine: EngineName,
  sizes: readonly number[],
  at: number,
): { readonly total: number; readonly byType: ReadonlyMap<string, number> } {
  const members = sizes.reduce((sum, size) => sum + size, 0);
  const cluster = createCluster({
    seed: 1,
    engine,
    members,
    epochs: [everybody(members, engine === 'pbft' ? [] : sizes)],
    faulty: new Map(),
    unreliable: new Set(),
    twins: new Set(),
    net: 'lan',
    persistMs: 0,
    batching: { requests: 1, waitMs: 0, cut: 64 },
    baseTimeoutMs: NO_TIMEOUT_MS,
    signatures: standInSignatures(1),
    charge: null,
  });
  for (const member of cluster.members) member.start();
  cluster.clock.after(0, () => cluster.submit(['r0'], at));
  cluster.clock.run(LISTEN_MS, () => false);
  if (!cluster.members.every((member) => member.hasExecuted('r0'))) throw new Error(`${engine}: the request is not final everywhere`);
  return { total: cluster.network.total, byType: cluster.network.countByType };
}

function linesOf(rows: readonly Row[]): readonly string[] {
  const lines = ['members  groups   pbft (paper)   SG-PBFT   paper 000 (+ deliveries)   grouped, own / other group leads'];
  for (const { members, groups, pbft, sgPbft, paper, grouped } of rows) {
    const cells = [
      String(members).padStart(7),
      String(groups).padStart(8),
      `${pbft.counted} (${pbft.paperFormula})`.padStart(15),
      String(sgPbft.formula).padStart(10),
      `${paper.counted} (${paper.countedWithDeliveries})`.padStart(27),
      `${grouped.counted} / ${grouped.countedOther}`.padStart(34),
    ];
    const exact =
      pbft.counted === pbft.formula &&
      paper.counted === paper.formula &&
      grouped.counted === grouped.formula &&
      grouped.countedOther === grouped.formulaOther;
    lines.push(cells.join('') + (exact ? '' : `   formulas: ${JSON.stringify({ pbft, paper, grouped })}`));
  }
  return lines;
}
