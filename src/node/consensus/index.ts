// consensus/: agreement on opaque values. Its only door.
export * from './messages.ts';
export * from './engine.ts';
export * from './quorum.ts';
export { leaderOf } from './roster.ts';
export { statementBytes } from './statement.ts';
export { type SignatureCheck, asVerified, certificateChecks, signatureChecks } from './checks.ts';
export { type PbftState, pbft } from './pbft.ts';
export { evidenceIn } from './evidence.ts';
