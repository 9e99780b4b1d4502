// grouped/: two PBFT layers with one global quorum. Its only door.
export { type GroupedState, type StoredBatch, batchesUnderWay, certifiedBatches } from './state.ts';
export { grouped } from './grouped.ts';
