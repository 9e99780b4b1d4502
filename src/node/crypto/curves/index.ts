// crypto/curves/: what the schemes share: scalars, points, transcripts, sharing, proofs, randomness. Its door, for the schemes only.
export * from './bls.ts';
export * from './equal-logs.ts';
export * from './group.ts';
export * from './knowledge.ts';
export * from './layout.ts';
export * from './polynomial.ts';
export * from './randomness.ts';
export * from './ristretto.ts';
export * from './scalars.ts';
export * from './sharing.ts';
export * from './transcript.ts';
