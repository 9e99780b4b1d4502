// contracts/: the rules of sharing, and the state that they judge by. Its only door.
export * from './slip.ts';
export { certificateBytes, encodeSlip, possessionChecks, signaturesOf, slipBytes, slipIdOf } from './slip-bytes.ts';
export { MAX_PERIOD_MS, checkCertificate, checkSlip } from './check-slip.ts';
export { type State, type StateNode, emptyState, getValue, putValue, removeValue, stateEntries, stateRoot } from './state.ts';
export { type StateProof, proveKey, stateProof, verifyStateProof } from './state-proof.ts';
export {
  type Asks,
  type Founded,
  type GrantEntry,
  type Member,
  type MemberKind,
  type PartyEntry,
  type ReadEntry,
  type RecordHead,
  type RequestEntry,
  type Roster,
  type VersionEntry,
  ONLY,
  foundedTable,
  grantTable,
  memberKind,
  partyTable,
  recordTable,
  requestTable,
  versionKey,
  versionTable,
} from './entries.ts';
export { type Execution, type Outcome, MEMBER_SLIP_LIFETIME_MS, SLIP_LIFETIME_MS, execute, spentRefusal } from './execute.ts';
export { type Moment, type Tally, READY_LIFETIME_MS, asksOf, isLive, rosterOf, tally } from './roster.ts';
export { RETRY_MS, changeDue, closeBlock, firstEpoch } from './epoch.ts';
export { ABSENCE_LIFETIME_MS, MAX_SEAT_LAG_BLOCKS, isHonoured } from './seat-actions.ts';
export { grantRefusal } from './sharing-actions.ts';
export { grantIn, highestCounter, partyIn, readIn, recordIn, releaseRefusal, requestIn, versionIn } from './look-up.ts';
