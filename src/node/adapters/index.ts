// adapters/: the only place that imports libp2p, Helia, idb and Web APIs. This door is safe to open in a tab; Node.js adds node.ts,
// tests add memory.ts.
export * from './network/index.ts';
export * from './keys/index.ts';
export * from './storage/index.ts';
export * from './host/index.ts';
export * from './workers/index.ts';
export * from './sandbox/index.ts';
