// patient/: the patient's views.
export { default as Access } from './Access.svelte';
export { default as EraseDialog } from './EraseDialog.svelte';
export { default as GrantDialog } from './GrantDialog.svelte';
export { default as Home } from './Home.svelte';
export { default as MyCode } from './MyCode.svelte';
export { default as Reads } from './Reads.svelte';
export { default as RevokeDialog } from './RevokeDialog.svelte';
