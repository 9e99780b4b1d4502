// consortium/: supervision centre, ledger and network.
export { default as Block } from './Block.svelte';
export { default as Centre } from './Centre.svelte';
export { default as Joining } from './Joining.svelte';
export { default as Ledger } from './Ledger.svelte';
export { default as Network } from './Network.svelte';
