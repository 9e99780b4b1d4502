// Small reactive helpers that know nothing of the node.
export * from './problem.ts';
export * from './task.svelte.ts';
export * from './clock.svelte.ts';
export * from './place.ts';
export * from './router.svelte.ts';
export * from './scrollable.ts';
