// Who endorses, who orders and who commits in the next epoch (P1-07, P1-09 to P1-11): every node is ranked for each process by R;
// those that reach the requirement form the set MSP; the best of them order, by rank in turns, the best of the rest endorse, the
// others commit. Different members wherever there are enough for it. F is that of the orderers, and is said so.
import { type PartyId, assert } from '../../base/index.ts';
import { type Place, inRankOrder } from '../ranking.ts';
import { type TrustRules, standingIn } from './formulas.ts';
import type { TrustRow } from './history.ts';
import { PROCESSES, type Process } from './indicators.ts';

/** From so many members on the three are different: four that order, one that endorses, one that commits. */
export const MIN_MEMBERS_APART = 6;
const LEAST_ORDERERS = 4;

export interface TrustCandidate extends TrustRow {
  /** It is certified, awake and takes a role. */
  readonly willing: boolean;
  /** Convicted (R15): it may commit, which is seeing what is final, and nothing else. */
  readonly barred: boolean;
}

export interface RoleCounts {
  readonly orderers: number;
  readonly endorsers: number;
}

export interface RankedFor extends Place {
  readonly party: PartyId;
  /** R. */
  readonly score: number;
  /** Whether it is in the set MSP of the process (P1-11). */
  readonly meetsRequirement: boolean;
}

export interface Roles {
  /** All candidates, for each process. */
  readonly rankings: Readonly<Record<Process, readonly RankedFor[]>>;
  /** In the order of their turns. */
  readonly orderers: readonly PartyId[];
  readonly endorsers: readonly PartyId[];
  readonly committers: readonly PartyId[];
  /** Whether the three are different members. */
  readonly apart: boolean;
}

/** A third each, orderers 3F+1. Below six members everybody does everything. */
export function roleCounts(members: number): RoleCounts {
  assert(members >= 1, 'somebody orders');
  if (members < MIN_MEMBERS_APART) return { orderers: members, endorsers: members };
  const third = (members - (members % 3)) / 3;
  const orderers = Math.max(LEAST_ORDERERS, wholeOrderers(third));
  const rest = members - orderers;
  return { orderers, endorsers: (rest - (rest % 2)) / 2 };
}

/** At least one candidate is willing and not barred: the ledger keeps its configuration otherwise. */
export function chooseRoles(candidates: readonly TrustCandidate[], rules: TrustRules): Roles {
  const able = candidates.filter((candidate) => candidate.willing && !candidate.barred);
  const counts = roleCounts(able.length);
  const rankings = Object.fromEntries(PROCESSES.map((process) => [process, rankingFor(process, candidates, rules)])) as Record<
    Process,
    readonly RankedFor[]
  >;
  const isAble = (party: PartyId) => able.some((candidate) => candidate.party === party);
  const apart = able.length >= MIN_MEMBERS_APART;
  const ranked = best(rankings.ordering, { wanted: counts.orderers, least: Math.min(counts.orderers, LEAST_ORDERERS) }, isAble);
  const orderers = apart ? ranked.slice(0, wholeOrderers(ranked.length)) : ranked;
  const endorsers = best(
    rankings.endorsing,
    { wanted: counts.endorsers, least: 1 },
    (party) => isAble(party) && !(apart && orderers.includes(party)),
  );
  const others = rankings.committing.map(({ party }) => party);
  const committers = apart ? others.filter((party) => !orderers.includes(party) && !endorsers.includes(party)) : others;
  return { rankings, orderers, endorsers, committers, apart };
}

function rankingFor(process: Process, candidates: readonly TrustCandidate[], rules: TrustRules): readonly RankedFor[] {
  const scored = candidates.map(({ party, history }) => ({ party, score: standingIn(process, history, rules).rank }));
  return inRankOrder(scored).map((entry) => ({ ...entry, meetsRequirement: entry.score >= rules.requirement[process] }));
}

/** By rank, those that meet the requirement, and the next ones up to `least`: a channel without orderers is none. */
function best(
  ranking: readonly RankedFor[],
  { wanted, least }: { readonly wanted: number; readonly least: number },
  isAllowed: (party: PartyId) => boolean,
): readonly PartyId[] {
  const allowed = ranking.filter(({ party }) => isAllowed(party));
  const meeting = allowed.filter(({ meetsRequirement }) => meetsRequirement).length;
  return allowed.slice(0, Math.min(wanted, Math.max(least, meeting))).map(({ party }) => party);
}

/** The most of 1, 2, 3, 4, 7, 10, … : a fifth or sixth orderer tolerates no more faults than the fourth. */
function wholeOrderers(count: number): number {
  return count <= LEAST_ORDERERS ? count : count - ((count + 2) % 3);
}
