// crypto/curves/: what the schemes share: scalars, points, transcripts, polynomials, randomness. Its door, for the schemes only.
export * from './layout.ts';
export * from './polynomial.ts';
export * from './randomness.ts';
export * from './scalars.ts';
export * from './transcript.ts';
