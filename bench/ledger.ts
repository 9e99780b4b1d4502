// `npm run bench -- ledger`: slips a second of every engine at Healthchain's sizes in one process with real signatures, each member
// verifying everything itself; the simulator's rates beside them, where bytes and signatures are charged; invoke and query at paper 001's
// offered rates (its network tolerated no fault, T12); storage, proofs, catching up, the sandbox. `--sizes 4,16` for some sizes,
// `--blocks 1000` for a shorter ledger to catch up with.
import { parseArgs } from 'node:util';
import { ENGINE_NAMES, type EngineName, MIN_GROUPED } from '../tests/sim/engines.ts';
import { usualGroups } from '../tests/sim/layout.ts';
import type { Charge } from '../tests/sim/world.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { rateOf } from './consensus-rate.ts';
import { measureSignatures } from './consensus-signatures.ts';
import { localFigures, offeredRate } from './ledger-offered.ts';
import { realRate } from './ledger-rates.ts';
import { syncFigures } from './ledger-sync.ts';
import { measureSandbox } from './sandbox.ts';
import { rounded } from './statistics.ts';

const SIZES = [4, 16, 30, 50, 80, 120];
const OFFERED = [4, 8, 16, 50, 200];
/** What is left unmeasured once so much time has gone: the whole must end within 12 minutes. */
const REAL_UNTIL_MS = 5 * 60_000;
const SIMULATED_UNTIL_MS = 9 * 60_000;
const UPLINK_MBITS = 25;
const REQUEST_BYTES = 300;
/** More than a processor can check is not asked for. */
const CPU_SHARE = 0.75;

interface Row {
  readonly engine: EngineName;
  readonly members: number;
  /** Null: not measured, for want of time or because the engine needs more members. */
  readonly slipsPerSecond: number | null;
  readonly simulatedSlipsPerSecond: number | null;
  readonly latencyMs: number | null;
}

export async function run({ args, say }: BenchOptions): Promise<BenchResult> {
  const { values } = parseArgs({ args: [...args], options: { sizes: { type: 'string' }, blocks: { type: 'string', default: '10000' } } });
  const sizes = values.sizes?.split(',').map(Number) ?? SIZES;
  const startMs = performance.now();
  const beforeMs = (limitMs: number): boolean => performance.now() - startMs < limitMs;
  const sync = await syncFigures(Number(values.blocks), say);
  say(
    `${sync.blocks} blocks behind: votes after ${rounded(sync.syncToVoteSeconds, 2)} s, all is there after ${rounded(sync.historySeconds)} s`,
  );
  const local = localFigures();
  const offered = [];
  for (const rate of OFFERED) {
    const found = await measured(() => offeredRate(rate), say);
    if (found !== null) offered.push(roundedRates(found));
    say(`${rate} a second offered: ${found === null ? 'not measured' : rounded(found.invokePerSecond)}`);
  }
  const sandbox = await measureSandbox();
  say(`a contract in the sandbox: ${sandbox.sandboxVsBuiltIn} of a built-in one`);
  const real = new Map<string, Awaited<ReturnType<typeof realRate>>>();
  for (const members of sizes)
    for (const engine of ENGINE_NAMES) {
      if (!beforeMs(REAL_UNTIL_MS) || needsMore(engine, members)) continue;
      const rate = await measured(() => realRate(engine, members, slipsAt(members)), say);
      if (rate === null) continue;
      real.set(`${engine} ${members}`, rate);
      say(
        `${engine}, ${members} members: ${rounded(rate.slipsPerSecond)} slips/s, ${Math.round(rate.latencyMs)} ms, ${rate.messages} messages`,
      );
    }
  const charge: Charge = { uplinkMbits: UPLINK_MBITS, requestBytes: REQUEST_BYTES, ...(await measureSignatures()) };
  const simulated = new Map<string, number>();
  for (const [engine, members] of inOrderOfWeight(sizes)) {
    if (!beforeMs(SIMULATED_UNTIL_MS) || needsMore(engine, members)) continue;
    const rate = simulatedRate(engine, members, charge);
    simulated.set(`${engine} ${members}`, rate);
    say(`${engine}, ${members} members, simulated: ${rounded(rate)} slips/s`);
  }
  const engines = ENGINE_NAMES.flatMap((engine) => sizes.map((members): Row => rowOf(engine, members, real, simulated)));
  const document = {
    engines,
    offered,
    invokePerSecond4: rounded(real.get('pbft 4')?.slipsPerSecond ?? 0),
    queryPerSecond: Math.round(local.queryPerSecond),
    ratios: {
      grouped120To30: ratio(simulated.get('grouped 120'), simulated.get('grouped 30')),
      sandboxVsBuiltIn: sandbox.sandboxVsBuiltIn,
    },
    slipProofBytes: local.slipProofBytes,
    bytesPerSlip: Math.round(local.bytesPerSlip),
    syncToVoteSeconds10k: rounded(sync.syncToVoteSeconds, 2),
    syncedBlocks: sync.blocks,
    historySeconds: rounded(sync.historySeconds),
    charged: { ...charge, signUs: rounded(charge.signUs), verifyUs: rounded(charge.verifyUs) },
  };
  return { document, lines: linesOf(document, engines) };
}

