// contracts/erasure: records that their patients have had erased (delete, P1-19, T16). Its only door.
export { type ErasureEntry, erasureTable } from './entries.ts';
export { erase } from './erase.ts';
