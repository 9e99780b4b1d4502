// contracts/: the rules of sharing, and the state that they judge by. Its only door.
export * from './slip.ts';
export { MAX_SCRIPT_PARTS, MAX_SCRIPT_PART_BYTES } from './deeds.ts';
export { type BareHeader, bareDigest, bareHeader } from './bare-header.ts';
export { leafDigest, proveMany } from './many-inclusion.ts';
export { type AnchoredBlock, anchorHeadIn, anchoredIn, hasItem } from './summary-entries.ts';
export { type SummaryItem, MAX_ANCHORED_HEADERS, MAX_SUMMARY_BYTES, MAX_SUMMARY_ITEMS } from './summary-fields.ts';
export { type ChannelEntry, channelIn, channelsOf } from './channel-entries.ts';
export { type FoundingSettings, foundingSettings } from './founding-settings.ts';
export { certificateBytes, encodeSlip, possessionChecks, signaturesOf, slipBytes, slipIdOf } from './slip-bytes.ts';
export { checkCertificate, checkSlip } from './check-slip.ts';
export { type State, type StateNode, emptyState, getValue, stateRoot } from './state.ts';
export { type StateProof, proveKey, verifyStateProof } from './state-proof.ts';
export { type EntryProof, entryProof, proveEntry, provedEntry } from './entry-proof.ts';
export {
  type ProvedRange,
  type StateRange,
  FIRST_RANGE,
  MAX_RANGE_BYTES,
  afterRange,
  decodeStateRange,
  encodeStateRange,
  joinRanges,
  proveRange,
  rangeAt,
} from './state-range.ts';
export { type Concern, concernCountTable, concernKey, concernTable, withConcern } from './patient-index.ts';
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
  epochTable,
  foundedTable,
  partyTable,
  rosterTable,
} from './entries.ts';
export { type Execution, type Outcome, canBeOrdered, execute, spentRefusal } from './execute.ts';
export { type Moment, type Tally, asksOf, isLive, isRatedBelow, rosterOf, tally } from './roster.ts';
export { type BlockEnd, changeDue, closeBlock, firstEpoch } from './epoch.ts';
export { groupingOf, groupsOf, lanesOf, seatsOf } from './groups.ts';
export type { GroupingEntry } from './group-entries.ts';
export { accusationOf } from './accusation.ts';
export { COUNTERSIGN_EVERY_MS, countersignDue, countersignedMs, isConfirmed } from './countersign.ts';
export { isHonoured } from './seat-actions.ts';
export { grantRefusal } from './sharing-actions.ts';
export type { ReadingKeysEntry } from './reading-entries.ts';
export {
  epochKeysIn,
  highestCounter,
  isMarked,
  partyIn,
  readIn,
  readingEpochIn,
  readingKeysIn,
  receivingKeyIn,
  recordIn,
  searchKeyIn,
  versionIn,
} from './look-up.ts';
export { type CustodyEntry, custodyOf } from './custody/index.ts';
export { type EmergencyEntry, emergencyTable } from './emergency/index.ts';
export { type ErasureEntry, erasureTable } from './erasure/index.ts';
export type { PolicyEntry } from './policies/index.ts';
export { type LicenceEntry, type WorkEntry, dataSetFingerprint, fingerprintTable, licenceTable, workTable } from './copyright/index.ts';
export { type CommitteeEntry, type UsageEntry, type UseEntry, useTable } from './sensitive-use/index.ts';
export {
  type ScriptEntry,
  MAX_BLOCK_SCRIPT_STEPS,
  askScript,
  keptKey,
  keptTable,
  provideScriptMachine,
  scriptListTable,
  scriptMachineReady,
  scriptSourceOf,
  scriptTable,
} from './scripts/index.ts';
export { type Authorship, authorOfTag, authorshipBytes, authorshipOf, encodeAuthorship, slotOf } from './authorship.ts';
export type { EnrolmentEntry, OpeningEntry, TermEntry } from './institution-entries.ts';
export { currentTerm, enrolmentIn, epochAt, epochsToBar, openingIn, termIn, termLabel } from './institutions/index.ts';
