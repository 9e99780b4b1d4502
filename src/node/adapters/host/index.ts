// adapters/host/: the machine under a node, for tabs and Node.js alike. Its only door for what runs in both.
export { createClock, createTimers } from './clock.ts';
export { type LogLevel, type LogLine, createConsoleLog, createLog } from './log.ts';
export { createWebLock } from './web-lock.ts';
export { type StorageEstimate, storageEstimate } from './storage-estimate.ts';
