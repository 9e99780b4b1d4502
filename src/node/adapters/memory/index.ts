// adapters/memory/: twins of keys, stores and machine, for tests and the simulator. Its only door.
export {
  createMemoryPasskeys,
  createMemoryPassphraseHash,
  createMemorySeedSigners,
  createMemoryVerifier,
  createSeededRandomness,
} from './memory-keys.ts';
export { type MemoryLocks, type MemoryLog, type MemoryTime, createMemoryLocks, createMemoryLog, createMemoryTime } from './memory-host.ts';
export { createInlineSchemeWorker, createInlineSearchIndex } from './memory-work.ts';
export { type MemoryDisk, createMemoryDisk, createMemoryStores } from './memory-stores.ts';
