// What final state says of producers and auditors (P3-21): a height that has ended, with what is on the ledger about it, becomes
// events that count for credit. Only what is final counts, so that everybody counts the same. Where a height needed more views than
// there can be faulty producers the network was at fault, and nobody loses for it.
import type { Digest, PartyId } from '../../base/index.ts';
import type { CreditEvent } from '../credit/index.ts';
import type { Configuration } from '../engine.ts';
import type { AuditVerdict } from '../messages.ts';
import { leaderOf } from '../roster.ts';
import { auditorOf } from './audit.ts';

/** A verdict counts if it is final within so many heights: one producer cannot make an auditor look idle. */
export const AUDIT_WINDOW_HEIGHTS = 8;

/** A verdict on the ledger; its signature was checked when the block that holds it was. */
export interface AuditFact {
  readonly signer: PartyId;
  readonly view: number;
  readonly digest: Digest;
  readonly verdict: AuditVerdict;
  /** The height of the block that holds it. */
  readonly finalAtHeight: number;
}

/** A final height, AUDIT_WINDOW_HEIGHTS later, by its header and the commit certificate in the next one. */
export interface EndedTurn {
  readonly height: number;
  readonly digest: Digest;
  /** Who first proposed the block, and in which view (R7). */
  readonly proposer: PartyId;
  readonly proposedView: number;
  /** The view of the commit certificate. */
  readonly endedView: number;
  readonly verdicts: readonly AuditFact[];
}

export function creditEventsOf(ended: EndedTurn, configuration: Configuration): readonly CreditEvent[] {
  return [{ party: ended.proposer, kind: 'produced' }, ...skippedIn(ended, configuration), ...auditsIn(ended, configuration)];
}

/** Producers whose turn passed: those of all views but the one that proposed and the one that ended it. */
function skippedIn({ height, proposedView, endedView }: EndedTurn, configuration: Configuration): readonly CreditEvent[] {
  if (endedView > configuration.tolerated) return [];
  const events: CreditEvent[] = [];
  for (let view = 0; view < endedView; view += 1) {
    if (view !== proposedView) events.push({ party: leaderOf(configuration, height, view), kind: 'skipped' });
  }
  return events;
}

/** Only the auditors in charge, each once for its view; what was said of bytes that are not final cannot be judged by anybody later. */
function auditsIn({ height, digest, proposedView, verdicts }: EndedTurn, configuration: Configuration): readonly CreditEvent[] {
  const seen = new Set<number>();
  const events: CreditEvent[] = [];
  for (const fact of verdicts) {
    if (fact.digest !== digest || fact.finalAtHeight > height + AUDIT_WINDOW_HEIGHTS || seen.has(fact.view)) continue;
    if (auditorOf(configuration, height, fact.view) !== fact.signer) continue;
    seen.add(fact.view);
    events.push({ party: fact.signer, kind: fact.verdict === 'sound' ? 'audited' : 'wrong-verdict' });
  }
  const inCharge = auditorOf(configuration, height, proposedView);
  if (inCharge !== null && !seen.has(proposedView)) events.push({ party: inCharge, kind: 'missed-audit' });
  return events;
}
