// record/: records on the screen: lists, content, versions, their way, and who can see them.
export { default as FaultList } from './FaultList.svelte';
export { default as RecordBadge } from './RecordBadge.svelte';
export { default as RecordContent } from './RecordContent.svelte';
export { default as RecordList } from './RecordList.svelte';
export { default as RecordSearch } from './RecordSearch.svelte';
export { default as RecordWayCard } from './RecordWayCard.svelte';
export { default as SealPreviewCard } from './SealPreviewCard.svelte';
export { default as VersionsCard } from './VersionsCard.svelte';
export { default as WhoCanSee } from './WhoCanSee.svelte';
export * from './record-reader.svelte.ts';
export { searchGrantText } from './search-words.ts';
export * from './timeline.ts';
