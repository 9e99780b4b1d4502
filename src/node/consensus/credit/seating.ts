// Who produces and who audits in the next epoch (P3-20, P3-21): seats are kept while credit stays at the threshold. Who falls
// below it, or may not go on, is replaced by the auditors in turn; auditors are refilled from the ranks. For credit alone no more
// than F producers go in one epoch, so that a bad hour of the network never exchanges a quorum, and a seat that nobody can fill
// is kept: without producers there is no chain (T27). Every seat and every loss of one has its reason.
import { type PartyId } from '../../base/index.ts';
import { toleratedFaults } from '../quorum.ts';
import { type Place, inRankOrder } from '../ranking.ts';
import { type SeatCounts, seatCounts } from './seat-counts.ts';

/** An institution as the ledger describes it when the epoch ends. */
export interface CreditCandidate {
  readonly party: PartyId;
  readonly score: number;
  /** It said that it would take a seat, is certified and awake (P3-20, R17). */
  readonly willing: boolean;
  /** Convicted (R15). */
  readonly barred: boolean;
}

export type Cause = 'below-threshold' | 'barred' | 'unwilling' | 'fewer-seats';

export type SeatReason =
  /** By rank, where nobody sat before. */
  | { readonly kind: 'ranked' }
  | { readonly kind: 'kept' }
  /** Below the threshold, but nobody else can take the seat, or F others go first. */
  | { readonly kind: 'spared' }
  /** An auditor that replaces a producer, or takes a new seat (null). */
  | { readonly kind: 'promoted'; readonly replaces: PartyId | null }
  /** Fewer producers are needed. */
  | { readonly kind: 'moved-down' };

export interface Seated extends Place {
  readonly party: PartyId;
  readonly score: number;
  readonly reason: SeatReason;
}

export interface Unseated {
  readonly party: PartyId;
  readonly seat: 'producer' | 'auditor';
  readonly cause: Cause;
}

/** Ranks are among all candidates. */
export interface Seating {
  readonly producers: readonly Seated[];
  /** In the order in which they replace producers. */
  readonly auditors: readonly Seated[];
  readonly unseated: readonly Unseated[];
}

type Ranked = CreditCandidate & Place;

interface Hall {
  readonly ranked: readonly Ranked[];
  readonly counts: SeatCounts;
  readonly threshold: number;
}

/** P3-20: the first seats. */
export function founders(candidates: readonly CreditCandidate[], preset: SeatCounts, threshold: number): Seating {
  return nextSeating({ producers: [], auditors: [] }, candidates, preset, threshold);
}

/**
 * P3-21: the seats of the epoch that begins. `before` names who sat, in order. At least one candidate is willing and not barred:
 * the ledger keeps its configuration where a change would leave nobody.
 */
export function nextSeating(
  before: { readonly producers: readonly PartyId[]; readonly auditors: readonly PartyId[] },
  candidates: readonly CreditCandidate[],
  preset: SeatCounts,
  threshold: number,
): Seating {
  const able = candidates.filter((candidate) => candidate.willing && !candidate.barred);
  const hall: Hall = { ranked: inRankOrder(candidates), counts: seatCounts(able.length, preset), threshold };
  const unseated: Unseated[] = [];
  const sat = of(hall, before.producers);
  const going = goingProducers(hall, before.producers);
  for (const [party, cause] of going) unseated.push({ party, seat: 'producer', cause });
  const producers: Seated[] = sat.flatMap((entry) => (going.has(entry.party) ? [] : [seated(entry, keptReason(entry, threshold))]));
  const bench = of(hall, before.auditors).filter((entry) => isFit(entry, threshold));
  for (const party of before.auditors) {
    if (bench.some((entry) => entry.party === party)) continue;
    unseated.push({ party, seat: 'auditor', cause: causeOf(hall, party) ?? 'unwilling' });
  }
  const movedDown = surplus(producers, hall.counts.producers);
  promote(hall, { producers, bench, vacated: [...going.keys()] });
  fillFromRanks(hall, producers, [...bench, ...movedDown], before);
  const auditors = refill(hall, { producers, bench, movedDown, gone: going, unseated });
  spare(hall, { producers, sat, auditors, unseated });
  return { producers: inOrder(producers), auditors, unseated };
}

/** Everybody who may not go on, and of those who merely lack credit the F lowest. */
function goingProducers(hall: Hall, before: readonly PartyId[]): ReadonlyMap<PartyId, Cause> {
  const causes = before.flatMap((party): (readonly [PartyId, Cause])[] => {
    const cause = causeOf(hall, party);
    return cause === null ? [] : [[party, cause]];
  });
  const poor = causes.filter(([, cause]) => cause === 'below-threshold').map(([party]) => party);
  const lowest = of(hall, poor)
    .toSorted((a, b) => b.rank - a.rank)
    .slice(0, Math.max(1, toleratedFaults(Math.max(1, before.length))));
  return new Map(causes.filter(([party, cause]) => cause !== 'below-threshold' || lowest.some((entry) => entry.party === party)));
}

