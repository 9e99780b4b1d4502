// start/: the first page and the forms by which people come in.
export { default as StartFrame } from './StartFrame.svelte';
