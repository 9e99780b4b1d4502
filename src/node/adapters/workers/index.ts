// adapters/workers/: what would hold up the page, in workers. Its door for browsers.
export { createPassphraseHash } from './passphrase-hash.ts';
export { createBundleValidator } from './bundle-validator.ts';
export { createSchemeWorker } from './scheme-worker.ts';
export { createSearchIndex } from './search-index.ts';
export { createChunkCipher } from './chunk-cipher.ts';
export { warmWorkers } from './warm.ts';
