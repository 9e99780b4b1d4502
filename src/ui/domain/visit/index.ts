// visit/: the visit form and its draft.
export { default as VisitFields } from './VisitFields.svelte';
export * from './visit-draft.svelte.ts';
