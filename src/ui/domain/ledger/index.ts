// ledger/: blocks and slips on the screen, and verifying them in this tab.
export { default as CheckList } from './CheckList.svelte';
export { default as SlipCard } from './SlipCard.svelte';
export * from './block-pages.svelte.ts';
export * from './ledger-verifier.svelte.ts';
