// words/: one wording for each state.
export * from './emergency.ts';
export * from './proxies.ts';
export * from './slips.ts';
export * from './states.ts';
