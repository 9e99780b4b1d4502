// shell/: the page around every view while a node runs.
export { default as Shell } from './Shell.svelte';
