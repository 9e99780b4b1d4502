// participant/: one pure machine per node and channel. Its only door.
export * from './participant.ts';
export { MAX_TICK_GAP_MS } from './attendance.ts';
