// consensus/: agreement on opaque values. Its only door.
export * from './messages.ts';
export * from './engine.ts';
export * from './quorum.ts';
export { leaderOf } from './roster.ts';
export * from './seats.ts';
export { type Place, authorOf, groupQuorum, membersOf, placeOf } from './circle.ts';
export { type SignatureCheck, statementBytes } from './statement.ts';
export { asVerified, certificateChecks, signatureChecks, withoutBadVotes } from './checks.ts';
export { type PbftState, pbft } from './pbft.ts';
export { evidenceIn } from './evidence.ts';
export * from './grouped/index.ts';
export * from './grouping/index.ts';
export * from './grouped-paper/index.ts';
export * from './credit/index.ts';
export * from './trust/index.ts';
export * from './dpos/index.ts';
export * from './dmdl/index.ts';
