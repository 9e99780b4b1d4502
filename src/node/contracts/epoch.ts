// The end of a block (R13): waiting changes that are due and possible make a new epoch, so a block that changes the
// configuration is the last of its epoch. A new configuration must be able to start: Q of its own voters have signed the
// block before, or have said lately that they are ready.
import { type Digest, type PartyId, present } from '../base/index.ts';
import type { BatchReference } from '../consensus/index.ts';
import { configurationDigest } from './configuration-digest.ts';
import { type Member, type Roster, ONLY, absenceTable, asksTable, epochTable, foundedTable, partyTable, rosterTable } from './entries.ts';
import { type Ended, groupsOf, periodIsOver, withCut, withEnd, withGroups } from './groups.ts';
import { type Moment, type Plan, READY_LIFETIME_MS, asksOf, noAsks, planRoster, rosterOf, tally } from './roster.ts';
import type { State } from './state.ts';

/** A change that still lacks "ready" voters is tried again in a block of its own after this pause. */
export const RETRY_MS = 3_000;

/** Epochs whose keys are kept, the open one included: of these guilt can be proved (R15). Epochs can follow each other within seconds. */
export const REMEMBERED_EPOCHS = 8;

/** What a block brings beside its slips. */
export interface BlockEnd {
  /** Of the parent's certificate: they are known to be awake. */
  readonly signers: ReadonlySet<PartyId>;
  /** How the parent's height ended; null above the founding block. */
  readonly ended: Ended | null;
  /** The state root in the parent's header: older than this block, whoever makes it (T1). */
  readonly seed: Digest;
  readonly cut: readonly BatchReference[];
}

/** The state after the block's slips and its end. */
export function closeBlock(before: State, at: Moment, { signers, ended, seed, cut }: BlockEnd): State {
  const roster = rosterOf(before);
  const state = withEnd(withCut(before, cut), roster, ended);
  const settings = foundedTable.get(state, ONLY)?.settings;
  if (settings === undefined || at.timestampMs - roster.sinceMs < settings.epochMinMs) return state;
  const asks = asksOf(state);
  const plan = planRoster(state, roster, asks, at);
  if (!plan.changed && !asks.reelect && !periodIsOver(state, at.timestampMs)) return withPlan(state, roster, plan);
  return canStart(plan, at, signers) ? newEpoch(state, roster, plan, { ...at, seed }) : state;
}

/** Whether a block at `at` would be worth making for the configuration's sake alone, where the head is `sinceHeadMs` old. */
export function changeDue(state: State, at: Moment, signers: ReadonlySet<PartyId>, sinceHeadMs: number): boolean {
  const roster = rosterOf(state);
  const settings = foundedTable.get(state, ONLY)?.settings;
  if (settings === undefined || at.timestampMs - roster.sinceMs < settings.epochMinMs) return false;
  const asks = asksOf(state);
  const plan = planRoster(state, roster, asks, at);
  return (plan.changed || asks.reelect) && (canStart(plan, at, signers) || sinceHeadMs >= RETRY_MS);
}

/** The first epoch, from the seats in the founding block; there is nobody yet to be ready but those who asked. */
export function firstEpoch(state: State, at: Moment & { readonly seed: Digest }): State {
  const plan = planRoster(state, rosterOf(state), asksOf(state), at);
  const members = plan.members.map((member) => ({ ...member, sinceEpoch: 0 }));
  return withRoster(asksTable.put(state, ONLY, noAsks), { epoch: 0, members }, at);
}

function newEpoch(state: State, roster: Roster, plan: Plan, at: Moment & { readonly seed: Digest }): State {
  let next = asksTable.put(state, ONLY, { ...plan.asks, reelect: false });
  const voting = new Set(plan.members.filter((member) => member.voting).map((member) => member.party));
  // Nobody need be missed who votes no more.
  for (const { party } of roster.members) if (!voting.has(party)) next = absenceTable.remove(next, party);
  return withRoster(next, { epoch: roster.epoch + 1, members: plan.members }, at);
}

/** The state with the epoch's roster, its groups, and the keys by which its signatures are checked, now and in later epochs (R15). */
function withRoster(state: State, { epoch, members }: Pick<Roster, 'epoch' | 'members'>, at: Moment & { readonly seed: Digest }): State {
  const roster = {
    epoch,
    sinceHeight: at.height + 1,
    sinceMs: at.timestampMs,
    members,
    nextExpiryMs: nextExpiry(state, members),
  };
  const grouped = withGroups(rosterTable.put(state, ONLY, roster), members, at);
  const { settings } = present(foundedTable.get(state, ONLY), "the channel's founding");
  const configuration = configurationDigest({ epoch, members, settings, groups: groupsOf(grouped) });
  const voters = members.flatMap(({ party, memberKey, voting }) => (voting ? [{ party, memberKey }] : []));
  return epochTable.put(epochTable.remove(grouped, String(epoch - REMEMBERED_EPOCHS)), String(epoch), { configuration, voters });
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
