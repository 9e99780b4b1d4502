// session/: this tab, its profiles and its running node.
export * from './context.ts';
export * from './idle-lock.ts';
export * from './live.svelte.ts';
export * from './profile-title.ts';
export * from './preferences.ts';
export * from './session.svelte.ts';
