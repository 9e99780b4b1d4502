// crypto/: synchronous schemes and encodings; randomness is a parameter. Its only door.
export * from './hash.ts';
export * from './ed25519.ts';
export * from './secrets.ts';
export * from './words.ts';
export * from './signed-bytes.ts';
export * from './umbral/index.ts';
export { encodeG1, seededRandomness } from './curves/index.ts';
export * from './oprf/index.ts';
export * from './search/index.ts';
export * from './group-signature/index.ts';
export * from './calls/index.ts';
