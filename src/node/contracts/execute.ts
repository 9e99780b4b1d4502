// One slip against the state (R4): it takes effect or leaves a receipt that says why not, and either way it is spent, so
// that nobody can bring it up again when the state suits them better (R12). Signatures were checked before.
import { type Rejection, MAX_CLOCK_AHEAD_MS, assert, isRejection, reject } from '../base/index.ts';
import { accuse } from './accusation.ts';
import type { Author, Judgement } from './author.ts';
import { authorshipOf, namesAnInstitution } from './authorship.ts';
import { joinChannel, leaveChannel, openChannel } from './channel-actions.ts';
import { checkSlip } from './check-slip.ts';
import { workOnCopyright } from './copyright/index.ts';
import { changeCustody } from './custody/index.ts';
import { partyTable, recordTable, spentTable, windowTable } from './entries.ts';
import { countersign } from './countersign.ts';
import { actInEmergency } from './emergency/index.ts';
import { erase } from './erasure/index.ts';
import { hidesInstitutions, judgeHidden, tagRefusal, useTag, workOnInstitutions } from './institutions/index.ts';
import { attest, authorRefusal, certify, found, isOwnFounding, revoke } from './membership-actions.ts';
import { giveVerdict, withdrawRecord, writeRecord } from './record-actions.ts';
import { followPolicy } from './policies/index.ts';
import { publishReadingKeys, publishReceivingKey } from './reading-actions.ts';
import { useCounter } from './replay-window.ts';
import type { Moment } from './roster.ts';
import { publishSearchKey } from './search-actions.ts';
import { needsScriptMachine, reserveSteps, workOnScript } from './scripts/index.ts';
import { absent, leave, seat } from './seat-actions.ts';
import { useSensitively } from './sensitive-use/index.ts';
import { askAccess, declineRequest, endGrant, grantAccess, readRecord } from './sharing-actions.ts';
import { type Action, type Slip, MEMBER_ACTIONS } from './slip.ts';
import { anchorHeaders, summarise } from './summary-actions.ts';
import { slipIdOf } from './slip-bytes.ts';
import type { State } from './state.ts';

/** A slip older than this has no effect, whoever kept it back. A record slip may wait for its patient as long as it takes. */
export const SLIP_LIFETIME_MS = 7 * 24 * 3_600_000;
/** The same for what a member says about now: ready, goodbye, missing somebody. Leaves room for a clock that is slow. */
export const MEMBER_SLIP_LIFETIME_MS = 600_000;

/** `done`, or why the slip had no effect. */
export type Outcome = 'done' | Rejection;

export interface Execution {
  readonly state: State;
  readonly outcome: Outcome;
  /** Whether the slip is used up: done, or failed for good. One that is not has left no trace in the state. */
  readonly spent: boolean;
}

/** What the slip does to the state in a block at `at`. Never throws for anything that a slip can hold. */
export function execute(state: State, slip: Slip, at: Moment): Execution {
  const wrong = checkSlip(slip);
  if (wrong !== null) return untouched(state, wrong);
  const marked = spend(state, slip, at);
  if (isRejection(marked)) return untouched(state, marked);
  const judged = judge(marked, slip, at);
  if (!isRejection(judged)) return { state: judged, outcome: 'done', spent: true };
  // A later version may only have come too early: it is not lost.
  if (judged.reason === 'version-gap') return untouched(state, judged);
  return { state: slip.body.action.kind === 'record' ? burnt(marked, slip, at) : marked, outcome: judged, spent: true };
}

/**
 * Whether a block at `at` can take the slip in: with an effect, or with a receipt. Asked often of slips that wait, so contracts of the
 * consortium are not run for it: a call is spent however it ends.
 */
export function canBeOrdered(state: State, slip: Slip, at: Moment): boolean {
  if (!needsScriptMachine(slip)) return execute(state, slip, at).spent;
  return checkSlip(slip) === null && !isRejection(spend(state, slip, at));
}

/** Why the slip can never have an effect on this state or a later one, or null. */
export function spentRefusal(state: State, slip: Slip): Rejection | null {
  const { action, author, counter } = slip.body;
  const authorship = authorshipOf(slip);
  const used = authorship === null ? null : tagRefusal(state, authorship);
  if (used !== null) return used;
  if (action.kind !== 'record') {
    if (authorship !== null) return null;
    const window = useCounter(windowTable.get(state, author), counter);
    return isRejection(window) ? window : null;
  }
  if (spentTable.get(state, slipIdOf(slip)) !== null) return reject('slip-spent', 'the slip failed before');
  const newest = recordTable.get(state, action.record)?.version ?? 0;
  return action.version <= newest ? reject('version-taken', `version ${newest} is on the ledger already`) : null;
}