/** One part that does not come to an end says so and leaves the others. */
async function measured<T>(work: () => Promise<T>, say: BenchOptions['say']): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    say(`not measured: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}

/** Groups of four need eight members; below, `grouped` agrees flat, and the paper's own has nothing to count. */
function needsMore(engine: EngineName, members: number): boolean {
  return engine === 'grouped-paper' && members < MIN_GROUPED;
}

/** Enough for some blocks where that is cheap, one block where every slip is checked a hundred times. */
function slipsAt(members: number): number {
  return members <= 4 ? 1024 : members <= 16 ? 256 : 128;
}

/** What the ratio needs comes first, what costs most last. */
function inOrderOfWeight(sizes: readonly number[]): readonly (readonly [EngineName, number])[] {
  const all = sizes.flatMap((members) => ENGINE_NAMES.map((engine) => [engine, members] as const));
  const weight = ([engine, members]: readonly [EngineName, number]): number =>
    engine === 'grouped' && [30, 120].includes(members) ? 0 : members;
  return all.toSorted((a, b) => weight(a) - weight(b));
}

function simulatedRate(engine: EngineName, members: number, charge: Charge): number {
  const most = (CPU_SHARE * 1e6) / charge.verifyUs;
  const lanes = engine === 'grouped' && members >= MIN_GROUPED;
  const groups = lanes ? (GROUPS_AT[members] ?? usualGroups(members)) : usualGroups(members);
  const offered = Math.min(most, lanes ? 1_000 + 20 * members * 5 : 600);
  const setting = { groups, batch: lanes ? 200 : 400, offered, seconds: lanes ? 10 : 20 };
  return rateOf({ engine, members, charge, ...setting }).perSecond;
}
/** The best of those that `bench -- consensus` tries. */
const GROUPS_AT: Readonly<Record<number, number>> = { 30: 7, 120: 24 };

function rowOf(
  engine: EngineName,
  members: number,
  real: ReadonlyMap<string, Awaited<ReturnType<typeof realRate>>>,
  simulated: ReadonlyMap<string, number>,
): Row {
  const found = real.get(`${engine} ${members}`);
  const rate = simulated.get(`${engine} ${members}`);
  return {
    engine,
    members,
    slipsPerSecond: found === undefined ? null : rounded(found.slipsPerSecond),
    simulatedSlipsPerSecond: rate === undefined ? null : rounded(rate),
    latencyMs: found === undefined ? null : Math.round(found.latencyMs),
  };
}

function roundedRates({ offered, invokePerSecond, queryPerSecond }: Awaited<ReturnType<typeof offeredRate>>) {
  return { offered, invokePerSecond: rounded(invokePerSecond), queryPerSecond: rounded(queryPerSecond) };
}

function ratio(one: number | undefined, other: number | undefined): number | null {
  return one === undefined || other === undefined || other === 0 ? null : rounded(one / other, 2);
}

function linesOf(document: Readonly<Record<string, unknown>>, engines: readonly Row[]): readonly string[] {
  const table = engines.map(({ engine, members, slipsPerSecond, simulatedSlipsPerSecond, latencyMs }) =>
    [
      engine.padEnd(14),
      String(members).padStart(4),
      `${slipsPerSecond ?? '-'}/s`.padStart(12),
      `${simulatedSlipsPerSecond ?? '-'}/s simulated`.padStart(22),
      `${latencyMs ?? '-'} ms`.padStart(12),
    ].join(''),
  );
  const rest = Object.entries(document).filter(([name]) => name !== 'engines');
  return [
    ...table,
    ...rest.map(([name, value]) => `${name.padEnd(22)} ${JSON.stringify(value)}`),
    'Paper 001 measured 39 invokes a second with one orderer and no fault tolerance (T12).',
  ];
}
