// about/: settings, help and the brand.
export { default as Brand } from './Brand.svelte';
export { default as Help } from './Help.svelte';
export { default as Settings } from './Settings.svelte';