/**
 * R12: the state in which this slip is used. A record slip waits for its patient while its clinic goes on writing, so it
 * is told apart by its record and version, which are used once, instead of the counter. A hidden author uses up a tag.
 */
function spend(state: State, slip: Slip, at: Moment): Judgement {
  const { action, author, counter, timestampMs } = slip.body;
  if (timestampMs > at.timestampMs + MAX_CLOCK_AHEAD_MS) return reject('from-the-future', 'it is dated after its block');
  const authorship = authorshipOf(slip);
  if (authorship === null && partyTable.get(state, author) === null && at.height !== 0)
    return reject('unknown-author', 'the author holds no certificate');
  const spent = spentRefusal(state, slip);
  if (spent !== null) return spent;
  if (authorship !== null) return useTag(state, slip, authorship);
  if (action.kind === 'record') return state;
  const window = useCounter(windowTable.get(state, author), counter);
  if (isRejection(window)) return window;
  const next = windowTable.put(state, author, window);
  return action.kind === 'script' && action.deed.kind === 'call' ? reserveSteps(next, action.deed.steps, at) : next;
}

function burnt(state: State, slip: Slip, at: Moment): State {
  return spentTable.put(state, slipIdOf(slip), { height: at.height });
}

function untouched(state: State, outcome: Rejection): Execution {
  return { state, outcome, spent: false };
}

function judge(state: State, slip: Slip, at: Moment): Judgement {
  const { body } = slip;
  const { action } = body;
  if (action.kind === 'found') return found(state, { ...body, action }, at);
  if (action.kind === 'certify' && isOwnFounding(state, body, at)) return certify(state, action, { role: 'authority', at });
  if (at.timestampMs - body.timestampMs > lifetimeMs(action))
    return reject('too-old', 'it was kept back too long, or its author has a slow clock');
  const authorship = authorshipOf(slip);
  if (authorship !== null) return judgeHidden(state, slip, authorship, at);
  if (namesAnInstitution(action.kind) && hidesInstitutions(state))
    return reject('named-author', 'on this channel no slip about a record names its clinic');
  const entry = partyTable.get(state, body.author);
  if (entry === null) return reject('unknown-author', 'the author holds no certificate');
  const refusal = authorRefusal(entry, at.timestampMs);
  if (refusal !== null) return refusal;
  const { certificate } = entry;
  const author = { party: body.author, role: certificate.role, certificate, at };
  return action.kind === 'institutions' ? workOnInstitutions(state, action, author, body.channel) : act(state, action, author);
}

function lifetimeMs({ kind }: Action): number {
  if (kind === 'record') return Number.POSITIVE_INFINITY;
  return MEMBER_ACTIONS.includes(kind) ? MEMBER_SLIP_LIFETIME_MS : SLIP_LIFETIME_MS;
}

function act(state: State, action: Exclude<Action, { kind: 'institutions' }>, author: Author): Judgement {
  switch (action.kind) {
    case 'certify':
      return certify(state, action, author);
    case 'attest':
      return attest(state, action, author);
    case 'countersign':
      return countersign(state, action, author);
    case 'revoke':
      return revoke(state, action, author);
    case 'open-channel':
      return openChannel(state, action, author);
    case 'join-channel':
      return joinChannel(state, action, author);
    case 'leave-channel':
      return leaveChannel(state, action, author);
    case 'anchor':
      return anchorHeaders(state, action, author);
    case 'summary':
      return summarise(state, action, author);
    case 'seat':
      return seat(state, action, author);
    case 'leave':
      return leave(state, author);
    case 'absent':
      return absent(state, action, author);
    case 'accuse':
      return accuse(state, action, author);
    case 'record':
      return writeRecord(state, action, author);
    case 'verdict':
      return giveVerdict(state, action, author);
    case 'withdraw':
      return withdrawRecord(state, action, author);
    case 'request':
      return askAccess(state, action, author);
    case 'decline':
      return declineRequest(state, action, author);
    case 'grant':
      return grantAccess(state, action, author);
    case 'end-grant':
      return endGrant(state, action, author);
    case 'search-key':
      return publishSearchKey(state, action, author);
    case 'read':
      return readRecord(state, action, author);
    case 'reading-keys':
      return publishReadingKeys(state, action, author);
    case 'receiving-key':
      return publishReceivingKey(state, action, author);
    case 'custody':
      return changeCustody(state, action, author);
    case 'erasure':
      return erase(state, action, author);
    case 'emergency':
      return actInEmergency(state, action, author);
    case 'policy':
      return followPolicy(state, action, author);
    case 'copyright':
      return workOnCopyright(state, action, author);
    case 'sensitive-use':
      return useSensitively(state, action, author);
    case 'script':
      return workOnScript(state, action, author);
    case 'found':
      assert(false, 'founding was handled before');
  }
}
