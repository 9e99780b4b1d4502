// Asking for a seat, saying goodbye, missing somebody (R13, R17). Nothing here changes the roster: wishes wait for the end
// of a block (epoch.ts). A wish that could not be honoured is refused at once, so nobody queues for a seat.
import { MAX_MEMBERS, type PartyId, type Rejection, isRejection, reject } from '../base/index.ts';
import { equalBytes } from '../codec/index.ts';
import type { ActionOf, Author, Judgement } from './author.ts';
import { type Absence, type Asks, type Member, ONLY, absenceTable, asksTable, partyTable } from './entries.ts';
import { READY_LIFETIME_MS, asksOf, isRatedBelow, planRoster, rosterOf, tally } from './roster.ts';
import type { State } from './state.ts';

/** How far behind the block a member may be that calls itself synchronised. */
export const MAX_SEAT_LAG_BLOCKS = 256;
/** For this long a statement of absence counts. */
export const ABSENCE_LIFETIME_MS = 600_000;

export function seat(state: State, action: ActionOf<'seat'>, author: Author): Judgement {
  const { party, at, certificate } = author;
  if (author.role !== 'archive' && author.role !== 'clinic') return reject('no-seats', `a ${author.role} never votes`);
  if (certificate.memberKey === null) return reject('no-member-key', 'who votes has a member key');
  if (isRatedBelow(state, partyTable.get(state, party)?.rating ?? null))
    return reject('rated-below', 'its rating is below what the channel asks of members');
  if (action.height > at.height || at.height - action.height > MAX_SEAT_LAG_BLOCKS)
    return reject('not-synchronised', 'it is not at the head of the ledger');
  const asks = asksOf(state);
  const member = rosterOf(state).members.find((candidate) => candidate.party === party);
  const missed = absenceTable.get(state, party) !== null;
  const here = absenceTable.remove(state, party);
  const departures = asks.departures.filter((departure) => departure.party !== party);
  const stays = departures.length < asks.departures.length;
  if (member?.voting === true && equalBytes(member.memberKey, certificate.memberKey)) {
    return stays || missed ? asksTable.put(here, ONLY, { ...asks, departures }) : reject('already-voting', 'it has its seat');
  }
  const fresh = asks.seats.filter((ask) => at.timestampMs - ask.readyMs <= READY_LIFETIME_MS);
  if (fresh.some((ask) => ask.party === party)) return reject('already-asked', 'it takes its seat at the next epoch');
  if (fresh.length >= MAX_MEMBERS) return reject('too-many-asks', 'too many ask for a seat at once');
  const wished: Asks = { ...asks, seats: [...fresh, { party, readyMs: at.timestampMs }], departures };
  if (!isHonoured(here, wished, author)) return reject('seats-full', 'every seat that the channel allows is taken');
  return asksTable.put(here, ONLY, wished);
}

/** Whether the newest wish would be honoured if the epoch ended now. */
export function isHonoured(state: State, wished: Asks, author: Pick<Author, 'party' | 'at'>): boolean {
  const plan = planRoster(state, rosterOf(state), wished, author.at);
  return plan.members.some((member) => member.party === author.party && member.voting);
}

export function leave(state: State, author: Author): Judgement {
  const asks = asksOf(state);
  const member = rosterOf(state).members.find((candidate) => candidate.party === author.party);
  const seats = asks.seats.filter((ask) => ask.party !== author.party);
  if (asks.departures.some(({ party, cause }) => party === author.party && cause !== 'silent'))
    return reject('already-leaving', 'it said goodbye before');
  const others = asks.departures.filter((departure) => departure.party !== author.party);
  const seated = member !== undefined && (member.voting || member.kind === 'clinic');
  if (!seated && seats.length === asks.seats.length) return reject('not-seated', 'it has no seat to leave');
  const departures = seated ? [...others, { party: author.party, cause: 'leave' as const }] : others;
  return asksTable.put(state, ONLY, { ...asks, seats, departures });
}

/** Takes effect as far as it can: for those whom the author can miss. */
export function absent(state: State, action: ActionOf<'absent'>, author: Author): Judgement {
  if (voting(rosterOf(state).members, author.party) === null) return reject('not-a-voter', 'only voters say whom they miss');
  let next = state;
  let refusal: Rejection | null = null;
  for (const party of action.parties) {
    const missing = missed(next, { party, epoch: action.epoch }, author);
    if (isRejection(missing)) refusal ??= missing;
    else next = missing;
  }
  return next === state && refusal !== null ? refusal : next;
}

function missed(state: State, action: { readonly party: PartyId; readonly epoch: number }, author: Author): Judgement {
  const roster = rosterOf(state);
  const { party } = action;
  const target = voting(roster.members, party);
  if (target === null || party === author.party) return reject('not-missable', 'only another voter can be missed');
  // Of this stint: a statement from before it came back says nothing.
  if (action.epoch > roster.epoch || action.epoch < target.sinceEpoch) return reject('wrong-epoch', 'the statement is about another epoch');
  const asks = asksOf(state);
  if (asks.departures.some((departure) => departure.party === party)) return reject('already-leaving', 'it leaves at the next epoch');
  const { timestampMs } = author.at;
  const counting = standing(absenceTable.get(state, party), roster.members, timestampMs);
  if (counting.some(({ by }) => by === author.party)) return reject('already-said', 'it said so before');
  const statements = [...counting, { by: author.party, timestampMs }];
  if (statements.length < tally(roster.members).quorum) return absenceTable.put(state, party, { statements });
  const departures = [...asks.departures, { party, cause: 'silent' as const }];
  return asksTable.put(absenceTable.remove(state, party), ONLY, { ...asks, departures });
}

/** Statements that still count: fresh, and by those who still vote. */
function standing(absence: Absence | null, members: readonly Member[], timestampMs: number): Absence['statements'] {
  return (absence?.statements ?? []).filter(
    (statement) => timestampMs - statement.timestampMs <= ABSENCE_LIFETIME_MS && voting(members, statement.by) !== null,
  );
}

function voting(members: readonly Member[], party: PartyId): Member | null {
  return members.find((member) => member.party === party && member.voting) ?? null;
}
