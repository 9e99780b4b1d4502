// consensus/dpos/: producers in turn, auditors, final by more than two thirds of the producers (P3-18 to P3-21). Its only door.
export { type DposState, verdictsOnLast } from './state.ts';
export { dpos } from './dpos.ts';
export { auditorOf } from './audit.ts';
export { type AuditFact, type EndedTurn, AUDIT_WINDOW_HEIGHTS, creditEventsOf } from './final-events.ts';