/** Takes the lowest out of `producers` where there are more than are needed. */
function surplus(producers: Seated[], wanted: number): readonly Seated[] {
  const kept = inOrder(producers);
  producers.splice(0, producers.length, ...kept.slice(0, wanted));
  return kept.slice(wanted);
}

/** Auditors in turn, for those who go first, then for new seats. */
function promote(
  { counts }: Hall,
  { producers, bench, vacated }: { readonly producers: Seated[]; readonly bench: Ranked[]; readonly vacated: readonly PartyId[] },
): void {
  let next = 0;
  while (producers.length < counts.producers) {
    const auditor = bench.shift();
    if (auditor === undefined) return;
    producers.push(seated(auditor, { kind: 'promoted', replaces: vacated[next] ?? null }));
    next += 1;
  }
}

/** At the founding, and where there are too few auditors. */
function fillFromRanks(
  { ranked, counts, threshold }: Hall,
  producers: Seated[],
  others: readonly { readonly party: PartyId }[],
  before: { readonly producers: readonly PartyId[] },
): void {
  for (const entry of ranked) {
    if (producers.length >= counts.producers) return;
    const taken = isIn(producers, entry) || isIn(others, entry) || before.producers.includes(entry.party);
    if (!taken && isFit(entry, threshold)) producers.push(seated(entry, { kind: 'ranked' }));
  }
}

function refill(
  { ranked, counts, threshold }: Hall,
  from: {
    readonly producers: readonly Seated[];
    readonly bench: readonly Ranked[];
    readonly movedDown: readonly Seated[];
    readonly gone: ReadonlyMap<PartyId, Cause>;
    readonly unseated: Unseated[];
  },
): readonly Seated[] {
  const auditors = [
    ...from.bench.map((entry) => seated(entry, { kind: 'kept' })),
    ...from.movedDown.map((entry): Seated => ({ ...entry, reason: { kind: 'moved-down' } })),
  ];
  for (const { party } of auditors.splice(counts.auditors)) from.unseated.push({ party, seat: 'auditor', cause: 'fewer-seats' });
  for (const entry of ranked) {
    if (auditors.length >= counts.auditors) break;
    const taken = isIn(from.producers, entry) || isIn(auditors, entry) || from.gone.has(entry.party);
    if (!taken && isFit(entry, threshold)) auditors.push(seated(entry, { kind: 'ranked' }));
  }
  return auditors;
}

/** Where nobody fit is left for a seat, those who only lack credit keep theirs, or come back to one, best first. */
function spare(
  { ranked, counts }: Hall,
  at: {
    readonly producers: Seated[];
    readonly sat: readonly Ranked[];
    readonly auditors: readonly Seated[];
    readonly unseated: Unseated[];
  },
): void {
  const ownFirst = [...at.sat.toSorted((a, b) => a.rank - b.rank), ...ranked];
  for (const entry of ownFirst) {
    if (at.producers.length >= counts.producers) return;
    if (entry.barred || !entry.willing || isIn(at.producers, entry) || isIn(at.auditors, entry)) continue;
    at.producers.push(seated(entry, { kind: 'spared' }));
    const lost = at.unseated.findIndex(({ party }) => party === entry.party);
    if (lost >= 0) at.unseated.splice(lost, 1);
  }
}

function keptReason(entry: Ranked, threshold: number): SeatReason {
  return { kind: isFit(entry, threshold) ? 'kept' : 'spared' };
}

function causeOf(hall: Hall, party: PartyId): Cause | null {
  const entry = hall.ranked.find((candidate) => candidate.party === party);
  if (entry === undefined) return 'unwilling';
  if (entry.barred) return 'barred';
  if (!entry.willing) return 'unwilling';
  return entry.score < hall.threshold ? 'below-threshold' : null;
}

function isFit(entry: CreditCandidate, threshold: number): boolean {
  return entry.willing && !entry.barred && entry.score >= threshold;
}

function isIn(entries: readonly { readonly party: PartyId }[], { party }: { readonly party: PartyId }): boolean {
  return entries.some((entry) => entry.party === party);
}

/** In the order of `parties`. */
function of({ ranked }: Hall, parties: readonly PartyId[]): Ranked[] {
  return parties.flatMap((party) => ranked.filter((entry) => entry.party === party));
}

function seated({ party, score, rank, aheadBy }: Ranked, reason: SeatReason): Seated {
  return { party, score, rank, aheadBy, reason };
}

function inOrder(seats: readonly Seated[]): readonly Seated[] {
  return seats.toSorted((a, b) => a.rank - b.rank);
}
