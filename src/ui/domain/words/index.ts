// words/: one wording for each state.
export * from './slips.ts';
export * from './states.ts';
