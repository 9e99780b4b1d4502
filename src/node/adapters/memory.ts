// The in-memory twins of all adapters, for tests and the simulator. Each passes the same acceptance suite as the real one.
export * from './network/memory/index.ts';
export * from './memory/index.ts';
