// keys/: the ways to a person's keys and what brings them back.
export { default as Keys } from './Keys.svelte';
