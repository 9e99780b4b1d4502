// Auditors in turn (P3-20): whoever is in charge of a view judges what its producer proposed and says so, signed. Producers wait for
// that before they vote, but never longer than a part of the first time-out, and they judge for themselves whatever it says: a
// verdict delays, it decides nothing. What a quorum has prepared already is waited for no more.
import { type Digest, type PartyId, MAX_VIEWS_AHEAD } from '../../base/index.ts';
import type { Configuration, Validity } from '../engine.ts';
import type { Audit } from '../messages.ts';
import { leaderOf } from '../roster.ts';
import { MAX_VALUES_PER_VIEW, MAX_VIEWS_BEHIND } from '../state.ts';
import type { DposTurn, ProposalMessage } from './state.ts';

/** How long a block waits for its auditor: this part of the first time-out. */
export const HOLD_PARTS = 16;
/** Proposals that wait at once (R18); more are voted on without waiting. */
const MAX_HELD = 4;
/** Own verdicts of one height that are remembered (R18): said again, they would say the same. */
const MAX_JUDGED = 32;

/** The auditor in charge of a view; null where nobody audits. */
export function auditorOf({ observers = [] }: Configuration, height: number, view: number): PartyId | null {
  return observers.length === 0 ? null : (observers[(height + view) % observers.length]?.party ?? null);
}

/** Whether a proposal has to wait. Its own producer never does, nor anybody for what a quorum has prepared before (R5). */
export function mustWait(turn: DposTurn, { view, digest, signer, justification }: ProposalMessage): boolean {
  const { open, configuration, hall } = turn;
  if (open.index < 0 || signer === open.self || hall.impatientView === view || hall.held.length >= MAX_HELD) return false;
  if (auditorOf(configuration, open.height, view) === null || (justification?.certificate ?? null) !== null) return false;
  return !hall.verdicts.some((verdict) => verdict.digest === digest && verdict.verdict === 'sound');
}

export function hold(turn: DposTurn, proposal: ProposalMessage): void {
  const { height, configuration } = turn.open;
  if (turn.hall.held.includes(proposal)) return;
  turn.setHall({ held: [...turn.hall.held, proposal] });
  const delayMs = Math.ceil(configuration.baseTimeoutMs / HOLD_PARTS);
  turn.effects.push({ kind: 'timer', name: 'patience', height, view: proposal.view, delayMs });
}

/** Takes out the proposals that wait no more. */
export function release(turn: DposTurn, isReleased: (proposal: ProposalMessage) => boolean): readonly ProposalMessage[] {
  const released = turn.hall.held.filter(isReleased);
  if (released.length > 0) turn.setHall({ held: turn.hall.held.filter((proposal) => !released.includes(proposal)) });
  return released;
}

/**
 * Notes the verdict of whoever is in charge of the view that it names, once for each digest; no more than there can be proposals,
 * in views whose messages are kept, so that nobody takes another auditor's place (R18). Returns whether it counts.
 */
export function noteVerdict(turn: DposTurn, { epoch, height, view, digest, verdict, signer, signature }: Audit): boolean {
  const { configuration, open, hall } = turn;
  if (epoch !== configuration.epoch || height !== open.height) return false;
  const lowest = open.row.view - MAX_VIEWS_BEHIND;
  if (auditorOf(configuration, height, view) !== signer || view < lowest || view > open.row.askedView + MAX_VIEWS_AHEAD) return false;
  const ofView = hall.verdicts.filter((known) => known.view === view);
  if (ofView.length >= MAX_VALUES_PER_VIEW || ofView.some((known) => known.digest === digest)) return false;
  const kept = hall.verdicts.filter((known) => known.view >= lowest);
  turn.setHall({ verdicts: [...kept, { epoch, height, view, digest, verdict, signer, signature }] });
  return true;
}

/**
 * The own verdict, where this member is in charge: from the bytes and their parent alone, so that a restart never changes it and
 * nothing of it needs to be durable. What cannot be judged gets none.
 */
export function sayVerdict(turn: DposTurn, { view, digest, signer }: ProposalMessage, validity: Validity): void {
  const { configuration, open, hall } = turn;
  if (open.self === null || auditorOf(configuration, open.height, view) !== open.self) return;
  if (signer !== leaderOf(configuration, open.height, view) || (validity !== 'valid' && validity !== 'invalid')) return;
  const key = keyOf(view, digest);
  if (hall.judged.includes(key)) return;
  turn.setHall({ judged: [...hall.judged, key].slice(-MAX_JUDGED) });
  const verdict = validity === 'valid' ? 'sound' : 'unsound';
  const { epoch } = configuration;
  turn.effects.push({
    kind: 'say',
    message: { kind: 'audit', epoch, height: open.height, view, digest, verdict, signer: open.self },
    to: 'voters',
  });
}

function keyOf(view: number, digest: Digest): string {
  return `${view} ${digest}`;
}
