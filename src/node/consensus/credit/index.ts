// consensus/credit/: what institutions are credited with, and who produces and audits by it. Pure, integers alone. Its only door.
export {
  type CreditEvent,
  type CreditEventKind,
  type CreditRow,
  type CreditRules,
  type Dimensions,
  DEFAULT_CREDIT_RULES,
  MAX_CREDIT,
  creditOf,
  endEpoch,
  initialCredit,
  withEvent,
} from './score.ts';
export { type SeatCounts, PAPER_SEATS, seatCounts } from './seat-counts.ts';
export { type CreditCandidate, type Seated, type Seating, type SeatReason, type Unseated, founders, nextSeating } from './seating.ts';
export { type CreditExplanation, explainCredit } from './explain.ts';
