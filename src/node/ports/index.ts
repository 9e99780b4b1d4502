// ports/: the narrow interfaces through which a node touches the world. Adapters implement them twice: real and in memory.
export * from './network.ts';
export * from './storage.ts';
export * from './keys.ts';
export * from './host.ts';
export * from './fhir.ts';
export * from './work.ts';
export * from './scripts.ts';
