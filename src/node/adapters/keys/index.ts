// adapters/keys/: signing, verifying and sealing by WebCrypto; the same in tabs and on Node.js. Its only door.
export { createAead } from './aead.ts';
export { createChunkAead } from './chunk-aead.ts';
export { createKeyWrap } from './key-wrap.ts';
export { createPasskeys } from './passkeys.ts';
export { createRandomness } from './randomness.ts';
export { createSecretSharing } from './secret-sharing.ts';
export { createSeedSigners, createVerifier, signerOf } from './signing.ts';
