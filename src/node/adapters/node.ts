// The adapters of a Node.js process: files and a lock file in place of IndexedDB and Web Locks; keys are the same.
export * from './keys/index.ts';
export { createInProcessPassphraseHash as createPassphraseHash } from './keys/passphrase.ts';
export { openFileStores } from './storage/file-stores.ts';
export { type CopiedBlock, type LedgerCopy, findLedgerCopies } from './storage/ledger-copy.ts';
export { openFileNotes } from './storage/file-notes.ts';
export { createLockFile } from './host/lock-file.ts';
export { createClock, createTimers } from './host/clock.ts';
export { type LogLevel, createJsonLog } from './host/log.ts';
export { createBundleValidator } from './fhir/node-validator.ts';
export { createInlineSchemeWorker as createSchemeWorker, createInlineSearchIndex as createSearchIndex } from './memory/memory-work.ts';
export { openFileShelf } from './network/blobs/file-shelf.ts';
export { createLibp2pNode } from './network/create-on-node.ts';
export { newPeerKey, peerIdOf } from './network/index.ts';
export type { BlockShelf, IceServer, Libp2pNode, Libp2pNodeInit } from './network/index.ts';
export { createScriptMachine } from './sandbox/node-machine.ts';
