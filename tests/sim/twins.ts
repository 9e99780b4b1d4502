// Twins (fault 12): a member that runs twice under one key, each instance correct. Every round of a run splits the instances into two
// sides that hear only each other; four members are tried in every way to a depth, seven by seed. Nobody correct may ever disagree.
// After Bano et al., "Twins: BFT systems made robust" (2020).
import type { Values } from './arguments.ts';
import { createCluster } from './cluster.ts';
import { everybody } from './layout.ts';
import { randomOf } from './random.ts';
import { standInSignatures } from './signer.ts';

export interface TwinsReport {
  readonly members: number;
  /** Rounds that every schedule goes through. */
  readonly depth: number;
  readonly schedules: number;
  readonly violations: readonly string[];
}

const ROUND_MS = 400;
const BASE_TIMEOUT_MS = 300;
/** Splits of five instances that differ: every subset that holds the first one. */
const DEPTH = 3;

/** Which instances stand on the second side, by bit. */
type Split = number;

/** Each round its split, the same for both directions. */
export function runTwins(members: number, twin: number, splits: readonly Split[]): readonly string[] {
  const cluster = createCluster({
    seed: 1,
    engine: 'pbft',
    members,
    epochs: [everybody(members, [])],
    faulty: new Map(),
    unreliable: new Set(),
    twins: new Set([twin]),
    net: 'lan',
    persistMs: 0,
    batching: { requests: 2, waitMs: 0, cut: 1 },
    baseTimeoutMs: BASE_TIMEOUT_MS,
    signatures: standInSignatures(1),
    charge: null,
    sideOf: (instance) => ((splits[Math.min(splits.length - 1, Math.floor(cluster.clock.nowMs / ROUND_MS))] ?? 0) >> instance) & 1,
  });
  for (const member of [...cluster.members, ...cluster.doubles]) member.start();
  for (let i = 0; i < 2 * splits.length; i += 1)
    cluster.clock.after((i * ROUND_MS) / 2, () => cluster.submit([`r${i}`], (twin + 1 + i) % members));
  cluster.clock.run(splits.length * ROUND_MS, () => cluster.checkers.violations.length > 0);
  if (cluster.checkers.framed.size > 0) return ['correct members in evidence'];
  return cluster.checkers.violations;
}

/** Every sequence of splits of four members and one double: all but mirror images. */
export function exhaustTwins(depth: number): TwinsReport {
  const sides = 2 ** 4;
  const violations: string[] = [];
  const schedules = sides ** depth;
  for (let schedule = 0; schedule < schedules; schedule += 1) {
    const splits = Array.from({ length: depth }, (_, round) => (Math.floor(schedule / sides ** round) % sides) << 1);
    for (const what of runTwins(4, 0, splits)) violations.push(`${splits.join(' ')}: ${what}`);
  }
  return { members: 4, depth, schedules, violations };
}

/** Seven members, one of them double: splits drawn by seed. */
export function sampleTwins(seeds: number, depth: number): TwinsReport {
  const violations: string[] = [];
  for (let seed = 1; seed <= seeds; seed += 1) {
    const random = randomOf(seed, 'twins');
    const splits = Array.from({ length: depth }, () => random.between(0, 2 ** 8 - 1));
    for (const what of runTwins(7, random.between(0, 6), splits)) violations.push(`seed ${seed}: ${what}`);
  }
  return { members: 7, depth, schedules: seeds, violations };
}

export function twinsCommand(values: Values): number {
  const reports = [exhaustTwins(DEPTH), sampleTwins(values.integer('seeds', 1), 2 * DEPTH)];
  console.log(values.json ? JSON.stringify({ reports }) : JSON.stringify({ reports }, null, 2));
  return reports.every(({ violations }) => violations.length === 0) ? 0 : 1;
}
