// The in-memory twins of network and blob store, for tests and the simulator.
export { createMemoryHub } from './hub.ts';
export type { MemoryHub, MemoryHubInit } from './hub.ts';
export type { MemoryBlobs } from './memory-blobs.ts';
export type { MemoryNetwork } from './memory-network.ts';
export type { Weather } from './weather.ts';
