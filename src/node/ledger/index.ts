// ledger/: blocks, proofs, channels, execution. Its only door.
export * from './block.ts';
export { type InclusionProof } from './merkle.ts';
export { type ConfigurationMember, type EpochConfiguration, NO_CHANNEL } from './configuration.ts';
export {
  type Ledger,
  type SlipOutcome,
  configurationDue,
  lastCounter,
  nextMoment,
  orderedPositions,
  partyOf,
  slipForecast,
  slipIsSpent,
  toConsensusConfiguration,
} from './ledger.ts';
export { type Founding, foundChannel, foundingChecks, openLedger } from './founding.ts';
export { AHEAD_OF_CLOCK, blockChecks, checkBlock, finalityChecks, slipChecks } from './check.ts';
export { type CertifiedSlips, type Composed, composeBlock } from './compose.ts';
export { type CutValue, decodeCutValue, encodeCutValue, expandCut } from './cut.ts';
export { type Extension, extend } from './extend.ts';
export { type SeatReason, seatReason } from './seats.ts';
export { type Chain, chained } from './ordered-index.ts';
export {
  type CertifiedHeader,
  type SlipProof,
  certifiedHeader,
  certifiedHeaderOf,
  decodeSlipProof,
  encodeSlipProof,
  proveFinalSlip,
  slipProofBytes,
  slipProofRefusal,
} from './slip-proof.ts';
export {
  type EpochLink,
  type Trust,
  MAX_EPOCH_LINK_BYTES,
  decodeEpochLink,
  decodeTrust,
  encodeTrust,
  headDigest,
  headerChecks,
  newestEpoch,
  openTrust,
  withEpoch,
  withHead,
} from './trust.ts';
export { type Snapshot, isCheckpoint, ledgerAt, openSnapshot, snapshotParts } from './checkpoint.ts';
export { isPrunedBlock } from './pruned.ts';
export { openPartialProjection } from './projection-partial.ts';
export { openProjection, project } from './projection.ts';
export type {
  BlockRow,
  EmergencyRow,
  GrantRow,
  ItemRow,
  PartyRow,
  Projection,
  ReadRow,
  RecordRow,
  RequestRow,
  SlipFate,
  VersionRow,
} from './projection-rows.ts';
export { type WantedItems, anchorOf, itemOf, itemRefusal, summaryOf } from './summary.ts';
export { type SlipField, describeSlip, utcText } from './describe-slip.ts';
