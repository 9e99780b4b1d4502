// Formatters: plain functions from values to the words on the screen.
export * from './amounts.ts';
export * from './dates.ts';
export * from './passphrase.ts';
