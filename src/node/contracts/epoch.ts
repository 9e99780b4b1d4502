// The end of a block (R13): waiting changes that are due and possible make a new epoch, so a block that changes the
// configuration is the last of its epoch. A new configuration must be able to start: Q of its own voters have signed the
// block before, or have said lately that they are ready.
import type { PartyId } from '../base/index.ts';
import { type Member, type Roster, ONLY, absenceTable, asksTable, foundedTable, partyTable, rosterTable } from './entries.ts';
import { type Moment, type Plan, READY_LIFETIME_MS, asksOf, noAsks, planRoster, rosterOf, tally } from './roster.ts';
import type { State } from './state.ts';

/** A change that still lacks "ready" voters is tried again in a block of its own after this pause. */
export const RETRY_MS = 3_000;

/** The state after the block's slips and its end. `signers` of the parent's certificate are known to be awake. */
export function closeBlock(state: State, at: Moment, signers: ReadonlySet<PartyId>): State {
  const roster = rosterOf(state);
  const settings = foundedTable.get(state, ONLY)?.settings;
  if (settings === undefined || at.timestampMs - roster.sinceMs < settings.epochMinMs) return state;
  const plan = planRoster(state, roster, asksOf(state), at);
  if (!plan.changed) return withPlan(state, roster, plan);
  return canStart(plan, at, signers) ? newEpoch(state, roster, plan, at) : state;
}

/** Whether a block at `at` would be worth making for the configuration's sake alone, where the head is `sinceHeadMs` old. */
export function changeDue(state: State, at: Moment, signers: ReadonlySet<PartyId>, sinceHeadMs: number): boolean {
  const roster = rosterOf(state);
  const settings = foundedTable.get(state, ONLY)?.settings;
  if (settings === undefined || at.timestampMs - roster.sinceMs < settings.epochMinMs) return false;
  const plan = planRoster(state, roster, asksOf(state), at);
  return plan.changed && (canStart(plan, at, signers) || sinceHeadMs >= RETRY_MS);
}

/** The first epoch, from the seats in the founding block; there is nobody yet to be ready but those who asked. */
export function firstEpoch(state: State, at: Moment): State {
  const plan = planRoster(state, rosterOf(state), asksOf(state), at);
  return rosterTable.put(asksTable.put(state, ONLY, noAsks), ONLY, {
    epoch: 0,
    sinceHeight: at.height + 1,
    sinceMs: at.timestampMs,
    members: plan.members.map((member) => ({ ...member, sinceEpoch: 0 })),
    nextExpiryMs: nextExpiry(state, plan.members),
  });
}

function newEpoch(state: State, roster: Roster, plan: Plan, at: Moment): State {
  let next = asksTable.put(state, ONLY, plan.asks);
  const voting = new Set(plan.members.filter((member) => member.voting).map((member) => member.party));
  // Nobody need be missed who votes no more.
  for (const { party } of roster.members) if (!voting.has(party)) next = absenceTable.remove(next, party);
  return rosterTable.put(next, ONLY, {
    epoch: roster.epoch + 1,
    sinceHeight: at.height + 1,
    sinceMs: at.timestampMs,
    members: plan.members,
    nextExpiryMs: nextExpiry(state, plan.members),
  });
}

/** The same configuration: what was settled without changing it is forgotten, and a renewed "ready" is noted. */
function withPlan(state: State, roster: Roster, plan: Plan): State {
  const asks = asksOf(state);
  const settled = plan.asks.seats.length !== asks.seats.length || plan.asks.departures.length !== asks.departures.length;
  if (!settled) return state;
  return rosterTable.put(asksTable.put(state, ONLY, plan.asks), ONLY, { ...roster, members: plan.members });
}

/** R13: Q of the new voters are known to be awake and to hold the block before. Who has a new key has said so lately. */
function canStart(plan: Plan, at: Moment, signers: ReadonlySet<PartyId>): boolean {
  const awake = plan.members.filter(
    ({ voting, readyMs, party }) => voting && (at.timestampMs - readyMs <= READY_LIFETIME_MS || signers.has(party)),
  );
  return awake.length >= tally(plan.members).quorum;
}

function nextExpiry(state: State, members: readonly Member[]): number {
  return members.reduce((soonest, { party }) => {
    const entry = partyTable.get(state, party);
    return entry === null ? soonest : Math.min(soonest, entry.certificate.notAfterMs);
  }, Number.MAX_SAFE_INTEGER);
}
