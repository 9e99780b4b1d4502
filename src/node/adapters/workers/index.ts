// adapters/workers/: what would hold up the page, in workers. Its door for browsers.
export { createPassphraseHash } from './passphrase-hash.ts';
export { createBundleValidator } from './bundle-validator.ts';
