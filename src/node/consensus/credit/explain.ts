// Why an institution has its seat, or none: every number that led there, as anybody finds them on the ledger (P3-19 to P3-21).
import { type PartyId, present } from '../../base/index.ts';
import { type CreditRow, type CreditRules, type Term, creditOf, termsOf } from './score.ts';
import type { Seated, Seating, Unseated } from './seating.ts';

export interface CreditExplanation {
  readonly party: PartyId;
  readonly score: number;
  readonly threshold: number;
  /** What the authority attested, weighted. */
  readonly terms: readonly Term[];
  /** At the beginning of the epoch, and what happened since. */
  readonly base: number;
  readonly gained: number;
  readonly lost: number;
  readonly seat: 'producer' | 'auditor' | 'none';
  /** Null without a seat. */
  readonly seated: Seated | null;
  /** Where it lost a seat at the last change. */
  readonly unseated: Unseated | null;
}

export function explainCredit(party: PartyId, rows: readonly CreditRow[], seating: Seating, rules: CreditRules): CreditExplanation {
  const row = present(
    rows.find((candidate) => candidate.party === party),
    'the credit of the institution',
  );
  const producer = seating.producers.find((seat) => seat.party === party) ?? null;
  const auditor = seating.auditors.find((seat) => seat.party === party) ?? null;
  return {
    party,
    score: creditOf(row),
    threshold: rules.threshold,
    terms: termsOf(row.dimensions, rules),
    base: row.base,
    gained: row.gained,
    lost: row.lost,
    seat: producer !== null ? 'producer' : auditor !== null ? 'auditor' : 'none',
    seated: producer ?? auditor,
    unseated: seating.unseated.find((entry) => entry.party === party) ?? null,
  };
}
