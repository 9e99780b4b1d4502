// records/: lists of records, one record, and what each role can do with it.
export { default as RecordPage } from './RecordPage.svelte';
export { default as Records } from './Records.svelte';
export { default as Timeline } from './Timeline.svelte';
