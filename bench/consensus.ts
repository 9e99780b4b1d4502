// `npm run bench -- consensus`: groups against flat PBFT with bodies in the pre-prepare, each at its best batch size, in the simulator
// where bytes and signatures are charged (./consensus-rate.ts). Figures are ratios of one run; what was tried and chosen is printed.
import { toleratedFaults } from '../src/node/consensus/index.ts';
import { everybody, placesOf, sizesOf } from '../tests/sim/layout.ts';
import type { Behaviour } from '../tests/sim/faulty.ts';
import { randomOf } from '../tests/sim/random.ts';
import type { Charge } from '../tests/sim/world.ts';
import type { BenchOptions, BenchResult } from './bench.ts';
import { type Rate, type Setting, rateOf } from './consensus-rate.ts';
import { idleBytesPerLinkMinute } from './consensus-idle.ts';
import { certificateMs, measureSignatures } from './consensus-signatures.ts';
import { rounded } from './statistics.ts';

type Try = Pick<Setting, 'groups' | 'batch' | 'offered'>;
interface Best extends Try {
  readonly rate: Rate;
}

const UPLINK_MBITS = 25;
const REQUEST_BYTES = 300;
/** Batch sizes, groups and rates worth trying: those above and below gave less. */
const FLAT: Readonly<Record<number, readonly Try[]>> = {
  30: [
    { groups: 0, batch: 800, offered: 600 },
    { groups: 0, batch: 1200, offered: 600 },
  ],
  100: [
    { groups: 0, batch: 250, offered: 200 },
    { groups: 0, batch: 400, offered: 200 },
  ],
};
const GROUPED: Readonly<Record<number, readonly Try[]>> = {
  30: [
    { groups: 7, batch: 200, offered: 4200 },
    { groups: 5, batch: 200, offered: 3200 },
  ],
  100: [
    { groups: 20, batch: 200, offered: 3800 },
    { groups: 14, batch: 200, offered: 3000 },
  ],
  120: [
    { groups: 20, batch: 200, offered: 3600 },
    { groups: 24, batch: 200, offered: 4000 },
  ],
};
const SECONDS = { flat: 40, grouped: 10, faults: 60 } as const;
/** Goodput under faults: what is offered, and to how many groups. Of two random placements of those who crash the worse one counts. */
const FAULTS: Try = { groups: 5, batch: 200, offered: 800 };
const CRASHED_SEEDS = [1, 2] as const;
const FAULT_MEMBERS = 30;
/** Of a processor, for the signatures of requests. */
const CPU_SHARE = 0.75;

export async function run({ say }: BenchOptions): Promise<BenchResult> {
  const signatures = await measureSignatures();
  const idleBytes = idleBytesPerLinkMinute();
  const charge: Charge = { uplinkMbits: UPLINK_MBITS, requestBytes: REQUEST_BYTES, ...signatures };
  say(`a signature costs ${rounded(charge.signUs)} us to make and ${rounded(charge.verifyUs)} us to check here`);
  const certificate67Ms = rounded(await certificateMs(67), 2);
  const best = (engine: 'pbft' | 'grouped', members: number): Best => bestOf(engine, members, charge, say);
  const flat30 = best('pbft', 30);
  const flat100 = best('pbft', 100);
  const grouped30 = best('grouped', 30);
  const grouped100 = best('grouped', 100);
  const grouped120 = best('grouped', 120);
  const calm = underFaults(new Map(), charge);
  const crashes = CRASHED_SEEDS.map((seed) => underFaults(faultsAt('random', toleratedFaults(FAULT_MEMBERS), 'silent', seed), charge));
  const crashed = crashes.reduce((worst, rate) => (rate.perSecond < worst.perSecond ? rate : worst));
  const slow = underFaults(faultsAt('primaries', 1, 'slow-drip'), charge);
  const ratios = {
    throughputVsFlat30: ratio(grouped30.rate, flat30.rate),
    throughputVsFlat100: ratio(grouped100.rate, flat100.rate),
    grouped120To30: ratio(grouped120.rate, grouped30.rate),
    goodputCrashed: ratio(crashed, calm),
    goodputSlowPrimary: ratio(slow, calm),
  };
  const groupsUsed = { 30: grouped30.groups, 100: grouped100.groups, 120: grouped120.groups, faults: FAULTS.groups };
  const idle = rounded(await idleBytes);
  const chosen = { flat30, flat100, grouped30, grouped100, grouped120 };
  const faults = { offered: FAULTS.offered, calm, crashes, slow };
  const charged = {
    uplinkMbits: UPLINK_MBITS,
    requestBytes: REQUEST_BYTES,
    signUs: rounded(charge.signUs),
    verifyUs: rounded(charge.verifyUs),
  };
  return {
    document: { ratios, groupsUsed, certificate67Ms, idleBytesPerLinkMinute: idle, charged, chosen, faults },
    lines: [
      ...Object.entries(ratios).map(([name, value]) => `${name.padEnd(22)} ${value}`),
      ...Object.entries(chosen).map(
        ([name, { groups, batch, rate }]) => `${name.padEnd(22)} ${rounded(rate.perSecond)}/s, ${groups} groups, batches of ${batch}`,
      ),
      `goodput of ${FAULTS.offered}/s     ${rounded(calm.perSecond)} calm, ${rounded(crashed.perSecond)} with F crashed, ${rounded(slow.perSecond)} with a slow primary`,
      `certificate of 67      ${certificate67Ms} ms`,
      `idle link              ${idle} bytes a minute`,
    ],
  };
}

function bestOf(engine: 'pbft' | 'grouped', members: number, charge: Charge, say: BenchOptions['say']): Best {
  const tries = (engine === 'pbft' ? FLAT : GROUPED)[members] ?? [];
  const seconds = engine === 'pbft' ? SECONDS.flat : SECONDS.grouped;
  // More than a processor can check is not worth asking for.
  const most = (CPU_SHARE * 1e6) / charge.verifyUs;
  const results = tries.map((each): Best => {
    const setting = { ...each, offered: Math.min(each.offered, most) };
    const rate = rateOf({ engine, members, charge, seconds, ...setting });
    say(
      `${engine}, ${members} members, ${setting.groups} groups, batches of ${setting.batch}: ${rounded(rate.perSecond)}/s, p50 ${rate.p50Ms} ms`,
    );
    return { ...setting, rate };
  });
  return results.reduce((best, result) => (result.rate.perSecond > best.rate.perSecond ? result : best));
}

function faultsAt(place: 'random' | 'primaries', count: number, behaviour: Behaviour, seed = 1): ReadonlyMap<number, Behaviour> {
  const plan = everybody(FAULT_MEMBERS, sizesOf('grouped', FAULT_MEMBERS, FAULTS.groups));
  return new Map(placesOf(place, count, plan, randomOf(seed, 'faults')).map((member) => [member, behaviour]));
}

function underFaults(faulty: ReadonlyMap<number, Behaviour>, charge: Charge): Rate {
  return rateOf({ engine: 'grouped', members: FAULT_MEMBERS, charge, seconds: SECONDS.faults, faulty, ...FAULTS });
}

function ratio(one: Rate, other: Rate): number {
  return other.perSecond === 0 ? 0 : rounded(one.perSecond / other.perSecond, 2);
}
