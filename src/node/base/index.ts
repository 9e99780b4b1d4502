// base/: what every other folder stands on. Imports nothing.
export * from './ids.ts';
export * from './errors.ts';
export * from './limits.ts';
