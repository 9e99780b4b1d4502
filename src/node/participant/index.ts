// participant/: one pure machine per node and channel. Its only door.
export * from './participant.ts';
